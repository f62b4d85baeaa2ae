"""The phrases of matching, in Danish or English: claims, opportunities and figures in words, each with its year and its source."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from kommunegraf import languages
from kommunegraf.graph.adoption import Source
from kommunegraf.languages import Words
from kommunegraf.matching.network import Claim
from kommunegraf.matching.opportunities import Opportunity
from kommunegraf.matching.register import Resource
from kommunegraf.matching.results import Counts, Power
from kommunegraf.matching.together import Vehicle

WIDTH = 100
"""Characters of a line on the screen."""
TITLE, FIRST = 40, 24
"""Characters of a title within a line, at most, and of the first kommune after it with `and N more`, at least."""


def fold(text: str, indent: str = "") -> Iterator[str]:
    """A text in lines of at most `WIDTH` characters."""
    line = indent
    for word in text.split():
        if len(line) + len(word) + 1 > WIDTH and line.strip():
            yield line
            line = indent
        line += word if line == indent else f" {word}"
    yield line


def clip(start: str, items: list[str], words: Words, width: int = WIDTH - 2, most: int = 99, end: str = "") -> str:
    """A line of at most `width` characters: a start, as many items as fit, `and N more` for the others, and an end.

    At least one item is shown, shortened if it must be.
    """
    shown = [_joined(start, items, number, words, end) for number in range(2, min(len(items), most) + 1)]
    fitting = [line for line in shown if len(line) <= width]
    if fitting:
        return fitting[-1]
    rest = f" {words.more.format(len(items) - 1)}" if len(items) > 1 else ""
    return start + short(items[0] if items else "", max(width - len(start) - len(rest) - len(end), 1)) + rest + end


def _joined(start: str, items: list[str], number: int, words: Words, end: str) -> str:
    rest = f" {words.more.format(len(items) - number)}" if len(items) > number else ""
    return start + ", ".join(items[:number]) + rest + end


def name(municipality: Resource) -> str:
    """A kommune's name without the word for kommune, as a list has it."""
    return municipality.label.removesuffix(" Municipality")


def counts(count: Counts, lang: str) -> str:
    """How many are active, planned, open plans and ended; those that are none are left out."""
    words = languages.words(lang, "matching")
    each = (("active", count.active), ("planned", count.planned), ("open-plan", count.open_plan), ("ended", count.ended))
    return ", ".join(words[f"count_{name}"].format(number) for name, number in each if number) or words.none


def year(value: int | None, words: Words) -> str:
    """A year, or that there is none."""
    return str(value) if value else words.no_year


def host(source: Source) -> str:
    """Where a source stands, in short: the last two parts of its address's host, else its title."""
    return ".".join(urlsplit(source.address).netloc.split(".")[-2:]) or short(source.title, FIRST)


def standing(claim: Claim, words: Words) -> str:
    """A claim's status with its year: `active, since 2012, as of 2021`."""
    one = claim.adoption
    began = words.began.format(one.since) if one.since and one.since != one.as_of else ""
    ended = words.was_until.format(one.until) if one.until else ""
    mark = own_mark([claim], words)
    stand = "" if one.until and one.until == one.as_of else words.stated.format(one.as_of) if one.as_of else words.no_year
    return ", ".join(part for part in (mark, claim.status.label, began, ended, stand) if part)


def own_mark(claims: Iterable[Claim], words: Words) -> str:
    """What marks a plan, or another statement, that was laid over the graph for this run; empty where none was."""
    statuses = {claim.status.name for claim in claims if claim.private}
    return words.private if statuses & {"planned", "open-plan"} else words.private_other if statuses else ""


def vehicle_line(vehicle: Vehicle, here: Resource, words: Words) -> str:
    """What a kommune does with others, as of when, and who says so."""
    others = [name(m) for m in vehicle.members if m != here]
    title = vehicle.title if vehicle.kind != "undertaking" else f"{vehicle.title} ({vehicle.resource.label})"
    way = f": {words[f'way_{vehicle.kind}']} {words.with_others.format('')}"
    end = f" ({year(vehicle.year, words)}, {host(vehicle.source)})"
    room = WIDTH - 2 - len(way) - len(end) - FIRST
    return clip(short(title, min(room, TITLE)) + way, others, words, end=end)


def opportunity_lines(one: Opportunity, words: Words, here: Resource | None = None) -> list[str]:
    """An opportunity in two lines: its kind, what it is about, its points and sources; then why, the kommune `here` first."""
    sources = list(dict.fromkeys(host(source) for source in one.sources if not one.private or source.address))
    ending = f" ({', '.join([words.points.format(one.total), *sources[:2]])})"
    first = f"{words[f'kind_{one.kind}'].upper()} "
    return [first + short(about(one), WIDTH - 2 - len(first) - len(ending)) + ending, short(f"  {why(one, words, here)}", WIDTH - 2)]


def about(one: Opportunity) -> str:
    """What an opportunity is about: the initiative or the organisation."""
    return one.initiative.label if one.initiative else one.vehicle.title if one.vehicle else ""


def why(one: Opportunity, words: Words, here: Resource | None = None) -> str:
    """Why, in one plain sentence, with the year that it stands for; the kommune `here` is named first."""
    who = _names([name(r) for r in sorted(one.audience, key=lambda r: r != here)], words)
    years = {c.municipality: c.as_of for c in one.claims}
    partners = _names([f"{name(r)} ({year(years[r], words)})" if r in years else name(r) for r in one.partners], words, 3)
    own = [told for r in one.audience if (told := years.get(r))]
    stated = max(own, default=one.as_of)
    solutions = " | ".join(f"{name(c.municipality)}: {', '.join(s.label for s in c.solutions)}" for c in one.claims)
    title = one.claims[0].adoption.deciding.title if one.claims else ""
    mark = own_mark(one.claims, words)
    start = f"{mark}: " if mark else ""
    return start + words[f"why_{one.kind}"].format(who=who, partners=partners, year=year(stated, words), solutions=solutions, title=title)


def _names(labels: list[str], words: Words, most: int = 4) -> str:
    shown = ", ".join(labels[:most])
    return f"{shown} {words.more.format(len(labels) - most)}" if len(labels) > most else shown


def short(text: str, width: int) -> str:
    """A text of at most `width` characters."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


RELATIONS = {"borders": "neighbour", "fixedLinkTo": "fixedLinkTo", "region": "region", "size": "size_alike"}
"""The word for each way in which two kommuner are near."""


def cited(sources: Iterable[Source], words: Words) -> list[str]:
    """Sources with title, year and address."""
    return [" ".join(part for part in (f"{s.title}, {year(s.year or s.not_before, words)}.", s.address) if part) for s in sources]


def head(column: str, lang: str = "da") -> str:
    """A column's name above a table."""
    return languages.words(lang, "matching").get(f"column_{column}", column)


def significance(power: Power, count: int, lang: str = "da") -> str:
    """What the test of all pairs could find, and what it found, in one sentence."""
    words = languages.words(lang, "matching")
    pairs = languages.number(power.pairs, lang)
    if not power.able:
        return words.no_power.format(small(power.least, lang), small(power.needed, lang), pairs)
    return words.some_power.format(languages.number(power.able, lang), pairs, count)


def small(value: float, lang: str) -> str:
    """A small number with two significant digits and no exponent."""
    return languages.number(float(f"{value:.2g}"), lang) if value else "0"


def number(value: float, lang: str) -> str:
    """A number with two decimals, or two significant digits when it is small, as the language writes it."""
    return small(value, lang) if 0 < value < 0.1 else languages.number(value, lang, 2)


def cite(claim: Claim, words: Words) -> str:
    """A claim's status and year with the evidence that decides it, its source and address, and how much more there is."""
    first, *others = claim.evidence
    source = ", ".join(str(part) for part in (first.source.title, first.year) if part)
    more = words.evidence.format(len(others)) if others else ""
    return " ".join(part for part in (f"{standing(claim, words)}. {first.title} – {source}.", first.source.address, more) if part)
