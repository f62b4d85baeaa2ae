"""The note for a meeting of two or more kommuner about an initiative: what is known, what is open, what to ask, and whom to write to."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from kommunegraf import languages
from kommunegraf.graph.adoption import Evidence, Source
from kommunegraf.languages import Words
from kommunegraf.matching import network, text
from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.network import Claim
from kommunegraf.matching.register import Resource
from kommunegraf.matching.standing import due
from kommunegraf.names import UnknownName
from kommunegraf.questions.ask import BadArgument

FEWEST, MOST = 2, 6
"""How many kommuner a note is about, so that it fits on one page."""
QUESTIONS = 5
SPECIFIC = 3
"""How many questions there are, and how many of them, at most, are about one state of things rather than for every meeting."""
GENERAL = ("cost", "data", "together", "next", "border")
"""Questions for every meeting, in the order in which they fill the list."""
BOUGHT = ("app", "device", "platform", "software")
"""Kinds of solution that have a contract."""
TOGETHER = 3
"""How many ways of working together already are named, at most."""
LONGEST = 170
"""Characters of what a source says, at most."""


@dataclass(frozen=True)
class Part:
    """What is known of one kommune. `claim` may be a weak sign; None where nothing is known.

    `late` says that something should have come of its plan by now. `systems` are those of its solutions that are bought (`BOUGHT`),
    `says` is what the deciding source says, `website` the kommune's website or empty.
    """

    municipality: Resource
    claim: Claim | None
    weak: bool
    late: bool
    systems: tuple[str, ...]
    says: str
    partners: tuple[str, ...]
    website: str


@dataclass(frozen=True)
class Note:
    """The content of a note; every text is in its language. `together` is what its kommuner do together already."""

    lang: str
    title: str
    as_of: str
    parts: tuple[Part, ...]
    together: tuple[str, ...]
    open: tuple[str, ...]
    questions: tuple[str, ...]
    sure: tuple[str, ...]


def note(matcher: Matcher, municipalities: Iterable[str], initiative: str) -> Note:
    """The note about kommuner and an initiative, by IRI. Raises BadArgument for too few or too many kommuner, and UnknownName."""
    chosen = list(dict.fromkeys(municipalities))
    if not FEWEST <= len(chosen) <= MOST:
        raise BadArgument(f"a note is about {FEWEST} to {MOST} kommuner, not {len(chosen)}")
    if unknown := [iri for iri in chosen if iri not in matcher.register.places]:
        raise UnknownName("municipality", unknown[0], [])
    if initiative not in matcher.graph:
        raise UnknownName("initiative", initiative, [])
    lang = matcher.register.lang
    words = languages.words(lang, "matching")
    parts = tuple(_part(matcher, iri, initiative) for iri in chosen)
    who = " – ".join(text.name(part.municipality) for part in parts)
    return Note(
        lang, f"{network.resource(matcher.graph, initiative).label}: {who}",
        words.note_as_of.format(matcher.register.limits_of(matcher.choices).reference), parts,
        tuple(_together(matcher, parts, words)),
        tuple(_open(parts, words)), tuple(_questions(parts, words)), tuple(_sure(matcher, parts, words)),
    )


def _part(matcher: Matcher, municipality: str, initiative: str) -> Part:
    weak = not matcher.graph.has_edge(municipality, initiative)
    graph = matcher.everything if weak else matcher.graph
    claim = network.claim(graph, municipality, initiative) if graph.has_edge(municipality, initiative) else None
    says = text.short(matcher.register.text(claim.adoption.deciding), LONGEST) if claim else ""
    partners = {p for one in claim.evidence for p in matcher.register.partners.get(one.iri, ())} if claim else set()
    labels = sorted(text.name(matcher.register.resource(iri)) for iri in partners)
    systems = tuple(s.label for s in claim.solutions if matcher.register.kinds.get(s.iri) in BOUGHT) if claim else ()
    place = matcher.register.places[municipality]
    website = place.website or domain(matcher.register.evidence, municipality)
    late = claim is not None and (claim.status.name == "open-plan" or due(claim, matcher.register.limits_of(matcher.choices).reference))
    return Part(place.municipality, claim, weak, late, systems, says, tuple(labels), website)


def domain(evidence: Iterable[Evidence], municipality: str) -> str:
    """The domain of most of a kommune's own sources, `kalundborg.dk` for `kp2017.kalundborg.dk`; empty where the data has none."""
    sources = {one.source.iri: urlsplit(one.source.address).netloc for one in evidence if one.source.publisher == municipality}
    domains = Counter(".".join(host.split(".")[-2:]) for host in sources.values() if host)
    return min(domains, key=lambda domain: (-domains[domain], domain), default="")


def _together(matcher: Matcher, parts: tuple[Part, ...], words: Words) -> Iterator[str]:
    """What two or more of the kommuner do together already, the most of them first."""
    members = [(v, [part for part in parts if part.municipality.iri in v.codes]) for v in matcher.vehicles]
    shared = [(v, those) for v, those in members if len(those) > 1]
    for v, those in sorted(shared, key=lambda pair: -len(pair[1]))[:TOGETHER]:
        others, year = len(v.members) - len(those), text.year(v.year, words)
        yield words.note_way.format(v.title, words[f"way_{v.kind}"], _who(those), others, year, text.host(v.source))


def _who(parts: Iterable[Part]) -> str:
    return ", ".join(text.name(part.municipality) for part in parts)


def _is(*statuses: str) -> Callable[[Part], bool]:
    return lambda part: bool(part.claim and not part.weak and part.claim.status.name in statuses)


def _unknown(part: Part) -> bool:
    return part.claim is None or part.weak


def _late(part: Part) -> bool:
    return _is("planned", "open-plan")(part) and part.late


def _current(part: Part) -> bool:
    return _is("planned")(part) and not part.late


def _without_system(part: Part) -> bool:
    return _is("active")(part) and bool(part.claim and not part.claim.solutions)


def _with_system(part: Part) -> bool:
    return _is("active")(part) and bool(part.systems)


def _open(parts: tuple[Part, ...], words: Words) -> Iterator[str]:
    """What the sources leave open."""
    if unknown := [part for part in parts if part.claim is None]:
        yield words.note_open_unknown.format(_who(unknown))
    for part in parts:
        who, claim = text.name(part.municipality), part.claim
        if part.weak and claim:
            yield words.note_open_weak.format(who)
        elif claim:
            if claim.freshness in ("ageing", "old"):
                yield words.note_open_old.format(who, claim.as_of)
            if claim.freshness == "undated":
                yield words.note_open_undated.format(who)
            if claim.adoption.against:
                yield words.note_open_against.format(who)
    for condition, key in ((_late, "plan"), (_without_system, "system")):
        if those := [part for part in parts if condition(part)]:
            yield words[f"note_open_{key}"].format(_who(those))


def _questions(parts: tuple[Part, ...], words: Words) -> Iterator[str]:
    """Five questions: first those that the state of things asks for, then those for every meeting."""
    cases = {
        "outcome": _late, "tender": _current, "have": _unknown, "system": _without_system, "contract": _with_system,
        "ended": _is("ended"),
    }
    concerned = {key: [part for part in parts if condition(part)] for key, condition in cases.items()}
    specific = [words[f"note_ask_{key}"].format(_who(those)) for key, those in concerned.items() if those][:SPECIFIC]
    yield from (specific + [words[f"note_ask_{key}"] for key in GENERAL])[:QUESTIONS]


def _sure(matcher: Matcher, parts: tuple[Part, ...], words: Words) -> Iterator[str]:
    """How sure it is: confidence, age and number of sources of each, and what counted."""
    for part in parts:
        if claim := part.claim:
            count = len({one.source.iri for one in claim.evidence})
            about = ", ".join((words[claim.confidence], words[f"age_{claim.freshness}"], words.note_sources.format(count)))
            yield f"{text.name(part.municipality)}: {about}."
    if any(part.claim and part.claim.private for part in parts):
        yield words.private_note
    yield f"{words.unknown_here} {matcher.choices.text(matcher.register.lang)}"


def status(part: Part, words: Words) -> str:
    """The status with its years; that it is a weak sign, or unknown."""
    if part.claim is None:
        return words.unknown
    return (f"{words.note_weak}: " if part.weak else "") + text.standing(part.claim, words)


def source(part: Part) -> Source | None:
    """The deciding source, if it stands anywhere."""
    stated = part.claim.adoption.deciding.source if part.claim and not part.claim.private else None
    return stated if stated and stated.title else None
