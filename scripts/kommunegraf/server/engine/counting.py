"""How many rows or triples pass by, counted in the bytes of an answer, for the access log."""

_MARKS = {
    "application/sparql-results+json": b'},{"',
    "application/sparql-results+xml": b"<result>",
    "text/tab-separated-values": b"\n",
    "text/csv": b"\r\n",
    "application/n-triples": b"\n",
    "application/n-quads": b"\n",
}
"""What stands once for each row, and never inside a value: strings of JSON and XML escape it. CSV is counted outside its quotes."""
_FIRST = b'"bindings":[{'
_HEADS = ("text/tab-separated-values", "text/csv")


class Counter:
    """Counts while the bytes of an answer in a media type pass by."""

    def __init__(self, media: str) -> None:
        self._media = media
        self._mark = _MARKS.get(media, b"")
        self._count = 0
        self._tail = b""
        self._quoted = False

    def add(self, data: bytes | bytearray) -> None:
        """The next bytes."""
        if not self._mark:
            return
        data = self._tail + (self._outside(bytes(data)) if self._media == "text/csv" else data)
        self._count += data.count(self._mark)
        if self._media == "application/sparql-results+json":
            self._count += data.count(_FIRST)
        self._tail = data[1 - len(self._mark) :] if len(self._mark) > 1 else b""

    @property
    def rows(self) -> int | None:
        """The rows so far; None for a format in which they cannot be counted."""
        if not self._mark:
            return None
        return max(0, self._count - 1) if self._media in _HEADS else self._count

    def _outside(self, data: bytes) -> bytes:
        parts = data.split(b'"')
        kept = parts[1 if self._quoted else 0 :: 2]
        self._quoted ^= len(parts) % 2 == 0
        return b'"'.join(kept)
