"""Real triple stores that can be changed, on free ports of this machine: the Oxigraph server and Virtuoso."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers import oxigraph as oxigraph_server
from tests.helpers import virtuoso


@contextmanager
def oxigraph(union: bool = False, folder: Path | None = None) -> Iterator[str]:
    """The address for queries of an empty Oxigraph server. `union`: its default graph is the union of the named ones."""
    with tempfile.TemporaryDirectory(prefix="oxigraph-") as name, oxigraph_server.running("serve", folder or Path(name), union) as address:
        yield address


@contextmanager
def empty_virtuoso(rows: int = 10_000) -> Iterator[str]:
    """The address for queries of a Virtuoso server without our graphs; user and password are `dba`. Skips where Virtuoso is missing."""
    with tempfile.TemporaryDirectory(prefix="kommunegraf-") as name:
        other = Path(name, "other.nq")
        other.write_text("<http://example.org/s> <http://example.org/p> <http://example.org/o> <http://example.org/g> .\n", "utf-8")
        with virtuoso.serving(other, rows) as address:
            yield address
