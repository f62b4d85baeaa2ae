"""Tables for tests, read by the standard library alone, so that no reader of ours vouches for itself."""

import csv
import io
from pathlib import Path

from tests.helpers import ROOT


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of a table of `data/`, such as `evidence`, by column."""
    return records((ROOT / "data" / f"{name}.csv").read_bytes())


def records(text: str | bytes) -> list[dict[str, str]]:
    """The rows of a CSV text by column. Bytes are UTF-8, with or without a byte order mark."""
    return list(csv.DictReader(_lines(text)))


def cells(text: str | bytes, delimiter: str = ",") -> list[list[str]]:
    """The rows of a CSV text as cells, its heading first. Bytes are UTF-8, with or without a byte order mark."""
    return list(csv.reader(_lines(text), delimiter=delimiter))


def cells_of(path: Path) -> list[list[str]]:
    """The rows of a CSV file as cells, its heading first."""
    return cells(path.read_bytes())


def _lines(text: str | bytes) -> io.StringIO:
    return io.StringIO(text if isinstance(text, str) else text.decode("utf-8-sig"), newline="")
