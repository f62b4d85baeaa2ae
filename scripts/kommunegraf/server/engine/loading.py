"""The files that are served, loaded into a store, in the process that holds it: within a limit of memory, and once."""

import hashlib
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from kommunegraf.rdf.files import Document, NotRdf


def load(files: Sequence[str], quads: str) -> tuple[ox.Store, str]:
    """The files in a store, and the version that names their content. Raises ValueError and MemoryError.

    The store is also written to the file `quads`, for the server: so the files are read once, and by this process alone.
    """
    store, content = ox.Store(), hashlib.sha256()
    document = None
    for file in files:
        try:
            document = Document.read(Path(file))
            content.update(document.content)
            _add(store, document)
        except (OSError, NotRdf) as error:
            raise ValueError(f"{file}: {error}") from error
    if document and len(files) == 1 and document.form == ox.RdfFormat.N_QUADS:
        Path(quads).write_bytes(document.content)  # as it was read and checked; to write it anew takes ten times as long
    else:
        store.dump(quads, format=ox.RdfFormat.N_QUADS)
    return store, content.hexdigest()[:16]


def _add(store: ox.Store, document: Document) -> None:
    before = len(store)
    document.add_to(store)
    if len(store) == before and document.is_empty:
        raise NotRdf("it has no statements")


@contextmanager
def limited(megabytes: int) -> Iterator[None]:
    """Limit the memory of this process for a while."""
    before, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20 if hard == resource.RLIM_INFINITY else min(megabytes << 20, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (before, hard))


def used() -> int:
    """The address space of this process, in bytes."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30
