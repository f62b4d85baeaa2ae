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
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if program is None:
        raise RuntimeError("the package oxigraph, of the test extra, brings the server")
    subprocess.run([program, "load", "--location", store, "--file", nquads], check=True, capture_output=True)
    port = free_port()
    command = [program, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    command += ["--union-default-graph"] if union else []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait(port, "the Oxigraph server", 10)
            yield f"http://127.0.0.1:{port}/query"
        finally:
            server.terminate()
