"""The public face: what `import kommunegraf` gives, what it costs, and the page that tells of it."""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import httpx
import lxml.html
import pyoxigraph as ox
import pytest
import rdflib

import kommunegraf
from kommunegraf.namespaces import KG, expand
from kommunegraf.publish.documents import Documents
from kommunegraf.rdf.engines import Embedded
from tests.helpers import ROOT
from tests.helpers.coroutines import finish

HEAVY = {"csvw", "jinja2", "networkx", "numpy", "pyoxigraph", "pyshacl", "rdflib", "scipy", "SPARQLWrapper", "starlette", "typer", "yaml"}


def modules(program: str) -> set[str]:
    """The top-level modules that a program has loaded at its end."""
    code = f"import sys; {program}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    return set(subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = modules("import kommunegraf; dir(kommunegraf)")
    assert "kommunegraf" in loaded and not loaded & HEAVY
    assert "rdflib" in modules("import kommunegraf; kommunegraf.validate; import rdflib")


def test_every_public_name_is_there_documented_and_listed() -> None:
    assert len(kommunegraf.__all__) == len(set(kommunegraf.__all__))
    for name in kommunegraf.__all__:
        assert inspect.getdoc(getattr(kommunegraf, name)), name
    assert set(kommunegraf.__all__) <= set(dir(kommunegraf))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = kommunegraf.nothing


def test_no_public_name_is_hidden_by_a_room() -> None:
    """A function named as a subpackage would be replaced by that as soon as something imports it."""
    rooms = {path.stem for path in (ROOT / "scripts" / "kommunegraf").iterdir()}
    assert not rooms & set(kommunegraf.__all__)


def test_a_graph_is_opened_from_a_file_an_address_or_rdflib(built: Path) -> None:
    graph = kommunegraf.open_graph(built / "kommunegraf.nq")
    own = rdflib.Graph().parse(data="<https://w3id.org/kommunegraf/region/1> <http://www.w3.org/2004/02/skos/core#prefLabel> 'R'@en .")
    assert isinstance(kommunegraf.ask(graph, "municipality", kommune="Århus"), kommunegraf.Answer)
    assert kommunegraf.ask(kommunegraf.open_graph(own), "rankings").rows() == []
    with pytest.raises(kommunegraf.KommunegrafError, match="did not answer"):
        kommunegraf.ask(kommunegraf.open_graph("http://127.0.0.1:9/sparql", timeout=2), "graphs")
    with pytest.raises(OSError, match="nothing.nq"):
        kommunegraf.open_graph("nothing.nq")


def test_matches_and_the_network_come_from_a_graph(engine: Embedded) -> None:
    match = kommunegraf.match(engine, "Kalundborg")
    assert isinstance(match, kommunegraf.Match) and match.municipality.label == "Kalundborg Municipality"
    high = kommunegraf.network(engine, choices=kommunegraf.Choices("high"))
    assert 0 < high.number_of_edges() < kommunegraf.network(engine).number_of_edges()
    with pytest.raises(kommunegraf.KommunegrafError, match="Atlantis"):
        kommunegraf.match(engine, "Atlantis")


def test_the_graph_is_built_and_checked(tmp_path: Path) -> None:
    path = kommunegraf.build(tmp_path / "out")
    assert path.name == "kommunegraf.nq" and path.is_file()
    (tmp_path / "bad.ttl").write_text("hello", "utf-8")
    (finding,) = kommunegraf.validate(tmp_path / "bad.ttl")
    assert isinstance(finding, kommunegraf.Finding) and finding.rule == "rdf"


def test_a_site_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<https://w3id.org/kommunegraf/a> <http://www.w3.org/2000/01/rdf-schema#label> 'a'@en .", "utf-8")
    with pytest.raises(kommunegraf.BadInput, match="is no web address"):
        kommunegraf.write_site(tmp_path / "a.ttl", tmp_path / "site", address="nowhere")
    assert not (tmp_path / "site").exists()


def test_the_application_runs_under_any_asgi_server(built: Path) -> None:
    async def statuses() -> list[int]:
        application = kommunegraf.application(built / "kommunegraf.nq", quick_seconds=1.0)
        transport = httpx.ASGITransport(application)
        async with application.router.lifespan_context(application), httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            paths = ("/ready", "/municipality/0751.html", "/questions/regions?format=csv", "/sparql?query=ASK%20%7B%7D", "/nothing")
            return [(await client.get(path)).status_code for path in paths]

    assert finish(statuses()) == [200, 200, 200, 200, 404]


@pytest.mark.parametrize("lang", ["", ".en"])
def test_the_page_of_the_python_interface_tells_of_every_name(engine: Embedded, lang: str) -> None:
    body = Documents(engine.store, "1").read(f"python{lang}.html")
    assert body
    page = lxml.html.fromstring(body.decode())
    assert page.xpath("//h2/@id") == kommunegraf.__all__
    calls = dict(zip(page.xpath("//h2/@id"), page.xpath("//main//pre/code/text()")))
    assert calls["ask"] == "ask(graph: Engine, question: str, **arguments: str) -> Answer"
    assert "Ask a question of the library by its name." in page.text_content()


def test_the_package_the_ontology_and_its_version_iri_have_one_version(engine: Embedded) -> None:
    store, ontology = engine.store, ox.NamedNode(KG)
    said = {name: {str(quad.object) for quad in store.quads_for_pattern(ontology, ox.NamedNode(expand(name)), None)}
            for name in ("owl:versionInfo", "owl:versionIRI")}
    assert said == {"owl:versionInfo": {f'"{kommunegraf.__version__}"'}, "owl:versionIRI": {f"<{KG}{kommunegraf.__version__}>"}}
