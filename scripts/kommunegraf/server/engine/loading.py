"""The files that are served, loaded into a store, in the process that holds it: within a limit of memory, and once."""

import hashlib
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox


def load(files: Sequence[str], quads: str) -> tuple[ox.Store, str]:
    """The files in a store, and the version that names their content. Raises OSError, SyntaxError, ValueError and MemoryError.

    The store is also written to the file `quads`, for the server: so the files are read once, and by this process alone.
    """
    store, content = ox.Store(), hashlib.sha256()
    for file in files:
        try:
            data = Path(file).read_bytes()
            content.update(data)
            _add(store, file, data)
        except (OSError, SyntaxError, ValueError) as error:
            raise ValueError(f"{file}: {error}") from error
    store.dump(quads, format=ox.RdfFormat.N_QUADS)
    return store, content.hexdigest()[:16]


def _add(store: ox.Store, file: str, data: bytes) -> None:
    form = ox.RdfFormat.from_extension(file.rpartition(".")[2])
    if form is None:
        raise ValueError("the ending of its name is none of an RDF format, such as .nq, .ttl or .jsonld")
    before = len(store)
    store.bulk_load(data, format=form, base_iri=Path(file).absolute().as_uri())
    if len(store) == before and next(ox.parse(data, format=form, base_iri="file:///"), None) is None:
        raise ValueError("it has no statements")


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
