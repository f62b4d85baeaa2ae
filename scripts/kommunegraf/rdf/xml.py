"""What XML 1.0 can carry: names of elements, and characters."""

import re
from typing import Protocol

from kommunegraf.namespaces import RDF
from kommunegraf.rdf.formats import WrongFormat

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
    "\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_XML_NAME = f"[{_START}][{_START}0-9.\u00b7\u0300-\u036f\u203f-\u2040-]*\\Z"
"""The end of an IRI that is a name without colon (Namespaces in XML 1.0, section 4). Compiled at its first use: that takes long."""
_RESERVED = {RDF + name for name in (
    "RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "li", "Description", "aboutEach", "aboutEachPrefix", "bagID",
)}
"""Names that RDF/XML keeps for its own syntax (RDF 1.1 XML Syntax, section 5.1)."""
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
"""Characters that XML cannot carry, escaped or not (XML 1.0, section 2.2); with U+FFFE and U+FFFF."""
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")


class _Output(Protocol):
    def write(self, data: bytes, /) -> int:
        """Write all of some bytes."""


def check_element(iri: str) -> None:
    """Raises WrongFormat for the IRI of a predicate or class that RDF/XML cannot write."""
    if iri in _RESERVED:
        raise WrongFormat(f"RDF/XML cannot write <{iri}>: its syntax needs the name for itself")
    if not re.search(_XML_NAME, iri):
        raise WrongFormat(f"RDF/XML cannot write the predicate or class <{iri}>: it does not end in a name, a letter or _ first")


def is_sound(text: bytes) -> bool:
    """Whether XML has all characters of a text."""
    return len(text.translate(None, _CONTROLS)) == len(text) and not any(character in text for character in _NO_CHARACTERS)


def sound(text: bytes) -> bytes:
    """An XML document in which a carriage return stays one. Raises WrongFormat for a character that XML does not have."""
    if not is_sound(text):
        raise WrongFormat("XML cannot write this: a text in it has a control character, or U+FFFE or U+FFFF")
    return text.replace(b"\r", b"&#xD;")  # a parser would read a bare one as a line end


class SoundOutput:
    """A file that takes an XML document in pieces, and passes on what is sound. `finish` passes on the rest."""

    def __init__(self, output: _Output) -> None:
        self._output = output
        self._rest = b""

    def write(self, data: bytes, /) -> int:
        """A piece. Raises WrongFormat as `sound` does."""
        text = self._rest + data
        self._rest = text[-2:]  # a character of three bytes may come in two pieces
        sound(text)
        self._output.write(text[:-2].replace(b"\r", b"&#xD;"))
        return len(data)

    def flush(self) -> None:
        """Nothing: the rest may be half a character."""

    def finish(self) -> None:
        """The last bytes."""
        self._output.write(sound(self._rest))
