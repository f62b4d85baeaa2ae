"""A real SPARQL endpoint for tests and measurements: the Oxigraph server, on a free port of this machine."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.webservers import free_port, wait


@contextmanager
def serving(nquads: Path, store: Path, union: bool = True) -> Iterator[str]:
    """The address of an endpoint that serves an N-Quads file, read-only, from a new store in the folder `store`.

    `union`: its default graph is the union of the named ones, which is not how Oxigraph starts by itself.
    """
    subprocess.run([_program(), "load", "--location", store, "--file", nquads], check=True, capture_output=True)
    with running("serve-read-only", store, union) as address:
        yield address


@contextmanager
def running(verb: str, store: Path, union: bool, file_kilobytes: int = 0) -> Iterator[str]:
    """The address for queries of a server over a store, as `started` has it."""
    with started(verb, store, union, file_kilobytes) as (address, _):
        yield address


@contextmanager
def started(verb: str, store: Path, union: bool, file_kilobytes: int = 0) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The address for queries and the process of a server over a store: `serve`, which takes updates, or `serve-read-only`.

    `file_kilobytes` is how large its files may grow; beyond that the system refuses to write, as on a full disk.
    """
    port = free_port()
    limit = ["sh", "-c", f'trap "" XFSZ; ulimit -f {file_kilobytes * 2}; exec "$0" "$@"'] if file_kilobytes else []
    command = [*limit, _program(), verb, "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    command += ["--union-default-graph"] if union else []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait(port, "the Oxigraph server", 10)
            yield f"http://127.0.0.1:{port}/query", server
        finally:
            server.terminate()


def _program() -> str:
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if program is None:
        raise RuntimeError("the package oxigraph, of the test extra, brings the server")
    return program
