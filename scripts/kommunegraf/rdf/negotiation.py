"""Which of some media types, and which language, a request asks for (RFC 9110, section 12.5)."""

import re
from collections.abc import Sequence
from functools import lru_cache

from kommunegraf.languages import LANGUAGES

_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_PARAMETER = re.compile(r';\s*([^\s;=]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)')
_RANGE = re.compile(r"\s*([!#$%&'*+.^_`|~0-9a-z-]+)/([!#$%&'*+.^_`|~0-9a-z-]+)\s*(?:;|\Z)")
_TAG = re.compile(r"\s*(\*|[a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;|\Z)")
_QUALITY = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_LONGEST = 4096
"""The characters of a header that are read; no honest client sends more."""


def choose(accept: str | None, offered: Sequence[str], halved: Sequence[str] = ()) -> str | None:
    """The offered media type that a client prefers, the first if it prefers several equally, None if it accepts none.

    The most specific range that fits a type decides its quality; 0 means never (RFC 9110, section 12.5.1). Without a readable header
    every type is acceptable. Parameters of the offered types (`;charset=`) are ignored; a range with parameters is read without them
    if the plain range is missing. The quality of the types in `halved` counts half: fewer clients want them than say so.
    """
    return _choose(accept, tuple(offered), tuple(halved))


@lru_cache(maxsize=1024)
def _choose(accept: str | None, offered: tuple[str, ...], halved: tuple[str, ...]) -> str | None:
    ranges = _ranges(accept)
    if not ranges:
        return offered[0] if offered else None
    rated = [(_quality(media, ranges) / (1 + (media in halved)), -place, media) for place, media in enumerate(offered)]
    best = max(rated, default=(0.0, 0, ""))
    return best[2] if best[0] > 0 else None


def _ranges(accept: str | None) -> list[tuple[int, str, str, float]]:
    """The readable ranges of a header: how specific each is, type, subtype, quality."""
    ranges = []
    for item in _ITEM.findall((accept or "")[:_LONGEST].lower()):
        if match := _RANGE.match(item):
            kind, subtype = match.groups()
            quality, parameters = _weight(item)
            specific = 2 * (kind != "*") + 2 * (subtype != "*") - parameters
            if kind != "*" or subtype == "*":
                ranges.append((specific, kind, subtype, quality))
    return ranges


def _weight(item: str) -> tuple[float, bool]:
    """The quality of an item, 1 if none is readable, and whether it has other parameters before that."""
    parameters = [(name, value.strip('"')) for name, value in _PARAMETER.findall(item)]
    written = next((value for name, value in parameters if name == "q"), "1")
    before = bool(parameters) and parameters[0][0] not in ("q", "charset")
    return (float(written) if _QUALITY.fullmatch(written) else 1.0), before


def _quality(media: str, ranges: list[tuple[int, str, str, float]]) -> float:
    kind, _, subtype = media.lower().partition(";")[0].strip().partition("/")
    fits = [(specific, quality) for specific, k, s, quality in ranges if k in (kind, "*") and s in (subtype, "*")]
    return max(fits, default=(0, 0.0))[1]


@lru_cache(maxsize=1024)
def choose_language(accept_language: str | None) -> str:
    """The language of pages that a client prefers: Danish if it says nothing, prefers both equally, or names neither.

    A range such as `en-GB` asks for English (lookup, RFC 4647, section 3.4).
    """
    qualities: dict[str, float] = {}
    for item in _ITEM.findall((accept_language or "")[:_LONGEST].lower()):
        if match := _TAG.match(item):
            qualities[match[1]] = max(_weight(item)[0], qualities.get(match[1], 0.0))
    rest = qualities.get("*", 0.0)
    return max(LANGUAGES, key=lambda language: qualities.get(language, rest))
