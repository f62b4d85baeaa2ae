"""Whether two statements about one initiative speak of the same thing, by telling words; and whether two solutions may be one.

An initiative such as telemedicine is many things. Words begin to tell them apart where they are rare elsewhere, as `signal` is in
statements about anything but traffic; Danish compounds share a part (`trafiksignaler`), so words are compared by a stem.
"""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import cache

from kommunegraf.graph.adoption import Evidence
from kommunegraf.matching.opportunities import ALIKE
from kommunegraf.matching.register import Register, Resource
from kommunegraf.names import plain

STEM = 6
"""Letters that stand for a word; shorter words tell nothing."""
RARE = 0.02
"""The share of statements about other initiatives that may have a telling word, at most."""


class Subjects:
    """What statements speak of: their title and `texts`, by IRI and language. One without texts is taken to speak of the same."""

    def __init__(self, evidence: tuple[Evidence, ...], texts: Mapping[str, Mapping[str, str]]) -> None:
        each = ((one, " ".join((one.title, *texts[one.iri].values()))) for one in evidence if one.iri in texts)
        self._texts = {one.iri: (one.initiative, text.casefold()) for one, text in each}
        self._rare = cache(self._is_rare)

    def alike(self, one: Evidence, other: Evidence) -> bool:
        """Whether two statements share a telling word, or one of them has no text."""
        if one.iri not in self._texts or other.iri not in self._texts:
            return True
        first, second = self._texts[one.iri][1], self._texts[other.iri][1]
        shared = {stem for stem in stems(first) if stem in second} | {stem for stem in stems(second) if stem in first}
        return any(self._rare(stem, one.initiative) for stem in sorted(shared))

    def _is_rare(self, stem: str, initiative: str) -> bool:
        others = [text for about, text in self._texts.values() if about != initiative]
        return sum(stem in text for text in others) <= RARE * len(others)


def stems(text: str) -> set[str]:
    """The first letters of each word of a text that is long enough."""
    return {word[:STEM] for word in re.findall(rf"[^\W\d]{{{STEM},}}", text)}


def place_names(register: Register) -> frozenset[str]:
    """The first word of each kommune's name, in all languages, as `names.plain` has it."""
    names = (plain(label).split() for iri in register.places for label in register.labels.get(iri, {}).values())
    return frozenset(words[0] for words in names if words)


def different(one: frozenset[Resource], other: frozenset[Resource], places: frozenset[str]) -> bool:
    """Whether solutions differ, and not by spelling or by the name of a place alone."""
    names = [(_name(a, places), _name(b, places)) for a in one for b in other]
    return not one & other and not any(SequenceMatcher(None, a, b).ratio() >= ALIKE or a in b or b in a for a, b in names)


def _name(solution: Resource, places: frozenset[str]) -> str:
    words = plain(solution.label).split()
    return " ".join(word for word in words if word not in places) or " ".join(words)
