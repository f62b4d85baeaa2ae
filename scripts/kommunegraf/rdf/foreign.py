"""RDF files that others wrote, read in a process with limits."""

import json
from pathlib import Path

import pyoxigraph as ox

from kommunegraf.rdf import confined
from kommunegraf.rdf.files import Document, NotRdf, clear_refusals

SECONDS = 300
MEGABYTES = 2048
"""What reading one file may take."""


def add(store: ox.Store, path: Path, folder: Path) -> None:
    """Load a file into a store. `folder` takes a file on the way. Raises OSError and NotRdf."""
    path.stat()  # so that a missing file is an error of the system here too
    quads = folder / "statements.nq"
    try:
        fault = confined.run(__name__, json.dumps([str(path), str(quads)]).encode(), confined.Limits(SECONDS, MEGABYTES, None))
    except confined.Exceeded as error:
        if error.limit == "seconds":
            raise NotRdf(f"reading it takes longer than {SECONDS} seconds") from None
        raise NotRdf(f"reading it takes more than {MEGABYTES} MiB of memory") from None
    if fault:
        raise NotRdf(*json.loads(fault))
    with clear_refusals():
        store.bulk_load(path=quads, format=ox.RdfFormat.N_QUADS)


def _converted(order: bytes) -> bytes:
    """Read a file and write its statements to another, both named in the order. Returns why not, as a message and a line."""
    source, target = json.loads(order)
    store = ox.Store()
    try:
        Document.read(Path(source)).add_to(store)
        store.dump(target, format=ox.RdfFormat.N_QUADS)
    except NotRdf as error:
        return json.dumps([str(error), error.line]).encode()
    except OSError as error:
        return json.dumps([f"it cannot be read: {error.strerror or error}", 0]).encode()
    return b""


if __name__ == "__main__":
    confined.answer(_converted)
