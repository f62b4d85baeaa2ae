"""Pictures of matching with matplotlib: the two-mode network, the partner network on the map, initiatives by kommune."""

from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from kommunegraf.matching.captions import PLOTS
from kommunegraf.matching.matcher import Matcher

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STATUS = {"active": "#1b6ca8", "planned": "#e08a1e", "ended": "#8a8a8a"}
MAP_PARTNERS = 2
"""How many best partners of each kommune the map joins."""


def write(matcher: Matcher, folder: Path) -> list[Path]:
    """Draw `network`, `partners` and `heatmap` into a folder, each as SVG and PNG; equal input gives equal SVG. Returns the files.

    Raises OSError, and ModuleNotFoundError without matplotlib (extra `plots`).
    """
    import matplotlib

    matplotlib.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    with matplotlib.rc_context({"svg.hashsalt": "kommunegraf", "font.family": "DejaVu Sans", "font.size": 8}):
        for name, draw in (("network", network), ("partners", partners), ("heatmap", heatmap)):
            figure = draw(matcher)
            for path in (folder / f"{name}.svg", folder / f"{name}.png"):
                figure.savefig(path, dpi=110, metadata={"Date": None} if path.suffix == ".svg" else None)
                files.append(path)
    return files


def _figure(width: float, height: float, matcher: Matcher, title: str) -> tuple["Figure", "Axes"]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    words = PLOTS[matcher.register.lang]
    axes.set_title(f"{words[title]}\n{matcher.choices.told(matcher.register.lang)} {words['caveat']}", fontsize=9, loc="left")
    return figure, axes


def network(matcher: Matcher) -> "Figure":
    """Kommuner on the left and initiatives on the right, most links on top; lines coloured by status."""
    figure, axes = _figure(9, 14, matcher, "network")
    graph, words = matcher.graph, PLOTS[matcher.register.lang]
    places = {}
    for x, nodes in ((0.0, [r for r in matcher.rows if graph.degree[r]]), (1.0, matcher.columns)):
        for number, node in enumerate(sorted(nodes, key=lambda n: (-graph.degree[n], n))):
            places[node] = x, 1 - (number + 0.5) / len(nodes)
            name = f"{_short(graph.nodes[node]['label'])} ({graph.degree[node]})"
            left = x == 0
            side, size = ("right", 6.5) if left else ("left", 8)
            axes.text(x + (-0.01 if left else 0.01), places[node][1], name, ha=side, va="center", fontsize=size)
    for status, colour in STATUS.items():
        edges = [(a, b) for a, b, data in graph.edges(data=True) if data["status"].name == status]
        for a, b in sorted(edges):
            axes.plot(*zip(places[a], places[b]), color=colour, alpha=0.35, linewidth=0.6)
        axes.plot([], [], color=colour, label=f"{words[status]} ({len(edges)})")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=3, frameon=False)
    axes.set_xlim(-0.32, 1.75)
    axes.axis("off")
    return figure


def _short(label: str) -> str:
    return label.removesuffix(" Municipality")


def partners(matcher: Matcher) -> "Figure":
    """Each kommune at its point, joined with its best partners; colour tells how surprising, width that both chose each other."""
    figure, axes = _figure(9, 7, matcher, "partners")
    points = {i: p.point for i, row in enumerate(matcher.rows) if (p := matcher.register.places[row]).point}
    top = matcher.similarity.top(MAP_PARTNERS)
    chosen = {(i, int(j)) for i, best in enumerate(top) for j in best if j >= 0 and i in points and int(j) in points}
    pairs = sorted({(min(pair), max(pair)) for pair in chosen})
    scores = [matcher.similarity.pair(i, j).surprise for i, j in pairs]
    widths = [2.0 if {(i, j), (j, i)} <= chosen else 0.7 for i, j in pairs]
    graph = nx.Graph(pairs)
    drawn = nx.draw_networkx_edges(
        graph, points, edgelist=pairs, ax=axes, width=widths, edge_color=scores, edge_cmap=_blues(), edge_vmin=0, hide_ticks=False,
    ) if pairs else None
    size = [6 + 4 * matcher.similarity.degrees[i] for i in points]
    axes.scatter([x for x, _ in points.values()], [y for _, y in points.values()], s=size, color="#333333", zorder=3)
    for i in sorted(points, key=lambda i: -int(matcher.similarity.degrees[i]))[:12]:
        name = _short(matcher.register.places[matcher.rows[i]].municipality.label)
        axes.annotate(name, points[i], (3, 3), textcoords="offset points", fontsize=6.5)
    if drawn is not None:
        figure.colorbar(drawn, ax=axes, shrink=0.4, label=PLOTS[matcher.register.lang]["surprise"])
    axes.set_aspect(1 / np.cos(np.radians(56)))
    axes.set_xlabel(PLOTS[matcher.register.lang]["longitude"])
    axes.set_ylabel(PLOTS[matcher.register.lang]["latitude"])
    return figure


def _blues() -> object:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("surprise", ["#cfdfee", "#0b3c66"])


def heatmap(matcher: Matcher) -> "Figure":
    """Initiatives by kommune, the commonest first; white is unknown, not no."""
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    figure, axes = _figure(15, 8.5, matcher, "heatmap")
    graph, words = matcher.graph, PLOTS[matcher.register.lang]
    rows = sorted((r for r in matcher.rows if graph.degree[r]), key=lambda n: (-graph.degree[n], n))
    columns = sorted(matcher.columns, key=lambda n: (-graph.degree[n], n))
    names = list(STATUS)
    cells = np.array([[names.index(graph.edges[r, c]["status"].name) if graph.has_edge(r, c) else np.nan for r in rows] for c in columns])
    axes.imshow(cells, cmap=ListedColormap(list(STATUS.values())), vmin=0, vmax=len(names) - 1, aspect="auto", interpolation="nearest")
    axes.set_xticks(range(len(rows)), [_short(graph.nodes[r]["label"]) for r in rows], rotation=90, fontsize=6)
    axes.set_yticks(range(len(columns)), [graph.nodes[c]["label"] for c in columns], fontsize=7)
    axes.set_xticks(np.arange(-0.5, len(rows)), minor=True)
    axes.set_yticks(np.arange(-0.5, len(columns)), minor=True)
    axes.grid(which="minor", color="#eeeeee", linewidth=0.4)
    axes.tick_params(which="both", length=0)
    unknown = Patch(facecolor="white", edgecolor="#aaaaaa", label=words["unknown"])
    axes.legend(handles=[*(Patch(color=c, label=words[s]) for s, c in STATUS.items()), unknown], loc="lower right")
    return figure
