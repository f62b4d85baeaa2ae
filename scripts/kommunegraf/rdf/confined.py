"""Files that others wrote, read in a process of its own with limits of time and memory."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox

from kommunegraf.rdf.files import Document, NotRdf, clear_refusals

SECONDS = 300
MEGABYTES = 2048
"""What reading one file may take."""
_OUT_OF_MEMORY = (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV)
"""How a parser ends that gets no memory."""


def add(store: ox.Store, path: Path, folder: Path) -> None:
    """Load a file into a store. `folder` takes a file on the way. Raises OSError and NotRdf."""
    path.stat()  # so that a missing file is an error of the system here too
    quads = folder / "statements.nq"
    command = [sys.executable, "-P", "-m", "kommunegraf.rdf.confined"]
    order = json.dumps([str(path), str(quads), MEGABYTES]).encode()
    try:
        done = subprocess.run(command, input=order, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NotRdf(f"reading it took longer than {SECONDS} seconds") from None
    if done.stdout:
        raise NotRdf(*json.loads(done.stdout))
    if done.returncode in _OUT_OF_MEMORY:
        raise NotRdf(f"reading it takes more than {MEGABYTES} MiB of memory")
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    with clear_refusals():
        store.bulk_load(path=quads, format=ox.RdfFormat.N_QUADS)


def main() -> None:
    """Read a file and write its statements to another, both named on standard input, or say on standard output why not."""
    source, target, megabytes = json.loads(os.read(0, 1 << 16))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    store = ox.Store()
    try:
        Document.read(Path(source)).add_to(store)
        store.dump(target, format=ox.RdfFormat.N_QUADS)
    except NotRdf as error:
        _say(str(error), error.line)
    except OSError as error:
        _say(f"it cannot be read: {error.strerror or error}")
    except MemoryError:
        _say(f"reading it takes more than {megabytes} MiB of memory")


def _say(message: str, line: int = 0) -> None:
    os.write(1, json.dumps([message, line]).encode())


if __name__ == "__main__":
    main()
