"""A real SPARQL endpoint for tests and measurements: the Oxigraph server, on a free port of this machine."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serving(nquads: Path, store: Path) -> Iterator[str]:
    """The address of an endpoint that serves an N-Quads file from a new store in the folder `store`, read-only, union default graph."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if program is None:
        raise RuntimeError("the package oxigraph, of the test extra, brings the server")
    subprocess.run([program, "load", "--location", store, "--file", nquads], check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(port)
            yield f"http://127.0.0.1:{port}/query"
        finally:
            server.terminate()


def _wait(port: int) -> None:
    for _ in range(100):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the Oxigraph server did not start within 10 seconds")
