"""The reference pages: ontology, shapes, code lists, the question library, downloads, search and pages about Kommunegraf itself."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from tests.helpers import sampling
from tests.helpers.pages import read, words
from tests.helpers.tables import cells, read_table

from kommunegraf import __version__
from kommunegraf.graph.catalog import WHOLE
from kommunegraf.languages import alphabetical
from kommunegraf.names import plain
from kommunegraf.namespaces import BASE, KG, SH
from kommunegraf.publish.answers import Answers
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded
from kommunegraf.site import search
from kommunegraf.site.model import Site
from kommunegraf.site.pages import questions, vocabulary
from kommunegraf.site.registry import Pages

SIZES = {
    "dump/kommunegraf.nq.gz": 3_456_789, "dump/kommunegraf.xlsx": 120_000, "dump/graph/survey.ttl.gz": 999,
    "dump/tables/evidence.csv": 5, "dump/SHA256SUMS": 1,
}
"""Files to download, with sizes in bytes."""
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


@pytest.fixture(scope="module")
def pages(engine: Embedded) -> Pages:
    """The pages of the real graph, with some files to download."""
    return Pages(Site(engine.store, "0.1.0", sizes=lambda: SIZES))


Trees = dict[tuple[str, str], Any]


@pytest.fixture(scope="module")
def questions_of(pages: Pages) -> Trees:
    """The page of each question in each language."""
    return {(name, lang): read(pages, f"query/{name}", lang) for name in ask.folder() for lang in ("da", "en")}


def test_the_ontology_lists_every_term_once_with_an_anchor(pages: Pages, engine: Embedded) -> None:
    defined = engine.store.quads_for_pattern(None, ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#isDefinedBy"), None, None)
    terms = {q.subject.value for q in defined if isinstance(q.subject, ox.NamedNode)} - {KG}
    anchors = read(pages, "ontology/index", "en").xpath("//table[@class='terms']//tr/@id")
    assert sorted(anchors) == sorted(term.removeprefix(KG) for term in terms)


def test_a_term_tells_how_often_it_is_used(pages: Pages) -> None:
    evidence = len(read_table("evidence"))
    assert f"used {evidence:,} times" in read(pages, "ontology/Evidence", "en").text_content()
    assert f"brugt {evidence:,} gange".replace(",", ".") in read(pages, "ontology/Evidence").text_content()


def test_the_classes_of_a_union_are_named_one_by_one(pages: Pages) -> None:
    view = pages.site.views["en"]
    assert vocabulary.classes(view, f"{KG}adopter", "rdfs:domain") == [f"{KG}Adoption", f"{KG}Evidence"]
    links = read(pages, "ontology/Evidence", "en").xpath("//main//a/@href")
    assert "../ontology/adopter.en.html" in links


def test_a_list_that_runs_in_a_circle_ends() -> None:
    store = ox.Store()
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    a = ox.BlankNode()
    store.add(ox.Quad(a, ox.NamedNode(f"{rdf}first"), ox.NamedNode(f"{KG}Adoption")))
    store.add(ox.Quad(a, ox.NamedNode(f"{rdf}rest"), a))
    assert Site(store, "0").views["en"].members(a) == [ox.NamedNode(f"{KG}Adoption")]


def test_a_scheme_that_runs_in_a_circle_is_shown() -> None:
    store = ox.Store()
    skos = "http://www.w3.org/2004/02/skos/core#"
    scheme, one, two = (ox.NamedNode(BASE + path) for path in ("scheme/s", "thing/a", "thing/b"))
    store.add(ox.Quad(scheme, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode(f"{skos}ConceptScheme")))
    for concept, above in ((one, two), (two, one)):
        store.add(ox.Quad(concept, ox.NamedNode(f"{skos}inScheme"), scheme))
        store.add(ox.Quad(concept, ox.NamedNode(f"{skos}broader"), above))
    assert "2 concepts" in (Pages(Site(store, "0")).html("scheme/s", "en") or "")


def test_the_version_iri_of_the_ontology_has_a_page(pages: Pages) -> None:
    version = pages.site.views["en"].thing(KG, "owl:versionIRI")
    assert version == f"{KG}{__version__}"
    assert __version__ in read(pages, f"ontology/{__version__}").xpath("//h1/text()")[0]
    assert f"../ontology/{__version__}.html" in read(pages, "ontology/index").xpath("//main//a/@href")


def test_every_shape_says_in_words_what_it_demands(pages: Pages, engine: Embedded) -> None:
    messages = {(q.subject.value, q.object.value) for q in engine.store.quads_for_pattern(None, ox.NamedNode(f"{SH}message"), None, None)
                if isinstance(q.subject, ox.NamedNode) and isinstance(q.object, ox.Literal) and q.object.language == "en"}
    assert len(messages) > 170
    for shape, message in sorted(messages):
        assert message in read(pages, shape.removeprefix(BASE), "en").text_content(), shape


def test_a_property_path_is_told_step_by_step(pages: Pages) -> None:
    text = " ".join(read(pages, "shape/Adoption-evidence-same-solutions", "en").text_content().split())
    labels = [pages.site.views["en"].label(f"{BASE}ontology/{name}") for name in ("supportedBy", "solution")]
    assert " / ".join(labels) in text
    assert "^" in read(pages, "shape/Observation-slice", "en").xpath("//dl[@class='facts']")[0].text_content()


def test_a_code_list_shows_its_tree(pages: Pages) -> None:
    tree = read(pages, "scheme/smart-city-status", "en")
    levels = {row.xpath("string(./th/a)"): row.xpath("./th/@class")[0] for row in tree.xpath("//main//tbody/tr[th/@class]")}
    assert levels["Works with Smart City"] == "level-2"
    assert levels["Overall or coordinated work"] == "level-3"


@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_question_has_its_real_answer_on_its_page(questions_of: Trees, engine: Embedded, lang: str) -> None:
    for name, question in ask.folder().items():
        tree = questions_of[name, lang]
        assert question.title[lang] in tree.xpath("//h1")[0].text_content()
        rows = tree.xpath("//div[@aria-label=$heading]//tbody/tr", heading="Svar" if lang == "da" else "Answer")
        if question.form == "SELECT":
            answer = ask.ask(engine, question, **({"lang": lang} if "lang" in question.parameters else {}))
            assert len(rows) == min(len(answer.rows()), questions.ROWS), name


def test_the_heading_of_an_answer_says_what_was_chosen(pages: Pages) -> None:
    for name, lang, expected in (
        ("adopters-of-initiative", "da", "Hvilke kommuner har, havde eller planlægger åbne data til rådighed?"),
        ("solution-users", "en", "Who uses"), ("neighbours-ahead", "da", "naboerne i gang med, som vi ikke har fundet i Aarhus?"),
    ):
        assert expected in read(pages, f"query/{name}", lang).xpath("string(//h2[@id='answer'])")
    for one in ask.folder().values():
        takes = {name for name in one.parameters if name != "lang"}
        assert all(set(re.findall(r"{(\w+)}", text)) == takes for text in one.heading.values()), one.name
        assert bool(one.heading) == bool(takes), one.name


def test_an_answer_sorts_names_as_danish_readers_do(pages: Pages) -> None:
    rows = read(pages, "query/adopters-of-initiative").xpath("//section[@aria-labelledby='answer']//tbody/tr")
    names = [row.xpath("string(td[1])") for row in rows]
    assert names == sorted(names, key=alphabetical) and len(set(names)) > 20
    ranked = read(pages, "query/municipalities-by-adoptions").xpath("//section[@aria-labelledby='answer']//tbody/tr")
    counts = [int(row.xpath("string(td[@class='number'][1])")) for row in ranked]
    assert counts == sorted(counts, reverse=True), "what is sorted by a number stays so"


def test_names_in_an_answer_lead_to_their_pages(pages: Pages) -> None:
    tree = read(pages, "query/neighbours-ahead", "en")
    links = tree.xpath("//tbody//a/@href")
    assert any(link.startswith("../municipality/") for link in links) and any(link.startswith("../initiative/") for link in links)


def test_the_files_of_answers_are_whole_and_in_both_languages(pages: Pages, engine: Embedded) -> None:
    files = Answers(pages.site)
    assert len(files) == len(set(files)) > 1000
    for name, question in ask.folder().items():
        if question.form == "SELECT":
            expected = len(ask.ask(engine, question).rows())
            assert len(cells(files[f"query/{name}.csv"])) == expected + 1, name
            assert len(json.loads(files[f"query/{name}.srj"])["results"]["bindings"]) == expected
        else:
            assert list(ox.parse(files[f"query/{name}.answer.ttl"], format=ox.RdfFormat.TURTLE))
    assert files["query/prevalence.en.csv"] != files["query/prevalence.csv"]


@pytest.mark.parametrize("step", [10, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
def test_an_answer_is_the_same_whoever_asks(pages: Pages, engine: Embedded, step: int) -> None:
    one, other = Answers(pages.site), Answers(Site(engine.store, "0.1.0"))
    assert list(one) == list(other)
    assert [path for path in list(one)[::step] if one[path] != other[path]] == []


def test_the_links_to_answers_lead_to_their_files(pages: Pages, questions_of: Trees) -> None:
    files = Answers(pages.site)
    for name, tree in questions_of.items():
        links = tree.xpath("//a[@download]/@href")
        assert links and all(link.removeprefix("../") in files for link in links), name


def test_a_question_that_is_gone_says_so() -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode(f"{BASE}query/none"), LABEL, ox.Literal("Gone", language="en")))
    assert "not in the library any more" in (Pages(Site(store, "0")).html("query/none", "en") or "")


def test_downloads_tell_size_and_kind(pages: Pages) -> None:
    text = " ".join(read(pages, "dump/index").text_content().split())
    assert "3,5 MB" in text and "Excel" in text
    english = read(pages, "dump/index", "en")
    assert "3.5 MB" in " ".join(english.text_content().split())
    assert {f"../{path}" for path in SIZES} <= set(english.xpath("//a[@download]/@href"))


def test_a_graph_tells_its_size_and_its_files(pages: Pages, engine: Embedded) -> None:
    size = sum(1 for _ in engine.store.quads_for_pattern(None, None, None, ox.NamedNode(f"{BASE}graph/survey")))
    tree = read(pages, "graph/survey", "en")
    assert f"{size:,}" in tree.text_content()
    assert tree.xpath("//a[@download]/@href") == ["../dump/graph/survey.ttl.gz"]


def test_the_catalogue_tells_licence_and_publisher_in_the_language_of_the_page(pages: Pages) -> None:
    danish, english = (" ".join(read(pages, "catalog", lang).text_content().split()) for lang in ("da", "en"))
    assert "CC BY 4.0" in danish and "uregelmæssigt" in danish and "Danmark" in danish and "kommuner" in danish
    assert "irregular" in english and "Denmark" in english and "uregelmæssigt" not in english


def test_the_citation_names_the_version(pages: Pages) -> None:
    tree = read(pages, "cite", "en")
    assert "version 0.1.0" in tree.xpath("//p[@class='cite']")[0].text_content()
    assert "version = {0.1.0}" in tree.text_content() and "cff-version: 1.2.0" in tree.text_content()


def test_what_is_new_is_told_in_the_readers_language_and_the_english_log_is_marked(pages: Pages) -> None:
    tree = read(pages, "changelog")
    assert tree.xpath("string(//main/h2)") == "Version 0.1.0 – 24. november 2026" and len(tree.xpath("//main/ul/li")) > 5
    inner = tree.xpath("//details//div[@lang='en']")[0]
    assert "0.1.0 (2026-11-24)" in inner.text_content() and "Unreleased" not in tree.text_content()
    assert not inner.xpath(".//h1")


def test_everything_leads_to_every_kind(pages: Pages) -> None:
    links = {link.removesuffix(".html") for link in read(pages, "all").xpath("//main//a/@href")}
    kinds = {path.split("/")[0] for path in pages.resources if "/" in path}
    assert {f"{kind}/index" for kind in kinds} <= links
    own = sorted(link for link in links if not link.startswith(("http", "#")))
    assert all(pages.has(link) for link in own)
    assert all(pages.html(link, "da") for link in sampling.sample(own, lambda link: link.rpartition("/")[0], every=20))


def test_the_page_for_missing_addresses_has_no_relative_link(pages: Pages) -> None:
    for lang in ("da", "en"):
        tree = read(pages, "404", lang)
        assert all(link.startswith(BASE) for link in tree.xpath("//@href | //@src"))
        assert tree.get("lang") == lang


def index(pages: Pages, lang: str) -> dict[str, Any]:
    """The index of search as data."""
    text = dict(search.files(pages.site))[f"static/search-{lang}.js"].decode()
    assert text.startswith("var kommunegrafIndex=") and "<" not in text
    return dict(json.loads(text.removeprefix("var kommunegrafIndex=").removesuffix(";\n")))


@pytest.mark.parametrize("lang", ["da", "en"])
def test_search_finds_every_kommune_initiative_and_question_and_leads_to_pages(pages: Pages, lang: str) -> None:
    found = index(pages, lang)
    entries = {entry[3]: entry for entry in found["entries"]}
    ending = ".html" if lang == "da" else ".en.html"
    for kind in ("municipality", "initiative", "query", "solution"):
        assert all(path + ending in entries for path in pages.resources if path.startswith(f"{kind}/"))
    assert {path.removesuffix(ending) for path in entries} <= set(pages.paths)
    assert all(entry[2] < len(found["kinds"]) for entry in entries.values())


def test_search_knows_other_names_and_codes(pages: Pages) -> None:
    entries = {entry[3]: entry for entry in index(pages, "da")["entries"]}
    aarhus = entries["municipality/0751.html"]
    assert plain("Århus") == plain(aarhus[0]) and "0751" in aarhus[1].split("|")
    assert "open data" in entries["initiative/open-data.html"][1]


def test_search_leaves_out_what_is_found_through_a_kommune_and_stays_small(pages: Pages) -> None:
    for lang in ("da", "en"):
        assert not [entry for entry in index(pages, lang)["entries"] if entry[3].startswith(("adoption/", "evidence/", "membership/"))]
        assert len(gzip.compress(dict(search.files(pages.site))[f"static/search-{lang}.js"])) < 150_000


def test_without_javascript_every_kommune_and_initiative_stands_in_the_list_from_a_to_aa(pages: Pages) -> None:
    tree = read(pages, "all")
    links = tree.xpath("//details[@class='part']//a/@href")
    assert {f"{path}.html" for path in pages.resources if path.startswith(("municipality/", "initiative/"))} <= set(links)
    letters = tree.xpath("//summary/h3/text()")
    assert letters[-1] == "Å" and letters == sorted(letters, key=alphabetical)
    assert "municipality/0751.html" in tree.xpath("//details[summary='Å']//a/@href")


def test_a_name_with_markup_does_not_end_the_script() -> None:
    store = ox.Store()
    name = "</script><img src=x>"
    store.add(ox.Quad(ox.NamedNode(f"{BASE}source/x"), LABEL, ox.Literal(name)))
    text = dict(search.files(Site(store, "0")))["static/search-en.js"].decode()
    assert "<" not in text
    assert json.loads(text.removeprefix("var kommunegrafIndex=").removesuffix(";\n"))["entries"][-1][0] == name


def test_the_version_iri_has_the_ontology_as_data(pages: Pages) -> None:
    files = dict(vocabulary.files(pages.site))
    assert sorted(files) == [f"ontology/{__version__}{suffix}" for suffix in (".jsonld", ".nt", ".rdf", ".ttl")]
    triples = set(ox.parse(files[f"ontology/{__version__}.ttl"], format=ox.RdfFormat.TURTLE))
    assert {q.subject for q in triples} >= {ox.NamedNode(f"{KG}Adoption"), ox.NamedNode(KG), ox.NamedNode(f"{KG}adopter")}
    assert not dict(vocabulary.files(Site(ox.Store(), "0")))


SEARCHES = {
    "da": {
        "municipality/0751": ("aarhus", "Århus", "751", "0751", "Aarhus Kommune", "arhus"),
        "municipality/0461": ("odense", "461", "odnese"),
        "municipality/0101": ("København", "kobenhavn", "koebenhavn", "Københvan", "Copenhagen", "københavn kommune"),
        "municipality/0169": ("Høje-Taastrup", "Hoje Taastrup", "høje tåstrup", "hoeje taastrup"),
        "municipality/0175": ("rodovre", "Rødovre"),
        "municipality/0492": ("Ærø", "aero", "aeroe"), "municipality/0326": ("Kalundborg", "kalundbrog"),
        "initiative/open-data": ("open data", "opendata", "åbne data", "åbne da", "aabne data"),
        "initiative/intelligent-street-lighting": ("gadebelysning", "gadelys", "vejbelysning", "street lighting"),
        "initiative/waste-app": ("affald", "affalds-app", "affaldsapps", "affalds apps", "affaldsapp", "tømmekalender"),
        "initiative/report-a-problem-app": ("givetpraj", "giv et praj app", "apps til rapportering"),
        "initiative/live-streaming-council": ("live-streaming", "livestreaming", "streaming", "live streaming"),
        "initiative/smart-grid": ("smart grid", "smartgrid", "smart gird"),
        "initiative/public-wifi": ("wifi", "wi-fi", "trådløst netværk", "gratis internet"), "initiative/fleet-sharing": ("delebiler",),
        "initiative/flood-protection-sensors": ("oversvømmelser", "osversvømmelse", "klimasikring"),
        "initiative/iot-network": ("lorawan", "iot"), "initiative/smart-waste-sensors": ("skraldespande",),
        "initiative/e-learning": ("e-læring", "elæring", "e-learning"),
        "initiative/telemedicine": ("telemedicin", "telemedicinske"),
        "initiative/digital-rehabilitation": ("genoptræning", "genoptraening"),
        "initiative/smart-village": ("smart village", "smarte landsbyer"), "solution/renoweb": ("renoweb", "reno web", "renowep"),
        "solution/giv-et-praj": ("giv et praj",), "organisation/kl": ("KL",), "organisation/open-data-dk": ("Open Data DK",),
    },
    "en": {
        "municipality/0101": ("Copenhagen", "kobenhavn", "copenhagn"), "initiative/waste-app": ("waste app", "waste"),
        "initiative/intelligent-street-lighting": ("street lighting", "streetlighting"), "initiative/open-data": ("open data", "opendata"),
        "initiative/telemedicine": ("telemedicine", "telemedecine"),
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["da", "en"])
def test_what_people_type_is_among_the_first_three(pages: Pages, tmp_path: Path, lang: str, browser: Any) -> None:
    static = Path(search.__file__).parent / "static"
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "search.js").write_bytes((static / "search.js").read_bytes())
    for path, body in search.files(pages.site):
        (tmp_path / path).write_bytes(body)
    name = "search.html" if lang == "da" else "search.en.html"
    (tmp_path / name).write_text(pages.html("search", lang) or "", "utf-8")
    missed = []
    page = browser.new_page()
    page.goto((tmp_path / name).as_uri())
    for path, texts in SEARCHES[lang].items():
        for text in texts:
            page.fill("#words", text)
            page.press("#words", "Enter")
            first = page.eval_on_selector_all("#results a", "links => links.slice(0, 3).map(link => link.getAttribute('href'))")
            if f"{path}{name.removeprefix('search')}" not in first:
                missed.append((text, first))
    page.fill("#words", "qzxwvkjq")
    page.press("#words", "Enter")
    assert page.is_visible("#nothing a") and not page.query_selector("#results a")
    assert not missed, missed


@pytest.mark.slow
def test_search_works_from_disk_with_the_keyboard_alone(pages: Pages, tmp_path: Path, browser: Any) -> None:
    static = Path(search.__file__).parent / "static"
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "search.js").write_bytes((static / "search.js").read_bytes())
    for path, body in search.files(pages.site):
        (tmp_path / path).write_bytes(body)
    for lang, name in (("da", "search.html"), ("en", "search.en.html")):
        (tmp_path / name).write_text(pages.html("search", lang) or "", "utf-8")
    codes = {"århus": "0751", "Aarhus": "0751", "ærø": "0492", "lyngby taarbæk": "0173", "kalundborg kommune": "0326", "0751": "0751"}
    for name, suffix in (("search.html", ".html"), ("search.en.html", ".en.html")):
        page = browser.new_page()
        failures: list[str] = []
        page.on("pageerror", lambda error, failures=failures: failures.append(str(error)))
        for typed, code in codes.items():
            page.goto((tmp_path / name).as_uri())
            page.focus("#words")
            page.keyboard.type(typed)
            page.keyboard.press("Enter")
            page.wait_for_selector("#results li")
            assert page.get_attribute("#results li:first-child a", "href") == f"municipality/{code}{suffix}", typed
        page.goto((tmp_path / name).as_uri() + "?q=xyzzy")
        assert page.inner_text("#count") and not page.query_selector("#results li") and not failures
        page.close()


@pytest.mark.parametrize(("property", "address", "shown"), [
    ("hasEmail", "mailto:kontakt@example.org", "kontakt@example.org"), ("hasTelephone", "tel:+4512345678", "+4512345678"),
    ("hasEmail", "javascript:alert(1)", ""), ("fn", "mailto:kontakt@example.org", ""),
])
def test_how_to_reach_those_behind_the_data_is_told_where_the_data_tell_it(property: str, address: str, shown: str) -> None:
    store = ox.Store()
    point = ox.NamedNode(f"{BASE}dataset/kommunegraf/contact")
    store.add(ox.Quad(ox.NamedNode(WHOLE), ox.NamedNode("http://www.w3.org/ns/dcat#contactPoint"), point))
    store.add(ox.Quad(point, ox.NamedNode(f"http://www.w3.org/2006/vcard/ns#{property}"), ox.NamedNode(address)))
    pages = Pages(Site(store, "0"))
    for path in ("about", "contribute"):
        tree = read(pages, path)
        assert tree.xpath(f"//main//a[@href='{address}']/text()") == [shown] * bool(shown)
        assert ("ingen postkasse" in words(tree)) != bool(shown)
