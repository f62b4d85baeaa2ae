"""The process that holds the store and forks workers from it. A worker answers one query after another, until it is ended.

`python -m kommunegraf.server.engine.process` reads its orders as lines on standard input: first a JSON object (`files`, `socket`, `memory`,
`seconds`), then `fork`, `kill PID` and `nice PID`. It tells on standard output that it is ready, and how each worker ended. It ends, with
its workers, at the end of its input. Workers connect to `socket`; what they hear there are pickled `jobs.Order`s, as dicts, and what they
say is in frames: a letter, a length, that many bytes. The server trusts no worker: nothing that comes from one is unpickled.
Being one process with one thread, it can fork safely; the workers share its memory until they write to it.
"""

import gc
import json
import os
import pickle
import resource
import select
import signal
import socket
import struct
from contextlib import suppress
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from kommunegraf.languages import texts
from kommunegraf.rdf import encode
from kommunegraf.rdf.formats import GRAPHS, TABLES, WrongFormat
from kommunegraf.server.engine.counting import Counter
from kommunegraf.server.engine.screening import screen
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.sparql.media import offered

FRAME = struct.Struct("!cI")
"""The head of a frame: H what kind of answer comes, D some of its bytes, E its end, F the failure that ended it."""
NUMBER = struct.Struct("!I")
"""What a worker says first: the number of its process."""
_CHUNK = 1 << 16
_STACK = 64 << 20
"""Bytes of stack for nested queries: the parser and the evaluation call themselves."""
Graphs = list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]


class Frames:
    """A file that writes frames of at most 64 KiB to a socket, when as much waits."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._waiting = bytearray()
        self._sending = bytearray()
        self.counter = Counter("")

    def finish(self) -> None:
        """The answer is complete."""
        self._pack()
        self.frame(b"E", _told(rows=self.counter.rows))

    def fail(self, problem: str, **values: Any) -> None:
        """The answer breaks off."""
        self.frame(b"F", json.dumps({"problem": problem, "values": values}).encode())

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
        self.counter.add(self._waiting)
        for start in range(0, len(self._waiting), _CHUNK):
            piece = self._waiting[start : start + _CHUNK]
            self._sending += FRAME.pack(b"D", len(piece)) + piece
        self._waiting.clear()


@lru_cache(maxsize=1024)
def _told(**facts: Any) -> bytes:
    """Facts as JSON; the same few are told again and again."""
    return json.dumps(facts).encode()


def answer(store: ox.Store, order: dict[str, Any], out: Frames) -> None:
    """Screen and run a query, and write its answer as frames, a failure included."""
    try:
        screened = screen(order["query"])
        media = order["rows" if screened.rows else "graph"]
        form = next((form for form in (TABLES if screened.rows else GRAPHS) if form.media == media), None)
        if form is None:
            raise Problem("not-acceptable", formats=", ".join(offered(screened.rows)))
        result = _query(store, order, not screened.names_dataset)
        out.frame(b"H", _told(media=media, rows=screened.rows, repeatable=screened.repeatable))
        out.counter = Counter(media)
        encode.write(result, form, out)
        out.finish()
    except Problem as problem:
        out.fail(problem.name, **problem.values)
    except WrongFormat:
        out.fail("not-acceptable", formats=", ".join(form.media for form in TABLES if form.w3c))
    except SyntaxError as error:
        out.fail("malformed-query", message=str(error))
    except MemoryError:
        out.fail("memory-limit")
    except (ValueError, RuntimeError, OSError) as error:
        out.fail("not-answerable", message=str(error))
    out.send()


def _query(store: ox.Store, order: dict[str, Any], union: bool) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """The dataset is the request's, else the query's, else all graphs together (SPARQL 1.1 Protocol, section 2.1.4)."""
    if order["default"] or order["named"]:
        default: Graphs = [ox.NamedNode(iri) for iri in order["default"]]
        named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri) for iri in order["named"]]
        return store.query(order["query"], base_iri=order["base"], default_graph=default, named_graphs=named)
    return store.query(order["query"], base_iri=order["base"], use_default_graph_as_union=union)


def work(store: ox.Store, path: str, memory: int, seconds: float) -> None:
    """Be a worker: connect, give up what a query must not have, and answer until the other side closes."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(NUMBER.pack(os.getpid()))
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        with suppress(AttributeError, OSError):  # only Linux has it, and not every sandbox allows it
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))  # an order does not take the processor from who gives it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # no new descriptor: no connection and no file, whatever a query asks
        with connection.makefile("rb") as orders:
            while orders.peek(1):
                order = pickle.load(orders)
                spent = resource.getrusage(resource.RUSAGE_SELF)
                processor = int(spent.ru_utime + spent.ru_stime + seconds) + 2
                resource.setrlimit(resource.RLIMIT_CPU, (processor, resource.RLIM_INFINITY))
                answer(store, order, Frames(connection))
    os.kill(os.getpid(), signal.SIGKILL)  # quicker than freeing the store piece by piece


def _used() -> int:
    """The address space of this process, in bytes."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30


def main() -> None:
    """Load the files, say so, and obey."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    resource.setrlimit(resource.RLIMIT_STACK, (_STACK if hard == resource.RLIM_INFINITY else min(_STACK, hard), hard))
    order, rest = _first_line()
    store = ox.Store()
    try:
        for file in order["files"]:
            store.bulk_load(path=file)
    except (OSError, SyntaxError, ValueError) as error:
        _tell({"error": f"{file}: {error}"})
        return
    texts("problems")
    encode.workbook([], [])  # loads what it needs: a worker may open no file, so it can import nothing
    gc.freeze()
    _tell({"ready": len(store)})
    _obey(store, order["socket"], _used() + order["memory"], order["seconds"], rest)


def _first_line() -> tuple[dict[str, Any], bytes]:
    data = b""
    while b"\n" not in data:
        data += os.read(0, _CHUNK) or b"{}\n"
    line, _, rest = data.partition(b"\n")
    return json.loads(line), rest


def _tell(news: dict[str, Any]) -> None:
    with suppress(BrokenPipeError):  # the server is gone; its orders end too, and with them this process
        os.write(1, json.dumps(news).encode() + b"\n")


def _obey(store: ox.Store, path: str, memory: int, seconds: float, rest: bytes) -> None:
    wake, notify = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(notify, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(notify)
    children: set[int] = set()
    while True:
        *lines, rest = rest.split(b"\n")
        for line in lines:
            command, _, number = line.partition(b" ")
            if command == b"fork":
                if (pid := os.fork()) == 0:
                    return work(store, path, memory, seconds)
                children.add(pid)
            elif int(number) in children:
                _change(command, int(number))
        ready = select.select([0, wake], [], [])[0]
        if wake in ready:
            os.read(wake, 4096)
            _bury(children)
        if 0 in ready:
            data = os.read(0, _CHUNK)
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


def _bury(children: set[int]) -> None:
    """Workers that have ended are told of; only then may their numbers be used again."""
    for pid in list(children):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            children.discard(pid)
            _tell({"ended": pid, "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0})


if __name__ == "__main__":
    main()
