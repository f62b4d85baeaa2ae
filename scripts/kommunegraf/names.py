"""Names as people type them: `Århus`, `aarhus`, `0751`, `751`, `Aarhus Kommune` and `open data` find their resource."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from kommunegraf.errors import KommunegrafError
from kommunegraf.findings import nearest

_LETTERS = str.maketrans({"å": "aa", "æ": "ae", "ø": "oe", "ä": "ae", "ö": "oe"})
_KIND_WORDS = re.compile(r"^region (?=\w)|\b(kommune|kommun|regionskommune|regional municipality|municipality)$")
_GENITIVE = re.compile(r"s\b")
_OF_COUNTRY = re.compile(r"[a-z]{2}-([0-9]+)")


class UnknownName(KommunegrafError):
    """A name that no resource has. `suggestions` are the nearest names; `examples` are some that exist."""

    def __init__(self, kind: str, name: str, suggestions: list[str], examples: Iterable[str] = ()) -> None:
        self.suggestions = suggestions
        hint = f"; did you mean {', '.join(suggestions)}?" if suggestions else f"; there is {', '.join(examples)}" if examples else ""
        super().__init__(f"no {kind} is called {name!r}{hint}")


def plain(name: str) -> str:
    """A name in the form for comparison: lower case, æ ø å as ae oe aa, no other accents, one blank between words."""
    text = unicodedata.normalize("NFC", name).casefold().translate(_LETTERS)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", text))


class Names:
    """The names of one kind of resource."""

    def __init__(self, kind: str, labelled: Iterable[tuple[str, str]]) -> None:
        """`labelled` pairs the IRI of each resource with one of its labels.

        The last part of the IRI is a name too; so is a code without its country, such as 0180 for `se-0180`, where nothing else has it.
        """
        self.kind = kind
        self._iris: dict[str, str] = {}
        self._shown: dict[str, str] = {}
        self._without_s: dict[str, set[str]] = defaultdict(set)
        bare: dict[str, str] = {}
        for iri, label in labelled:
            slug = re.split(r"[/#]", iri.rstrip("/#"))[-1]
            for name in (label, slug, slug.lstrip("0") if slug.isdigit() else slug):
                self._iris.setdefault(_key(name), iri)
                self._shown.setdefault(_key(name), label if name is label else name)
                self._without_s[_GENITIVE.sub("", _key(name))].add(iri)
            if match := _OF_COUNTRY.fullmatch(slug):
                bare[match[1]] = iri if bare.get(match[1], iri) == iri else ""
        for code, iri in bare.items():
            if iri:
                self._iris.setdefault(code, iri)
                self._shown.setdefault(code, code)

    @property
    def iris(self) -> list[str]:
        """The IRIs of the resources, sorted."""
        return sorted(set(self._iris.values()))

    def resolve(self, name: str) -> str:
        """The IRI that a name, a code or a slug stands for; an IRI stands for itself. Raises UnknownName.

        A genitive s may be missing or superfluous if that leaves one resource: Nordfyn for Nordfyns Kommune.
        """
        if name in self._iris.values():
            return name
        if iri := self._iris.get(_key(name)):
            return iri
        if len(alike := self._without_s.get(_GENITIVE.sub("", _key(name)), set())) == 1:
            return min(alike)
        close = {self._iris[key]: self._shown[key] for key in reversed(nearest(_key(name), self._iris))}
        slugs = sorted(iri.rsplit("/", 1)[-1] for iri in self.iris)
        more = [f"{len(slugs) - 12} more"] if len(slugs) > 12 else []
        raise UnknownName(self.kind, name, list(reversed(close.values())), [*slugs[:12], *more])


def _key(name: str) -> str:
    text = plain(name)
    return _KIND_WORDS.sub("", text).strip() or text
