"""Words that must not get out: which files of a folder carry one, also packed or in another encoding."""

import gzip
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote


def leaks(folder: Path, words: Iterable[str]) -> list[tuple[str, str]]:
    """The files of a folder that carry a word, and the word. What is packed is unpacked. A word begins with six letters of ASCII."""
    forms = {form: word for word in words for form in _forms(word)}
    begun = {start.encode(code) for word in words if (start := word[:6].lower()) for code in ("ascii", "utf-16-le")}
    names = set()
    for path in (path for path in sorted(folder.rglob("*")) if path.is_file()):
        name = str(path.relative_to(folder))
        for place, content in (name, name.encode()), *_parts(name, path.read_bytes()):
            text = content.lower()
            if any(start in text for start in begun):  # a quick look first: a site is large
                names |= {(place, word) for form, word in forms.items() if form in text}
    return sorted(names)


def _forms(word: str) -> set[bytes]:
    """A word in the encodings and escapes in which a file may hold it."""
    escaped = word.encode("ascii", "backslashreplace").decode()
    return {form.lower() for form in (
        word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"), word.encode("cp1252", "replace"), quote(word).encode(),
        escaped.encode(), word.encode("ascii", "xmlcharrefreplace"),
    )}  # fmt: skip


def _parts(place: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield place, content
    if content.startswith(b"\x1f\x8b"):
        yield from _parts(f"{place}!", gzip.decompress(content))
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            for name in pack.namelist():
                yield f"{place}!{name}", name.encode()
                yield from _parts(f"{place}!{name}", pack.read(name))
