"""The process that holds the store and forks workers from it. A worker answers one query after another, until it is killed.

`python -P -m kommunegraf.server.engine.process` reads its orders as lines of standard input: first a JSON object (see `Order`), then
`fork`, `kill PID` and `nice PID`. It writes on standard output that the data is loaded, and how each worker ended. At the end of its
input it ends, with its workers. Workers connect to the order's socket; what they hear and say there is described in `frames`.
Being one process with one thread, it can fork safely; the workers share its memory until they write to it.
"""

import gc
import json
import os
import resource
import select
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kommunegraf.languages import texts
from kommunegraf.rdf import encode
from kommunegraf.rdf.formats import CSV, GRAPHS, JSON, NTRIPLES, TABLES, TSV, TURTLE, WrongFormat
from kommunegraf.server.engine import complaints
from kommunegraf.server.engine.frames import FRAME, NUMBER, Job, failure, head
from kommunegraf.server.engine.loading import limited, load, used
from kommunegraf.server.engine.screening import screen
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.sparql.media import offered

_CHUNK = 1 << 16
_STACK = 64 << 20
"""Bytes of stack for nested queries: the parser and the evaluation call themselves."""
_SAFE = {True: (CSV, TSV, JSON), False: (TURTLE, NTRIPLES)}
"""Formats that can say everything, for rows and for graphs."""
DefaultGraphs = list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]


@dataclass(frozen=True)
class Order:
    """What to load and how to work.

    `quads` is the file that takes all that was loaded, `socket` the one that workers connect to. `megabytes`, `seconds` and `levels` limit
    a query; `load_megabytes` limits the loading.
    """

    files: list[str]
    socket: str
    quads: str
    megabytes: int
    load_megabytes: int
    seconds: float
    levels: int


class FrameWriter:
    """A file that writes frames of at most 64 KiB to a socket, when as much waits."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._waiting = bytearray()
        self._sending = bytearray()

    def frame(self, letter: bytes, body: bytes) -> None:
        """A frame of its own; it goes out with those before it when much waits, and with `send`."""
        self._pack()
        self._sending += FRAME.pack(letter, len(body)) + body

    def write(self, data: bytes) -> int:
        """Some bytes of the answer."""
        self._waiting += data
        if len(self._waiting) >= _CHUNK:
            self.send()
        return len(data)

    def flush(self) -> None:
        """Nothing: pieces go out when they are large enough."""

    def send(self) -> None:
        """Everything that waits goes out; blocks while the other side does not read."""
        self._pack()
        self._connection.sendall(self._sending)
        self._sending.clear()

    def _pack(self) -> None:
        for start in range(0, len(self._waiting), _CHUNK):
            piece = self._waiting[start : start + _CHUNK]
            self._sending += FRAME.pack(b"D", len(piece)) + piece
        self._waiting.clear()


def answer(store: ox.Store, job: Job, levels: int, out: FrameWriter) -> None:
    """Screen and run a query, and write its answer, or its failure, as frames."""
    try:
        screened = screen(job.query, levels)
        media = job.rows if screened.rows else job.graph
        form = next((form for form in (TABLES if screened.rows else GRAPHS) if form.media == media), None)
        if form is None:
            raise Problem("not-acceptable", formats=", ".join(offered(screened.rows)))
        result = _query(store, job, not screened.names_dataset)
        out.frame(b"H", head(media, screened.rows, screened.repeatable))
        encode.write(result, form, out)
        out.frame(b"E", b"")
    except Problem as problem:
        out.frame(b"F", failure(problem.name, problem.values))
    except WrongFormat:
        out.frame(b"F", failure("not-acceptable", {"formats": ", ".join(form.media for form in _SAFE[screened.rows])}))
    except SyntaxError as error:
        out.frame(b"F", failure("malformed-query", {"message": str(error)}))
    except MemoryError:
        out.frame(b"F", failure("memory-limit", {}))
    except (ValueError, RuntimeError, OSError) as error:
        out.frame(b"F", failure("not-answerable", {"message": str(error)}))
    out.send()


def _query(store: ox.Store, job: Job, union: bool) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """The dataset is the request's, else the query's, else all graphs together (SPARQL 1.1 Protocol, section 2.1.4)."""
    if job.default or job.named:
        default: DefaultGraphs = [ox.NamedNode(iri) for iri in job.default]
        named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri) for iri in job.named]
        return store.query(job.query, base_iri=job.base, default_graph=default, named_graphs=named)
    return store.query(job.query, base_iri=job.base, use_default_graph_as_union=union)


def work(store: ox.Store, order: Order, memory: int, errors: int) -> None:
    """Be a worker: connect, give up what a query must not have, and answer until the other side closes.

    `memory` is how many bytes of address space it may have, `errors` the file for what the engine writes when it dies.
    """
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(order.socket)
        connection.sendall(NUMBER.pack(os.getpid()))
        null = os.open(os.devnull, os.O_RDWR)
        for source, number in ((null, 0), (null, 1), (errors, 2)):
            os.dup2(source, number)
        with suppress(AttributeError, OSError):  # only Linux has it, and not every sandbox allows it
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))  # so that it does not take the processor from the server
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        complaints.bounded()
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # no new descriptor: no connection and no file, whatever a query asks
        with connection.makefile("rb") as jobs:
            while line := jobs.readline():
                spent = resource.getrusage(resource.RUSAGE_SELF)
                processor = int(spent.ru_utime + spent.ru_stime + order.seconds) + 2
                resource.setrlimit(resource.RLIMIT_CPU, (processor, resource.RLIM_INFINITY))
                answer(store, Job.read(line), order.levels, FrameWriter(connection))
    os.kill(os.getpid(), signal.SIGKILL)  # quicker than freeing the store piece by piece


def main() -> None:
    """Load the files, say so, and obey."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    resource.setrlimit(resource.RLIMIT_STACK, (_STACK if hard == resource.RLIM_INFINITY else min(_STACK, hard), hard))
    try:
        order, rest = _first_line()
    except EOFError:  # the server is gone before it said what to load
        return
    try:
        with limited(order.load_megabytes):
            store, version = load(order.files, order.quads)
    except (OSError, SyntaxError, ValueError) as error:
        return _tell({"error": str(error)})
    except MemoryError:
        return _tell({"error": f"{', '.join(order.files)} needs more than {order.load_megabytes} MiB of memory to load"})
    texts("problems")  # read before the workers are forked, as they can open no file
    encode.workbook([], [])  # for the same reason: it imports what it needs
    gc.freeze()  # what all workers share is not touched, and so not copied, by the collection of garbage
    _tell({"version": version})
    _obey(store, order, used() + (order.megabytes << 20), rest)


def _first_line() -> tuple[Order, bytes]:
    data = b""
    while b"\n" not in data:
        piece = os.read(0, _CHUNK)
        if not piece:
            raise EOFError
        data += piece
    line, _, rest = data.partition(b"\n")
    return Order(**json.loads(line)), rest


def _tell(news: dict[str, Any]) -> None:
    with suppress(ConnectionError):  # the server is gone; its orders end too, and with them this process
        os.write(1, json.dumps(news).encode() + b"\n")


def _obey(store: ox.Store, order: Order, memory: int, rest: bytes) -> None:
    wake, notify = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(notify, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(notify)
    children: dict[int, int] = {}
    while True:
        *lines, rest = rest.split(b"\n")
        for line in lines:
            command, _, number = line.partition(b" ")
            if command == b"fork":
                errors = complaints.file()
                if (pid := os.fork()) == 0:
                    return work(store, order, memory, errors)
                children[pid] = errors
            elif int(number) in children:
                _change(command, int(number))
        ready = select.select([0, wake], [], [])[0]
        if wake in ready:
            os.read(wake, 4096)
            _bury(children)
        if 0 in ready:
            try:
                data = os.read(0, _CHUNK)
            except ConnectionError:  # the server is gone, and has not read all news
                break
            if not data:
                break
            rest += data
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _change(command: bytes, pid: int) -> None:
    if command == b"kill":
        os.kill(pid, signal.SIGKILL)
    else:
        os.setpriority(os.PRIO_PROCESS, pid, 10)


def _bury(children: dict[int, int]) -> None:
    """Say which workers have ended, and how; only then may the system use their numbers again.

    `children` has the file of each worker's standard error by its number.
    """
    for pid in list(children):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            _tell({"ended": pid, "signal": number, "panicked": complaints.panicked(children.pop(pid))})


if __name__ == "__main__":
    main()
