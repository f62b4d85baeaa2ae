"""The house: rooms in one order, short modules, one mouth, SPARQL in its own room, a light start. Each rule bites on a bad example."""

import ast
import graphlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.helpers import ROOT

PACKAGE = ROOT / "scripts" / "kommunegraf"
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in PACKAGE.rglob("*.py") if not path.stem.startswith("__")
)
HEAVY = {
    "csvw", "jinja2", "networkx", "numpy", "pyoxigraph", "pyshacl", "rdflib", "scipy", "SPARQLWrapper", "starlette",
    "uvicorn",
}
ROOMS = ("top", "rdf", "questions", "graph", "matching", "contribute", "stores", "site", "publish", "server", "cli")
MODULE_LINES, FUNCTION_LINES = 250, 40


def parsed(module: str) -> ast.Module:
    return ast.parse(source(module))


def source(module: str) -> str:
    return PACKAGE.joinpath(*module.split(".")).with_suffix(".py").read_text("utf-8")


def imported(tree: ast.Module) -> set[str]:
    """The names of everything that a module imports, wherever in it: `rich.table`, `kommunegraf.rdf.terms`."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import; write kommunegraf.NAME"
            own = str(node.module).split(".")[0] == "kommunegraf"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} if own else {str(node.module)}
    return names


def own_imports(tree: ast.Module) -> set[str]:
    """The modules of this package that a module imports."""
    names = [f"{name.removeprefix('kommunegraf.')}." for name in imported(tree) if name.startswith("kommunegraf.")]
    return {module for module in MODULES for name in names if name.startswith(f"{module}.")}


def room(module: str) -> str:
    """The room of a module; those at the top of the package share one."""
    return module.split(".")[0] if "." in module else "top"


def climbs(graph: dict[str, set[str]]) -> list[str]:
    """Imports that lead to a later room."""
    position = {name: number for number, name in enumerate(ROOMS)}
    pairs = [(module, other) for module, others in graph.items() for other in others]
    return [f"{module} imports {other}" for module, other in pairs if position[room(other)] > position[room(module)]]


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a ring, or none."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def test_a_room_imports_only_rooms_before_it_and_no_modules_import_in_a_circle() -> None:
    graph = {module: own_imports(parsed(module)) - {module} for module in MODULES}
    assert set(map(room, MODULES)) == set(ROOMS)
    assert not climbs(graph) and not circle(graph)


def test_a_page_leans_on_parts_and_on_no_other_page() -> None:
    pages = {module: own_imports(parsed(module)) - {module} for module in MODULES if module.startswith("site.pages.")}
    assert len(pages) > 20 and not between_pages(pages)


def between_pages(graph: dict[str, set[str]]) -> list[str]:
    """Imports of one page by another: what two pages need is a part."""
    return [f"{page} imports {other}" for page, others in graph.items() for other in others if other.startswith("site.pages.")]


def test_an_import_from_a_later_room_and_a_circle_are_seen() -> None:
    assert climbs({"rdf.terms": {"graph.build", "names"}, "graph.build": {"rdf.terms"}}) == ["rdf.terms imports graph.build"]
    assert circle({"rdf.terms": {"rdf.engines"}, "rdf.engines": {"rdf.terms"}})
    assert between_pages({"site.pages.matrix": {"site.pages.places", "site.parts.rows"}})
    assert "graph.build" in own_imports(ast.parse("def f():\n    from kommunegraf.graph import build"))


SPARQL = [
    re.compile(r"\b(select|ask|construct|insert|delete)\b[^{]*\{", re.IGNORECASE),
    re.compile(r"\bselect\s+(distinct\s+|reduced\s+)?(\?\w|\*)", re.IGNORECASE),
    re.compile(r"\bdescribe\s*(<|\?\w|\*)", re.IGNORECASE),
]


def sparql_texts(tree: ast.Module) -> list[str]:
    """String literals, docstrings aside, that read as SPARQL."""
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    literals = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in bare]
    texts = [node.value for node in literals if isinstance(node.value, str)]
    return [text for text in texts if any(pattern.search(text) for pattern in SPARQL)]


@pytest.mark.parametrize("module", MODULES)
def test_no_sparql_stands_in_python(module: str) -> None:
    assert not sparql_texts(parsed(module)), "queries live in queries/"


@pytest.mark.parametrize(
    "source",
    [
        "q = 'SELECT ?s WHERE { ?s ?p ?o }'",
        "q = '''prefix kg: <x>\nselect * { ?s ?p ?o }'''",
        "q = f'ASK {{ <{iri}> ?p ?o }}'",
        "q = 'CONSTRUCT WHERE { ?s ?p ?o }'",
        "q = 'DESCRIBE <https://w3id.org/kommunegraf/municipality/0751>'",
        "q = 'INSERT DATA { <a> <b> <c> }'",
        "q = 'SELECT DISTINCT ?s ' + where",
    ],
)
def test_sparql_in_python_is_seen(source: str) -> None:
    assert sparql_texts(ast.parse(source))


def test_words_about_questions_are_not_sparql() -> None:
    assert not sparql_texts(ast.parse("a = 'ask a question'\nb = ('SELECT', 'ASK')\nc = f'cannot select {name}'\nd = 'describe this'"))


def too_long(source: str) -> Iterator[str]:
    """What exceeds the house's lengths."""
    count = len(source.splitlines())
    if count > MODULE_LINES:
        yield f"the module has {count} lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{node.name} has {lines} lines"


@pytest.mark.parametrize("module", MODULES)
def test_modules_and_functions_are_short(module: str) -> None:
    assert not list(too_long(source(module)))


def test_what_is_too_long_is_seen() -> None:
    assert list(too_long("x = 1\n" * 251)) == ["the module has 251 lines"]
    assert list(too_long("def f():\n" + "    x = 1\n" * 40)) == ["f has 41 lines"]


def speaks(tree: ast.Module) -> list[str]:
    """Printing, exiting, reading arguments, or importing what does so."""
    acts = [name for name in imported(tree) if name.split(".")[0] in {"click", "argparse", "rich"}]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "input", "exit", "quit"}:
            acts.append(node.func.id)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"sys.exit", "sys.stdout", "sys.stderr", "sys.argv", "os._exit"}:
            acts.append(ast.unparse(node))
        if isinstance(node, ast.Name) and node.id == "SystemExit":
            acts.append(node.id)
    return acts


@pytest.mark.parametrize("module", [module for module in MODULES if room(module) != "cli"])
def test_only_the_command_line_prints_and_exits(module: str) -> None:
    assert not speaks(parsed(module))


@pytest.mark.parametrize("source", ["print(1)", "import sys\nsys.exit(1)", "import click", "from rich import table", "raise SystemExit"])
def test_printing_and_exiting_are_seen(source: str) -> None:
    assert speaks(ast.parse(source))


def loaded(*arguments: str) -> set[str]:
    """The top-level modules that Python loads, by its own report."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    command = [sys.executable, "-X", "importtime", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=True)
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


def test_help_loads_no_heavy_library() -> None:
    modules = loaded("-m", "kommunegraf", "--help")
    assert "kommunegraf" in modules and not modules & (HEAVY | {"click", "dataclasses"})


def test_a_heavy_library_is_seen() -> None:
    assert loaded("-c", "import rdflib") & HEAVY == {"rdflib"}


def outside_paths(text: str) -> list[str]:
    """Mentions of places outside the repository."""
    return re.findall(r"(?:(?<![\w./])/work/|\.\./shared)[^\s\"']*", text)


def test_no_file_leans_on_places_outside_the_repository() -> None:
    folders = [ROOT / name for name in ("scripts", "ontology", "data", "queries")]
    files = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]  # a file in a work tree
    files += [path for folder in folders for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {ROOT / "README.md", PACKAGE / "names.py", ROOT / "data" / "evidence.csv"} <= set(files)
    assert not {str(path.relative_to(ROOT)): mentions for path in files if (mentions := outside_paths(path.read_text("utf-8", "replace")))}


def test_a_mention_of_an_outside_place_is_seen() -> None:
    assert outside_paths("see /work/notes.md and '../shared/x'") == ["/work/notes.md", "../shared/x"]
    assert not outside_paths("https://example.org/work/page, teamwork/, shared")


LOOPS = {"asyncio.run", "asyncio.Runner", "anyio.run"}


def started_loops(tree: ast.Module) -> list[str]:
    """Event loops that a file starts in the thread it stands in."""
    named = [f"{node.module}.{alias.name}" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names]
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    called = [ast.unparse(node) for node in attributes if node.attr in {"run", "Runner", "run_until_complete"}]
    return [name for name in (*named, *called) if name in LOOPS or name.endswith(".run_until_complete")]


def test_no_test_starts_an_event_loop_in_its_own_thread() -> None:
    """The shared browser keeps a loop in the thread of the tests, and a second one there fails when a browser came before it."""
    files = [path for path in (ROOT / "tests").rglob("*.py") if path.parent.name not in ("helpers", "bench", "node_modules")]
    started = {str(path.relative_to(ROOT)): loops for path in files if (loops := started_loops(ast.parse(path.read_text("utf-8"))))}
    assert len(files) > 60 and not started, "tests.helpers.coroutines.finish runs a coroutine in a thread of its own"


@pytest.mark.parametrize("source", [
    "import asyncio\nasyncio.run(main())", "from asyncio import run", "anyio.run(main)", "loop.run_until_complete(main())",
])
def test_an_event_loop_in_a_test_s_own_thread_is_seen(source: str) -> None:
    assert started_loops(ast.parse(source))
