"""Matches to read, in Danish or English. What is not known is said to be unknown, and what is not significant not to be."""

from collections.abc import Iterable, Iterator

from kommunegraf import languages
from kommunegraf.languages import Words
from kommunegraf.matching.advice import Area, Boundary, Group, Peer, Plan
from kommunegraf.matching.network import Claim
from kommunegraf.matching.results import Between, Match, Next, Partner


def as_text(found: Match, lang: str = "da", most: int = 5) -> str:
    """One screen about a kommune; of each list the first `most`."""
    return "\n".join(_screen(found, languages.words(lang, "matching"), lang, most))


def _screen(found: Match, words: Words, lang: str, most: int) -> Iterator[str]:
    yield from (found.municipality.label, "", f"{words.caveat} {found.choices.text(lang)}", "")
    named = "; ".join(f"{c.initiative.label} ({c.status.label})" for c in found.adoptions)
    yield f"{words['adoptions'].format(len(found.adoptions))}: {named or words['none']}"
    if found.uncounted:
        yield f"{words['uncounted']}: {'; '.join(c.initiative.label for c in found.uncounted)}"
    if not found.adoptions:
        yield words.ask.format("; ".join(n.initiative.label for n in found.next[:most]))
    yield from ("", words.alike.format(len(found.alike)))
    if found.alike:
        yield "  " + significance(found.significant, found.tested, lang)
        if found.stability is not None:
            yield "  " + words.stability.format(min(5, len(found.alike)), round(100 * found.stability))
    yield from _list((f"  {n}. {_partner(p, words, lang)}" for n, p in enumerate(found.alike[:most], 1)), len(found.alike), words, most)
    yield from ("", words.learn_from)
    yield from _list((f"  {_plan(plan, words, lang)}" for plan in found.learn_from), len(found.learn_from), words, len(found.learn_from))
    yield from ("", words.together)
    yield from _list((f"  {_group(g, words)}" for g in found.together[:most]), len(found.together), words, most)
    yield from ("", words.boundaries)
    yield from _list((f"  {_boundary(b, words)}" for b in found.boundaries[:most]), len(found.boundaries), words, most)
    yield from (f"  {_area(area, words)}" for area in found.areas[:most])
    if len(found.areas) > most:
        yield "  " + words.more.format(len(found.areas) - most)
    yield from ("", words.next)
    yield from _list((f"  {_next(n, words)}" for n in found.next[:most]), len(found.next), words, most)
    yield from ("", words.neighbours.format(len(found.neighbours)))
    for near in found.neighbours[:most]:
        link = f" ({words['fixedLinkTo']})" if "fixedLinkTo" in near.relations else ""
        yield f"  {near.municipality.label}{link}: {_names(near.ahead, words)}"
    yield from _list((), len(found.neighbours), words, most)


def _list(lines: Iterable[str], count: int, words: Words, most: int) -> Iterator[str]:
    yield from lines
    if not count:
        yield "  " + words.none
    elif count > most:
        yield "  " + words.more.format(count - most)


def _names(claims: Iterable[Claim], words: Words) -> str:
    return "; ".join(c.initiative.label for c in claims) or words.none


def told(found: Match, answer: str, lang: str = "da") -> str:
    """What stands above one answer's table: whom it is about, what counted, and what the figures do not show."""
    words = languages.words(lang, "matching")
    lines = [found.municipality.label, "", f"{words.caveat} {found.choices.text(lang)}"]
    if answer == "alike":
        lines.append(significance(found.significant, found.tested, lang))
    if not getattr(found, answer.replace("-", "_")):
        lines.append(words.none.capitalize() + ".")
    return "\n".join(lines)


def head(column: str, lang: str = "da") -> str:
    """A column's name above a table."""
    return languages.words(lang, "matching").get(f"column_{column}", column)


def significance(count: int, tested: int, lang: str = "da") -> str:
    """What the null model found of all pairs, in one sentence; plain when that is nothing."""
    words = languages.words(lang, "matching")
    return (words.significant if count else words.no_pair).format(count, languages.number(tested, lang))


def number(value: float, lang: str) -> str:
    """A number with two decimals, or two significant digits when it is small, as the language writes it."""
    return languages.number(float(f"{value:.2g}"), lang) if 0 < value < 0.1 else languages.number(value, lang, 2)


def _partner(partner: Partner, words: Words, lang: str) -> str:
    score = partner.score
    near = f" ({words['neighbour']})" if partner.relations else ""
    rare = "; ".join(s.initiative.label for s in partner.shared[:3])
    more = words.more.format(len(partner.shared) - 3) if len(partner.shared) > 3 else ""
    line = words.partner.format(
        partner.municipality.label + near, score.overlap, number(score.expected, lang), number(score.p, lang), number(score.q, lang),
        " ".join(part for part in (rare, more) if part),
    )
    teaches = [s.initiative.label for s in partner.shared if (s.own.status.name, s.other.status.name) == ("planned", "active")]
    return line + (" " + words.teaches.format("; ".join(teaches)) if teaches else "")


def _plan(plan: Plan, words: Words, lang: str) -> str:
    if not plan.peers:
        return f"{plan.initiative.label}: {words['nobody']}"
    told = [_peer(peer, words, lang) for peer in plan.peers[:2]]
    return f"{plan.initiative.label}: {'; '.join(told)}" + (f"; {words['more'].format(len(plan.peers) - 2)}" if len(plan.peers) > 2 else "")


def _peer(peer: Peer, words: Words, lang: str) -> str:
    size = words.size.format(number(peer.size, lang)) if peer.size else ""
    since = words.since.format(peer.since) if peer.since else words.undated
    reasons = ", ".join(part for part in (words[peer.near], since, words[peer.claim.confidence], size) if part)
    return f"{peer.claim.municipality.label} ({reasons})"


def _group(group: Group, words: Words) -> str:
    planning, having = (", ".join(c.municipality.label for c in claims) for claims in (group.planning, group.having))
    told = words.plan_it.format(planning) + (words.have_it.format(having) if having else "")
    lead = words.lead.format(group.lead.label, words[f"lead_by_{group.why}"])
    return f"{group.initiative.label}: {told}. {words[f'in_{group.connected}']}. {lead}"


def _boundary(boundary: Boundary, words: Words) -> str:
    sides = [f"{c.municipality.label}: {', '.join(s.label for s in c.solutions)}" for c in (boundary.one, boundary.other)]
    return f"{boundary.initiative.label}: {' | '.join(sides)}"


def _area(area: Area, words: Words) -> str:
    named = ", ".join(f"{solution.label} {count}" for solution, count in area.solutions)
    unknown = words.unknown_solution.format(area.unknown) if area.unknown else ""
    return words.area.format(area.initiative.label, len(area.members)) + f" {named}{unknown}"


def _next(item: Next, words: Words) -> str:
    places = ", ".join(f"{words[f'by_{name}']} {place}" for name, place in item.places.items())
    peers = ", ".join(c.municipality.label for c in item.peers) or words.none
    mentioned = f" {words['mentioned']}" if item.mentioned else ""
    return f"{item.initiative.label}: {words['adopters'].format(item.adopters)}; {places}; {words['peers']}: {peers}.{mentioned}"


def explained(found: Between, lang: str = "da") -> str:
    """Everything between two kommuner, every claim with the evidence that it rests on."""
    return "\n".join(_explained(found, languages.words(lang, "matching"), lang))


def _explained(found: Between, words: Words, lang: str) -> Iterator[str]:
    partner, score = found.partner, found.partner.score
    near = ", ".join(words[r] for r in partner.relations) or words.no_neighbours
    yield from (f"{found.municipality.label} – {partner.municipality.label} ({near})", "", f"{words.caveat} {found.choices.text(lang)}", "")
    yield words.scored.format(score.overlap, *(number(v, lang) for v in (score.expected, score.surprise, score.p, score.q)))
    yield words.compared.format(number(score.jaccard, lang), number(score.resource_allocation, lang))
    yield significance(found.significant, found.tested, lang)
    yield from ("", words.shared)
    for shared in partner.shared:
        yield f"  {shared.initiative.label} ({words['adopters'].format(shared.adopters)})"
        yield from (f"    {c.municipality.label}: {cite(c, words)}" for c in (shared.own, shared.other))
    if not partner.shared:
        yield "  " + words.none
    here, there = found.municipality.label, partner.municipality.label
    for head, claims in (
        (words.can_teach.format(there, here), found.teaches), (words.can_teach.format(here, there), found.learns),
        (words.only.format(there, here), found.only_there), (words.only.format(here, there), found.only_here),
    ):
        yield from ("", head)
        yield from ([f"  {c.initiative.label}: {cite(c, words)}" for c in claims] or ["  " + words.none])
    for head, lines in (
        (words.together, [_group(g, words) for g in found.together]),
        (words.boundaries, [_boundary(b, words) for b in found.boundaries]),
    ):
        yield from ("", head, *(f"  {line}" for line in lines or [words.none]))


def cite(stated: Claim, words: Words) -> str:
    """A claim's status with the evidence that decides it, its source and address, and how much more there is."""
    first, *others = stated.evidence
    source = ", ".join(str(part) for part in (first.source.label, first.year) if part)
    more = words.evidence.format(len(others)) if others else ""
    return " ".join(part for part in (f"{stated.status.label}. {first.title} – {source}.", first.address, more) if part)
