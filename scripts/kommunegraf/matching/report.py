"""The page that tells how far matching can be trusted, in Markdown: every figure is computed from the graph, none is typed."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from kommunegraf import languages
from kommunegraf.languages import Words
from kommunegraf.matching import communities, evaluate, groups, layers, power, trials
from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.nullmodel import fixed_degree_p
from kommunegraf.matching.opportunities import KINDS, LIKE_SIZE
from kommunegraf.matching.ranking import DEFAULT
from kommunegraf.matching.register import Choices, Place
from kommunegraf.matching.text import number, significance

NARROW = Choices("medium", 10)
"""Without broad lists: more than ten kommuner for one initiative."""
OTHER_CHOICES = (Choices(), Choices("low"), Choices("high"), NARROW, Choices("high", 10))
"""Choices that the page compares."""
COMMON = (None, 10, 3, 1)
"""How many kommuner a source may name for one initiative in the questions of groups: all, then fewer, then one."""
SPLITS = (2018, 2020)
"""Years at which *next* is measured by time: what was told before forecasts what was told first from then on."""
SAMPLES = 200
"""Random networks that the fixed degree sequence model is estimated from."""


def page(matcher: Matcher) -> str:
    """The page in the language of the register."""
    words = languages.words(matcher.register.lang, "matching")
    parts = (head, together, _alike, _groups, _next, _sensitivity, _communities, kommuner)
    lines = [line for part in parts for line in (*part(matcher, words), "")]
    return "\n".join(lines).rstrip() + "\n"


def head(matcher: Matcher, words: Words) -> Iterator[str]:
    """The title, what does not follow from the page, and the size of the network."""
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
    rank = power.rank_correlation(p[overlap > 0], fixed[overlap > 0])
    yield from (f"## {words.report_alike}", "", significance(matcher.power, matcher.significant, lang))
    least, share = (number(float(value), lang) for value in (p.min(), 100 * (p <= 0.05).mean()))
    yield words.report_chance.format(round(100 * float((overlap > 0).mean())), least, share)
    yield words.report_fixed.format(SAMPLES, number(rank, lang)) + "\n"
    wide = layers.wide_similarity(matcher)
    links = languages.number(int(wide.degrees.sum()), lang)
    yield words.report_wide.format(links, significance(power.power(wide), len(wide.significant()), lang)) + "\n"
    beside = power.baseline(matcher.matrix)
    yield words.report_best_p.format(number(beside.best, lang), *(number(v, lang) for v in beside.random_best), power.SAMPLES)
    tied = [len(matcher.similarity.tied(row, 5)) for row in range(len(matcher.rows)) if model.degrees[row]]
    yield words.report_ties.format(sum(count > 1 for count in tied), len(tied))
    figures = [round(100 * v) for v in (beside.stays, *beside.random_stays)]
    yield words.report_stays.format(*figures, power.SAMPLES)


def _groups(matcher: Matcher, words: Words) -> Iterator[str]:
    """One test for each question of groups, with all sources and without those that name several kommuner."""
    lang, places = matcher.register.lang, [matcher.register.places[row] for row in matcher.rows]
    near = trials.related(places, lambda one, other: matcher.near.has_edge(one.municipality.iri, other.municipality.iri))
    region = trials.related(places, trials.same_region)
    size = trials.related(places, _like_size)
    kind = trials.related(places, lambda one, other: one.kind is not None and one.kind == other.kind)
    kinds = trials.related(places, lambda one, other: one.kind is not None and other.kind is not None)
    questions = {"neighbours": (near, None), "region": (region & ~near, ~near), "size": (size, None), "type": (kind, kinds)}
    yield from (f"## {words.report_groups}", "", words.report_groups_text.format(groups.PERMUTATIONS), "")
    yield from (words.report_groups_head, "|---" * (2 + len(COMMON)) + "|")
    beyond = [groups.beyond_chance(Matcher(matcher.register, Choices("medium", broad)).matrix) for broad in COMMON]
    for name, (related, among) in questions.items():
        effects = [groups.effect(each, related, among) for each in beyond]
        cells = [_effect(one, words, lang) for one in effects]
        pairs = next((str(one.pairs) for one in effects if one), "–")
        yield f"| {words[f'report_group_{name}']} | {pairs} | {' | '.join(cells)} |"
    yield from ("", words.report_groups_reading)


def _effect(one: groups.Effect | None, words: Words, lang: str) -> str:
    if one is None:
        return words.report_too_few
    effect, low, high = (languages.number(value, lang, 2) for value in (one.effect, one.low, one.high))
    return f"{effect} ({low}; {high}), p {languages.number(one.p, lang, 4)}"


def _like_size(one: Place, other: Place) -> bool:
    counted = one.population and other.population
    return bool(counted and LIKE_SIZE[0] <= (one.population or 0) / (other.population or 1) <= LIKE_SIZE[1])


def _sensitivity(matcher: Matcher, words: Words) -> Iterator[str]:
    lang, first = matcher.register.lang, matcher.similarity.top(5)
    yield from (f"## {words.report_sensitivity}", "", words.report_sensitivity_head, "|---|---|---|---|---|")
    for choices in OTHER_CHOICES:
        other = Matcher(matcher.register, choices)
        stable = np.nanmean(evaluate.kept(first, other.similarity.top(5)))
        cells = (choices.text(lang), other.graph.number_of_edges(), sum(other.graph.degree[r] > 0 for r in other.rows))
        share = words.report_share.format(round(100 * float(stable)))
        yield "| {} | {} | {} | {} | {} |".format(*cells, other.significant, share)


def _communities(matcher: Matcher, words: Words) -> Iterator[str]:
    partition, lang = communities.find(matcher.matrix), matcher.register.lang
    figures = [number(v, lang) for v in (partition.modularity, partition.null_mean, partition.p, partition.stability)]
    yield from (f"## {words.report_communities}", "", words.report_modularity.format(*figures, communities.SAMPLES, communities.SEEDS), "")
    narrow = communities.find(Matcher(matcher.register, NARROW).matrix)
    yield words.report_narrow.format(NARROW.broad, *(number(v, lang) for v in (narrow.modularity, narrow.null_mean, narrow.p))) + "\n"
    yield from (words.report_communities_head, "|---|---|---|")
    for community, distinct in enumerate(partition.distinct):
        members = [matcher.graph.nodes[matcher.rows[i]]["label"] for i in np.flatnonzero(partition.member == community)]
        named = ", ".join(matcher.graph.nodes[matcher.columns[c]]["label"] for c in distinct)
        yield f"| {named} | {len(members)} | {', '.join(label.removesuffix(' Municipality') for label in members)} |"


def _next(matcher: Matcher, words: Words) -> Iterator[str]:
    yield from (f"## {words.report_next}", "")
    links = matcher.graph, matcher.matrix, matcher.rows, matcher.columns
    methods = trials.methods([matcher.register.places[row] for row in matcher.rows], matcher.near)
    source_out = evaluate.leave_source_out(matcher.matrix, trials.sources(*links), methods)
    yield from _scores(matcher, source_out, words.report_source_out.format(source_out.links), words)
    splits = {year: evaluate.time_split(trials.first_years(*links), year, methods) for year in SPLITS}
    best = evaluate.chosen([source_out, *splits.values()])
    verdict = words.report_popularity_stays if best == "popularity" else words.report_popularity_loses
    yield from ("", verdict.format(words[f"by_{best}"], words[f"by_{DEFAULT}"], len(source_out.scores) - 1), "")
    for year, split in splits.items():
        if split.links:
            yield from _scores(matcher, split, words.report_time_split.format(year, split.links), words)
            yield ""
    link_out = evaluate.leave_one_out(matcher.matrix, methods)
    yield from _scores(matcher, link_out, words.report_left_out.format(link_out.links), words)


def _scores(matcher: Matcher, evaluation: evaluate.LeaveOneOut, sentence: str, words: Words) -> Iterator[str]:
    lang = matcher.register.lang
    yield from (sentence, "")
    yield "| " + " | ".join((words.report_method, *evaluate.MEASURES, words.report_gain)) + " |"
    yield "|---" * 6 + "|"
    for name, scores in evaluation.scores.items():
        cells = [_interval(scores[measure], lang) for measure in evaluate.MEASURES]
        gain = _interval(evaluation.gain[name], lang) if name in evaluation.gain else "–"
        yield f"| {words[f'by_{name}']} | {' | '.join(cells)} | {gain} |"


def _interval(score: evaluate.Score, lang: str) -> str:
    mean, low, high = (languages.number(value, lang, 3) for value in (score.mean, score.low, score.high))
    return f"{mean} ({low}; {high})"


def together(matcher: Matcher, words: Words) -> Iterator[str]:
    """How many ways kommuner have of working together already, and how many opportunities of each kind."""
    kinds = Counter(one.kind for one in matcher.opportunities)
    yield from (f"## {words.report_together}", "", words.report_already.format(len(matcher.vehicles)), "")
    yield words.report_opportunities.format(len(matcher.opportunities)) + "\n"
    yield from (words.report_kinds_head, "|---|---|")
    yield from (f"| {words[f'kind_{kind}']} | {kinds[kind]} |" for kind in KINDS)


def kommuner(matcher: Matcher, words: Words) -> Iterator[str]:
    """A row for each kommune: initiatives, plans, the nearest three and how stable they are."""
    lang = matcher.register.lang
    yield from (f"## {words.report_kommuner}", "", words.report_kommuner_head, "|---|---|---|---|---|")
    for row, name in enumerate(matcher.rows):
        best = matcher.alike(name, 3)
        nearest = "; ".join(f"{p.municipality.label} ({number(p.score.surprise, lang)})" for p in best) or words.none
        stable = matcher.stability[row]
        share = "–" if np.isnan(stable) else words.report_share.format(round(100 * float(stable)))
        plans = len(matcher.learn_from(name))
        yield f"| {matcher.graph.nodes[name]['label']} | {matcher.graph.degree[name]} | {plans} | {nearest} | {share} |"
