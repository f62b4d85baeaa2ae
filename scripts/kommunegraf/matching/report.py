"""The page that tells how far matching can be trusted, in Markdown: every figure is computed from the graph, none is typed."""

from collections.abc import Iterator

import numpy as np
from scipy.stats import spearmanr

from kommunegraf.matching import communities, evaluate
from kommunegraf.matching.captions import REPORT
from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.nullmodel import fixed_degree_p
from kommunegraf.matching.recommend import DEFAULT
from kommunegraf.matching.register import Choices
from kommunegraf.matching.text import number, significance
from kommunegraf.matching.wording import CAVEAT, WORDS

NARROW = Choices("medium", 10)
"""Without broad lists: more than ten kommuner for one initiative."""
OTHER_CHOICES = (Choices(), Choices("low"), Choices("high"), NARROW, Choices("high", 10))
"""Choices that the page compares."""
SAMPLES = 1000
"""Random networks that the fixed degree sequence model is estimated from."""


def page(matcher: Matcher, plots: bool = True) -> str:
    """The page in the language of the register. With `plots` it shows `partners.svg`, `heatmap.svg` and `network.svg` beside it."""
    words = REPORT[matcher.register.lang]
    parts = (_head, _alike, _sensitivity, _communities, _next, _together, _kommuner)
    lines = [line for part in parts for line in (*part(matcher, words), "")]
    if plots:
        lines[4:4] = [f"![{words[name]}]({name}.svg)" + "\n" for name in ("partners", "heatmap", "network")]
    return "\n".join(lines).rstrip() + "\n"


def _head(matcher: Matcher, words: dict[str, str]) -> Iterator[str]:
    lang = matcher.register.lang
    empty = sum(not matcher.graph.degree[row] for row in matcher.rows)
    yield from (f"# {words['title']}", "", f"{CAVEAT[lang]} {matcher.choices.told(lang)}", "")
    yield words["size"].format(len(matcher.rows), len(matcher.columns), matcher.graph.number_of_edges(), empty)


def _alike(matcher: Matcher, words: dict[str, str]) -> Iterator[str]:
    model, lang = matcher.similarity, matcher.register.lang
    upper = np.triu_indices(len(matcher.rows), 1)
    linked = (model.degrees[upper[0]] > 0) & (model.degrees[upper[1]] > 0)
    p = model.p()[upper][linked]
    fixed = fixed_degree_p(matcher.matrix, 1, SAMPLES)[upper][linked]
    overlap = model.overlap()[upper][linked]
    rank = spearmanr(p[overlap > 0], fixed[overlap > 0]).statistic
    yield from (f"## {words['alike']}", "", significance(matcher.significant, model.tested, lang))
    least, share = (number(float(value), WORDS[lang]) for value in (p.min(), 100 * (p <= 0.05).mean()))
    yield words["chance"].format(round(100 * float((overlap > 0).mean())), least, share)
    yield words["fixed"].format(SAMPLES, number(float(rank), WORDS[lang]))


def _sensitivity(matcher: Matcher, words: dict[str, str]) -> Iterator[str]:
    lang, first = matcher.register.lang, matcher.similarity.top(5)
    yield from (f"## {words['sensitivity']}", "", words["sensitivity head"], "|---|---|---|---|---|")
    for choices in OTHER_CHOICES:
        other = Matcher(matcher.register, choices)
        kept = np.nanmean(evaluate.kept(first, other.similarity.top(5)))
        told = (choices.told(lang), other.graph.number_of_edges(), sum(other.graph.degree[r] > 0 for r in other.rows))
        yield "| {} | {} | {} | {} | {} % |".format(*told, other.significant, round(100 * float(kept)))
    low, middle, high = np.nanquantile(matcher.stability, (0.0, 0.5, 1.0))
    mean = float(np.nanmean(matcher.stability))
    yield from ("", words["stability"].format(*(round(100 * float(v)) for v in (mean, low, middle, high))))


def _communities(matcher: Matcher, words: dict[str, str]) -> Iterator[str]:
    found, lang = communities.find(matcher.matrix), matcher.register.lang
    figures = [number(v, WORDS[lang]) for v in (found.modularity, found.null_mean, found.p, found.stability)]
    yield from (f"## {words['communities']}", "", words["modularity"].format(*figures, communities.SAMPLES, communities.SEEDS), "")
    narrow = communities.find(Matcher(matcher.register, NARROW).matrix)
    yield words["narrow"].format(NARROW.broad, *(number(v, WORDS[lang]) for v in (narrow.modularity, narrow.null_mean, narrow.p))) + "\n"
    yield from (words["communities head"], "|---|---|---|")
    for community, distinct in enumerate(found.distinct):
        members = [matcher.graph.nodes[matcher.rows[i]]["label"] for i in np.flatnonzero(found.member == community)]
        named = ", ".join(matcher.graph.nodes[matcher.columns[c]]["label"] for c in distinct)
        yield f"| {named} | {len(members)} | {', '.join(label.removesuffix(' Municipality') for label in members)} |"


def _next(matcher: Matcher, words: dict[str, str]) -> Iterator[str]:
    lang, found = matcher.register.lang, evaluate.leave_one_out(matcher.matrix)
    yield from (f"## {words['next']}", "", words["left out"].format(found.links), "")
    yield "| " + " | ".join((words["method"], *evaluate.MEASURES, words["gain"])) + " |"
    yield "|---" * 6 + "|"
    for name, scores in found.scores.items():
        cells = [_interval(scores[measure], lang) for measure in evaluate.MEASURES]
        yield f"| {WORDS[lang][f'by {name}']} | {' | '.join(cells)} | {_interval(found.gain[name], lang) if name in found.gain else '–'} |"
    best = max(found.scores, key=lambda name: found.scores[name]["mrr"].mean)
    yield from ("", words["best"].format(WORDS[lang][f"by {best}"]))
    verdict = "popularity stays" if found.winner() == "popularity" else "popularity loses"
    yield words[verdict].format(WORDS[lang][f"by {found.winner()}"], WORDS[lang][f"by {DEFAULT}"])


def _interval(score: evaluate.Score, lang: str) -> str:
    mean, low, high = (f"{value:.3f}".replace(".", WORDS[lang]["decimal"]) for value in (score.mean, score.low, score.high))
    return f"{mean} ({low}; {high})"


def _together(matcher: Matcher, words: dict[str, str]) -> Iterator[str]:
    plans = [plan for row in matcher.rows for plan in matcher.learn_from(row)]
    taught, near = sum(bool(p.peers) for p in plans), sum(any(peer.near == "neighbour" for peer in p.peers) for p in plans)
    yield from (f"## {words['together']}", "", words["plans"].format(len(plans), taught, near))
    yield words["groups"].format(len(matcher.groups), sum(g.connected == "neighbourhood" for g in matcher.groups))
    yield words["boundaries"].format(len(matcher.boundaries), len(matcher.areas))


def _kommuner(matcher: Matcher, words: dict[str, str]) -> Iterator[str]:
    lang = matcher.register.lang
    yield from (f"## {words['kommuner']}", "", words["kommuner head"], "|---|---|---|---|---|")
    for row, name in enumerate(matcher.rows):
        best = matcher.alike(name, 3)
        told = "; ".join(f"{p.municipality.label} ({number(p.score.surprise, WORDS[lang])})" for p in best) or WORDS[lang]["none"]
        kept = matcher.stability[row]
        share = "–" if np.isnan(kept) else f"{round(100 * float(kept))} %"
        plans = len(matcher.learn_from(name))
        yield f"| {matcher.graph.nodes[name]['label']} | {matcher.graph.degree[name]} | {plans} | {told} | {share} |"
