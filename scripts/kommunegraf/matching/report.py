"""The page that tells how far matching can be trusted, in Markdown: every figure is computed from the graph, none is typed."""

from collections.abc import Iterator

import numpy as np
from scipy.stats import spearmanr

from kommunegraf import languages
from kommunegraf.languages import Words
from kommunegraf.matching import communities, evaluate
from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.nullmodel import fixed_degree_p
from kommunegraf.matching.recommend import DEFAULT
from kommunegraf.matching.register import Choices
from kommunegraf.matching.text import number, significance

NARROW = Choices("medium", 10)
"""Without broad lists: more than ten kommuner for one initiative."""
OTHER_CHOICES = (Choices(), Choices("low"), Choices("high"), NARROW, Choices("high", 10))
"""Choices that the page compares."""
SAMPLES = 1000
"""Random networks that the fixed degree sequence model is estimated from."""


def page(matcher: Matcher) -> str:
    """The page in the language of the register."""
    words = languages.words(matcher.register.lang, "matching")
    parts = (_head, _alike, _sensitivity, _communities, _next, _together, _kommuner)
    lines = [line for part in parts for line in (*part(matcher, words), "")]
    return "\n".join(lines).rstrip() + "\n"


def _head(matcher: Matcher, words: Words) -> Iterator[str]:
    lang = matcher.register.lang
    empty = sum(not matcher.graph.degree[row] for row in matcher.rows)
    yield from (f"# {words.report_title}", "", f"{words.caveat} {matcher.choices.text(lang)}", "")
    yield words.report_size.format(len(matcher.rows), len(matcher.columns), matcher.graph.number_of_edges(), empty)


def _alike(matcher: Matcher, words: Words) -> Iterator[str]:
    model, lang = matcher.similarity, matcher.register.lang
    upper = np.triu_indices(len(matcher.rows), 1)
    linked = (model.degrees[upper[0]] > 0) & (model.degrees[upper[1]] > 0)
    p = model.p()[upper][linked]
    fixed = fixed_degree_p(matcher.matrix, 1, SAMPLES)[upper][linked]
    overlap = model.overlap()[upper][linked]
    rank = spearmanr(p[overlap > 0], fixed[overlap > 0]).statistic
    yield from (f"## {words.report_alike}", "", significance(matcher.significant, model.tested, lang))
    least, share = (number(float(value), lang) for value in (p.min(), 100 * (p <= 0.05).mean()))
    yield words.report_chance.format(round(100 * float((overlap > 0).mean())), least, share)
    yield words.report_fixed.format(SAMPLES, number(float(rank), lang))


def _sensitivity(matcher: Matcher, words: Words) -> Iterator[str]:
    lang, first = matcher.register.lang, matcher.similarity.top(5)
    yield from (f"## {words.report_sensitivity}", "", words.report_sensitivity_head, "|---|---|---|---|---|")
    for choices in OTHER_CHOICES:
        other = Matcher(matcher.register, choices)
        kept = np.nanmean(evaluate.kept(first, other.similarity.top(5)))
        told = (choices.text(lang), other.graph.number_of_edges(), sum(other.graph.degree[r] > 0 for r in other.rows))
        yield "| {} | {} | {} | {} | {} % |".format(*told, other.significant, round(100 * float(kept)))
    low, middle, high = np.nanquantile(matcher.stability, (0.0, 0.5, 1.0))
    mean = float(np.nanmean(matcher.stability))
    yield from ("", words.report_stability.format(*(round(100 * float(v)) for v in (mean, low, middle, high))))


def _communities(matcher: Matcher, words: Words) -> Iterator[str]:
    found, lang = communities.find(matcher.matrix), matcher.register.lang
    figures = [number(v, lang) for v in (found.modularity, found.null_mean, found.p, found.stability)]
    yield from (f"## {words.report_communities}", "", words.report_modularity.format(*figures, communities.SAMPLES, communities.SEEDS), "")
    narrow = communities.find(Matcher(matcher.register, NARROW).matrix)
    yield words.report_narrow.format(NARROW.broad, *(number(v, lang) for v in (narrow.modularity, narrow.null_mean, narrow.p))) + "\n"
    yield from (words.report_communities_head, "|---|---|---|")
    for community, distinct in enumerate(found.distinct):
        members = [matcher.graph.nodes[matcher.rows[i]]["label"] for i in np.flatnonzero(found.member == community)]
        named = ", ".join(matcher.graph.nodes[matcher.columns[c]]["label"] for c in distinct)
        yield f"| {named} | {len(members)} | {', '.join(label.removesuffix(' Municipality') for label in members)} |"


def _next(matcher: Matcher, words: Words) -> Iterator[str]:
    lang, found = matcher.register.lang, evaluate.leave_one_out(matcher.matrix)
    yield from (f"## {words.report_next}", "", words.report_left_out.format(found.links), "")
    yield "| " + " | ".join((words.report_method, *evaluate.MEASURES, words.report_gain)) + " |"
    yield "|---" * 6 + "|"
    for name, scores in found.scores.items():
        cells = [_interval(scores[measure], lang) for measure in evaluate.MEASURES]
        yield f"| {words[f'by_{name}']} | {' | '.join(cells)} | {_interval(found.gain[name], lang) if name in found.gain else '–'} |"
    best = max(found.scores, key=lambda name: found.scores[name]["mrr"].mean)
    yield from ("", words.report_best.format(words[f"by_{best}"]))
    verdict = "popularity_stays" if found.winner() == "popularity" else "popularity_loses"
    yield words[f"report_{verdict}"].format(words[f"by_{found.winner()}"], words[f"by_{DEFAULT}"])


def _interval(score: evaluate.Score, lang: str) -> str:
    mean, low, high = (languages.number(value, lang, 3) for value in (score.mean, score.low, score.high))
    return f"{mean} ({low}; {high})"


def _together(matcher: Matcher, words: Words) -> Iterator[str]:
    plans = [plan for row in matcher.rows for plan in matcher.learn_from(row)]
    taught, near = sum(bool(p.peers) for p in plans), sum(any(peer.near == "neighbour" for peer in p.peers) for p in plans)
    yield from (f"## {words.report_together}", "", words.report_plans.format(len(plans), taught, near))
    yield words.report_groups.format(len(matcher.groups), sum(g.connected == "neighbourhood" for g in matcher.groups))
    yield words.report_boundaries.format(len(matcher.boundaries), len(matcher.areas))


def _kommuner(matcher: Matcher, words: Words) -> Iterator[str]:
    lang = matcher.register.lang
    yield from (f"## {words.report_kommuner}", "", words.report_kommuner_head, "|---|---|---|---|---|")
    for row, name in enumerate(matcher.rows):
        best = matcher.alike(name, 3)
        told = "; ".join(f"{p.municipality.label} ({number(p.score.surprise, lang)})" for p in best) or words.none
        kept = matcher.stability[row]
        share = "–" if np.isnan(kept) else f"{round(100 * float(kept))} %"
        plans = len(matcher.learn_from(name))
        yield f"| {matcher.graph.nodes[name]['label']} | {matcher.graph.degree[name]} | {plans} | {told} | {share} |"
