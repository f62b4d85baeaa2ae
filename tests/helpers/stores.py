"""Real triple stores that can be changed, on free ports of this machine: the Oxigraph server and Virtuoso."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers import virtuoso
from tests.helpers.webservers import free_port, wait


@contextmanager
def oxigraph(union: bool = False, folder: Path | None = None) -> Iterator[str]:
    """The address for queries of an empty Oxigraph server. `union`: its default graph is the union of the named ones."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if program is None:
        raise RuntimeError("the package oxigraph, of the test extra, brings the server")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="oxigraph-") as name:
        command = [program, "serve", "--location", str(folder or name), "--bind", f"127.0.0.1:{port}"]
        command += ["--union-default-graph"] if union else []
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                wait(port, "the Oxigraph server", 10)
                yield f"http://127.0.0.1:{port}/query"
            finally:
                server.terminate()


@contextmanager
def empty_virtuoso(rows: int = 10_000) -> Iterator[str]:
    """The address for queries of a Virtuoso server without our graphs; user and password are `dba`. Skips where Virtuoso is missing."""
    with tempfile.TemporaryDirectory(prefix="kommunegraf-") as name:
        other = Path(name, "other.nq")
        other.write_text("<http://example.org/s> <http://example.org/p> <http://example.org/o> <http://example.org/g> .\n", "utf-8")
        with virtuoso.serving(other, rows) as address:
            yield address
