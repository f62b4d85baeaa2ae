"""The screen of a kommune, of two, and of the country. What is not known is said to be unknown."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from kommunegraf import languages
from kommunegraf.languages import Words
from kommunegraf.matching import text
from kommunegraf.matching.opportunities import Opportunity
from kommunegraf.matching.peers import Peer, Plan
from kommunegraf.matching.register import Choices
from kommunegraf.matching.results import Between, Counts, Match, Neighbour

Item = TypeVar("Item")
PAGE = 40
"""Lines of the screen of a kommune."""


def as_text(match: Match, lang: str = "da", most: int = 5) -> str:
    """One screen about a kommune; of each list the first `most`, or one or two less, so that five make one screen."""
    return "\n".join(_screen(match, languages.words(lang, "matching"), lang, most))


def _screen(match: Match, words: Words, lang: str, most: int) -> Iterator[str]:
    place = match.place
    people = languages.number(place.population, lang) if place.population else words.unknown
    yield words.about.format(place.municipality.label, people, place.region.label if place.region else words.unknown)
    yield from text.fold(f"{words.unknown_here} {match.choices.text(lang)}")
    own = Counts.of(c.status.name for c in match.adoptions)
    yield words.own_counts.format(text.counts(own, lang)) if match.adoptions else words.nothing_known
    if _private(match):
        yield words.private_note
    yield from _section(words.heading_already, match.already, lambda v: [text.vehicle_line(v, match.municipality, words)], words, most - 1)
    here = match.municipality
    yield from _section(words.heading_opportunities, match.opportunities, lambda o: text.opportunity_lines(o, words, here), words, most - 1)
    heading = words.heading_neighbours if match.bordered else words.heading_beside
    yield from _section(heading, match.neighbours, lambda n: [_neighbour(n, words)], words, most - 2)
    yield from ("", words.heading_learn)
    if not match.learn_from:
        yield "  " + words.no_plans
    yield from _first([[_plan(plan, words)] for plan in match.learn_from], words, most - 2)
    yield from ("", words.heading_alike, "  " + words.alike_folded)


def _private(match: Match) -> bool:
    return any(one.private for one in match.adoptions) or any(one.private for one in match.opportunities)


def _section(heading: str, items: tuple[Item, ...], lines: Callable[[Item], list[str]], words: Words, most: int) -> Iterator[str]:
    yield from ("", heading.format(len(items)))
    yield from _first([lines(item) for item in items], words, most)
    if not items:
        yield "  " + words.none


def _first(blocks: list[list[str]], words: Words, most: int) -> Iterator[str]:
    most = max(most, 1)
    for block in blocks[:most]:
        yield from (f"  {line}" for line in block)
    if len(blocks) > most:
        yield "  " + words.more.format(len(blocks) - most)


def _neighbour(near: Neighbour, words: Words) -> str:
    how = "" if "borders" in near.relations else f" ({', '.join(words[text.RELATIONS[r]] for r in near.relations)})"
    items = [f"{c.initiative.label} ({text.year(c.as_of, words)}, {text.host(c.adoption.deciding.source)})" for c in near.ahead]
    return text.clip(f"{text.name(near.municipality)}{how}: ", items or [words.none], words)


def _plan(plan: Plan, words: Words) -> str:
    own = f" ({text.standing(plan.own, words)})" if plan.own else ""
    start = f"{text.short(plan.initiative.label, text.TITLE)}{own}: "
    return text.clip(start, [_peer(peer, words) for peer in plan.peers] or [words.nobody], words, most=3)


def _peer(peer: Peer, words: Words) -> str:
    claim = peer.claim
    source = claim.adoption.deciding.source
    return f"{text.name(claim.municipality)} ({words[peer.near]}, {text.year(claim.as_of, words)}, {text.host(source)})"


def heading(match: Match, answer: str, lang: str = "da") -> str:
    """What stands above one answer's table: whom it is about, what counted, and what the figures do not show."""
    words = languages.words(lang, "matching")
    lines = [match.municipality.label, "", f"{words.unknown_here} {match.choices.text(lang)}"]
    if answer == "alike" and match.power:
        lines.append(text.significance(match.power, match.significant, lang))
    if answer == "opportunities":
        lines.append(words.points_text)
    if _private(match):
        lines.append(words.private_note)
    if not getattr(match, answer.replace("-", "_")):
        lines.append(words.none.capitalize() + ".")
    return "\n".join(lines)


def country(opportunities: Iterable[Opportunity], choices: Choices, lang: str, most: int) -> str:
    """The shortlist of opportunities, with how points are given."""
    words, each = languages.words(lang, "matching"), list(opportunities)
    lines = [words.heading_country.format(len(each)), ""]
    lines += [*text.fold(f"{words.unknown_here} {choices.text(lang)}"), *text.fold(words.points_text)]
    if any(one.private for one in each):
        lines.append(words.private_note)
    for number, one in enumerate(each[:most], 1):
        points = " + ".join(f"{words[f'column_{reason}']} {value}" for reason, value in one.points.items())
        lines += ["", *text.fold(f"{number}. {words[f'kind_{one.kind}'].upper()} {text.about(one)}. {text.why(one, words)}")]
        lines += text.fold(f"{words.ask_first.format(words[f'first_{one.kind}'])} {words.points.format(one.total)}: {points}.", "   ")
        lines += [f"   {line}" for line in text.cited(one.sources, words)]
    if len(each) > most:
        lines += ["", words.more.format(len(each) - most)]
    return "\n".join(lines)


def explained(between: Between, lang: str = "da") -> str:
    """Everything between two kommuner, every claim with the evidence that it rests on."""
    return "\n".join(_explained(between, languages.words(lang, "matching"), lang))


def _explained(between: Between, words: Words, lang: str) -> Iterator[str]:
    partner, score = between.partner, between.partner.score
    near = ", ".join(words[text.RELATIONS[r]] for r in partner.relations) or words.no_neighbours
    yield from (f"{between.municipality.label} – {partner.municipality.label} ({near})", "")
    yield f"{words.unknown_here} {between.choices.text(lang)}"
    yield from ("", words.heading_already.format(len(between.already)))
    yield from ([f"  {text.vehicle_line(v, between.municipality, words)}" for v in between.already] or ["  " + words.none])
    yield from ("", words.heading_opportunities.format(len(between.opportunities)))
    for one in between.opportunities:
        yield from (f"  {line}" for line in text.opportunity_lines(one, words))
    if not between.opportunities:
        yield "  " + words.none
    yield from ("", words.shared)
    for shared in partner.shared:
        yield f"  {shared.initiative.label} ({text.counts(shared.adopters, lang)})"
        yield from (f"    {c.municipality.label}: {text.cite(c, words)}" for c in (shared.own, shared.other))
    if not partner.shared:
        yield "  " + words.none
    here, there = between.municipality.label, partner.municipality.label
    for title, claims in (
        (words.can_teach.format(there, here), between.teaches), (words.can_teach.format(here, there), between.learns),
        (words.only.format(there, here), between.only_there), (words.only.format(here, there), between.only_here),
    ):
        yield from ("", title)
        yield from ([f"  {c.initiative.label}: {text.cite(c, words)}" for c in claims] or ["  " + words.none])
    yield from ("", words.heading_alike)
    yield words.scored.format(score.overlap, *(text.number(v, lang) for v in (score.expected, score.surprise, score.p, score.q)))
    yield words.compared.format(text.number(score.jaccard, lang), text.number(score.resource_allocation, lang))
    yield text.significance(between.power, between.significant, lang)
