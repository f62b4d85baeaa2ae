"""The query page: a form that works without JavaScript, and Yasgui that speaks to this server only."""

import hashlib
import json
import logging
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from tests.helpers import ROOT
from tests.helpers.browsing import tool
from tests.helpers.pages import parse_page
from tests.helpers.serving import Served, serving

from kommunegraf import paths
from kommunegraf.graph import build
from kommunegraf.namespaces import KG, PREFIXES
from kommunegraf.questions.ask import folder
from kommunegraf.rdf.formats import TABLES
from kommunegraf.server.pages import query_page

HTML = {"Accept": "text/html"}
COUNT = "PREFIX kg: <https://w3id.org/kommunegraf/ontology/>\nSELECT ?m { ?m a kg:Municipality } ORDER BY ?m"
HOSTILE = """SELECT ("<script>alert(1)</script>" AS ?a) ("<img src=x onerror=alert(2)>"@da AS ?b) (IRI("javascript:alert(3)") AS ?c)
  (STRDT("1", IRI("http://e/<b>")) AS ?d) ("</textarea><script>alert(4)</script>" AS ?e) {}"""


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.base, timeout=60, headers=HTML) as http:
        yield http


def page(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status and answer.headers["content-type"].startswith("text/html"), answer.text[:500]
    return parse_page(answer.text)


def body_rows(tree: Any) -> list[list[str]]:
    return [[cell.text_content() for cell in row.xpath("td")] for row in tree.xpath("//main//table/tbody/tr")]


def test_people_get_the_form_and_programs_the_description_of_the_service(client: httpx.Client) -> None:
    assert page(client.get("/sparql")).xpath("//textarea[@name='query']")
    assert page(client.get("/sparql")).xpath("//main//code[text()=$address]", address=str(client.base_url.join("/sparql")))
    assert client.get("/sparql", headers={"Accept": "text/turtle"}).headers["content-type"].startswith("text/turtle")


@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_question_is_in_the_menu_and_fills_the_form(client: httpx.Client, lang: str) -> None:
    menu = page(client.get("/sparql", params={"lang": lang})).get_element_by_id("example")
    titles = {option.get("value"): option.text for option in menu.iter("option") if option.get("value")}
    assert titles == {name: question.title[lang] for name, question in folder().items()}
    text = page(client.get("/sparql", params={"lang": lang, "example": "ranking"})).get_element_by_id("query").text
    assert "kg:placeIn" in text and f'VALUES ?lang {{ "{lang}" }}' in text and "#+" not in text


def test_a_question_fills_the_form_with_the_arguments_that_were_given(client: httpx.Client) -> None:
    text = page(client.get("/sparql?example=municipality&kommune=Århus")).get_element_by_id("query").text
    assert "municipality/0751" in text
    page(client.get("/sparql?example=nothing"), 404)
    page(client.get("/sparql?example=municipality&kommune=Atlantis"), 404)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_rows_are_a_table_with_labels_links_count_and_downloads(client: httpx.Client, method: str) -> None:
    sent = {"data" if method == "POST" else "params": {"query": COUNT}}
    answer = client.request(method, "/sparql", headers={**HTML, "Accept-Language": "en"}, **sent)  # type: ignore[arg-type]
    tree = page(answer)
    assert len(body_rows(tree)) == 98 and "98 rows" in tree.text_content()
    link = tree.xpath("//tbody//a")[0]
    assert link.text == "Copenhagen Municipality" and client.get(str(answer.url.join(link.get("href")))).status_code == 200
    links = tree.xpath("//section[@class='data']//a")
    assert [a.text for a in links] == [format.name for format in TABLES]
    for a in links:
        assert client.get(str(answer.url.join(a.get("href")))).headers["content-type"].startswith(a.get("type"))


def test_a_graph_is_a_table_of_triples_with_downloads(client: httpx.Client) -> None:
    tree = page(client.get("/sparql", params={"query": "DESCRIBE <https://w3id.org/kommunegraf/municipality/0751>", "lang": "en"}))
    assert tree.xpath("//thead//th/text()") == ["Subject", "Predicate", "Object"] and len(body_rows(tree)) > 10
    assert "turtle" in tree.xpath("//section[@class='data']//a/text()")


def test_yes_and_no_are_words_and_no_is_not_more_than_unknown(client: httpx.Client) -> None:
    assert "Ja" in page(client.get("/sparql", params={"query": "ASK { ?s ?p ?o }", "lang": "da"})).xpath("//p[@class='truth']/text()")
    no = page(client.get("/sparql", params={"query": "ASK { <urn:none> ?p ?o }", "lang": "en"})).xpath("//p[@class='truth']/text()")
    assert no == ["No: the graph does not say so. That is unknown, not no."]


def test_a_long_answer_is_shown_in_part_and_says_so(client: httpx.Client) -> None:
    tree = page(client.get("/sparql", params={"query": "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 2500", "lang": "en"}))
    assert len(body_rows(tree)) == 1000 and "The first 1,000 of 2,500" in tree.text_content()


def test_an_answer_too_large_for_a_page_is_for_download(client: httpx.Client) -> None:
    tree = page(client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 100000", "lang": "en"}))
    assert not body_rows(tree) and "too large for a page" in tree.text_content() and tree.xpath("//section[@class='data']//a")


@pytest.mark.parametrize(
    ("query", "status"),
    [("SELECT * {", 400), ("INSERT DATA { <a:a> <a:b> <a:c> }", 403), ("SELECT * { SERVICE <http://localhost:1/> { ?s ?p ?o } }", 403)],
)
def test_what_went_wrong_is_told_on_the_page_with_the_query_in_the_form(client: httpx.Client, query: str, status: int) -> None:
    for lang, words in (("da", "Forespørgslen fik intet svar"), ("en", "The query was not answered")):
        tree = page(client.get("/sparql", params={"query": query, "lang": lang}), status)
        assert tree.findtext(".//h1") == words and tree.get_element_by_id("query").text == query
        assert tree.xpath("//section[@class='problem']//pre/text()")


def test_a_query_out_of_time_is_told_on_the_page(built: Path) -> None:
    with serving(built / build.NQUADS, query_seconds=1.0) as short:
        query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        tree = page(httpx.get(short.sparql, params={"query": query, "lang": "da"}, headers=HTML, timeout=30), 504)
        assert "standset" in tree.text_content()


def test_markup_in_answers_and_queries_is_shown_and_not_run(client: httpx.Client) -> None:
    tree = page(client.get("/sparql", params={"query": HOSTILE, "lang": "da"}))
    assert not tree.xpath("//main//script | //main//img | //main//b") and not tree.xpath("//a[starts-with(@href, 'javascript')]")
    assert "<script>alert(1)</script>" in body_rows(tree)[0][0] and tree.get_element_by_id("query").text.strip() == HOSTILE


def test_no_page_has_script_or_style_of_its_own_inside(client: httpx.Client) -> None:
    for path in ("/sparql", "/questions", "/questions/ranking", f"/sparql?{httpx.QueryParams({'query': COUNT})}"):
        answer = client.get(path)
        assert not page(answer).xpath("//script[not(@src)] | //style | //*[@style] | //*[starts-with(name(@*), 'on')]")
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy and "default-src 'none'" in policy


def test_each_problem_has_its_place_on_the_page(client: httpx.Client) -> None:
    kind = client.get("/sparql", params={"query": "x", "format": "json"}).json()["type"]
    assert kind.startswith("https://w3id.org/kommunegraf/sparql#")
    assert page(client.get("/sparql")).get_element_by_id(kind.partition("#")[2]) is not None


def test_the_editor_completes_our_own_words(client: httpx.Client) -> None:
    for lang, label in (("da", "gælder kommune"), ("en", "adopter")):
        terms = client.get("/sparql/terms.json", params={"lang": lang}).json()
        assert terms["prefixes"] == PREFIXES
        assert KG + "Municipality" in terms["classes"] and KG + "adopter" in terms["properties"] and KG + "adopter" not in terms["classes"]
        assert terms["labels"][KG + "adopter"] == label


def test_a_relative_iri_is_the_same_to_people_as_to_programs(client: httpx.Client, served: Served) -> None:
    parameters = {"query": "SELECT (<municipality/0751> AS ?x) {}"}
    assert body_rows(page(client.get("/sparql", params=parameters))) == [[f"{served.base}/municipality/0751"]]
    assert client.get("/sparql", params={**parameters, "format": "csv"}).text.split() == ["x", f"{served.base}/municipality/0751"]


def test_the_log_tells_of_queries_from_pages_and_questions_too(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    question = "/questions/regions?lang=da&format="
    addresses = [f"/sparql?{urlencode({'query': COUNT})}", f"{question}csv", f"{question}json"]
    with caplog.at_level(logging.INFO, "kommunegraf.access"):
        for address in addresses:
            assert client.get(address).status_code == 200
        for _ in range(500):  # a line comes a moment after its answer
            lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
            if len(lines) == len(addresses):
                break
            time.sleep(0.01)
    assert lines[0]["query"] == hashlib.sha256(COUNT.encode()).hexdigest()[:16]
    assert lines[1]["query"] == lines[2]["query"] != lines[0]["query"]


PAGES = ["/sparql", f"/sparql?{urlencode({'query': COUNT})}", "/sparql?query=SELECT", "/questions", "/questions/profile",
         "/questions/profile?kommune=Århuss", "/municipality/0752"]


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["da", "en"])
def test_the_pages_of_the_server_are_valid_html(client: httpx.Client, tmp_path: Path, lang: str) -> None:
    jar = tool("vnu-jar/build/dist/vnu.jar")
    files = []
    for number, path in enumerate(PAGES):
        files.append(tmp_path / f"{number}.html")
        files[-1].write_bytes(client.get(path, headers={"Accept-Language": lang}).content)
    command = ["java", "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always", *map(str, files)]
    messages = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["messages"]
    assert not [(PAGES[int(Path(m["url"]).stem)], m.get("lastLine"), m["message"]) for m in messages if m["type"] != "info"]


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "scheme"), [("da-DK", "light"), ("en-GB", "dark")])
def test_the_pages_of_the_server_follow_the_accessibility_guidelines(browser: Any, served: Served, lang: str, scheme: str) -> None:
    axe = tool("axe-core/axe.min.js").read_text("utf-8")
    tab, _ = watched(browser, served, bypass_csp=True, locale=lang, color_scheme=scheme, java_script_enabled=True)
    violations = []
    for path in PAGES:
        tab.goto(served.base + path)
        tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        tab.evaluate(axe)
        rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
        result = tab.evaluate(f"axe.run({{exclude: [['#editor']]}}, {json.dumps(rules)})")
        violations += [(path, v["id"], v["nodes"][0]["html"][:150]) for v in result["violations"]]
    assert not violations


def test_the_form_is_whole_without_the_editor(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_page, "editor_installed", lambda: False)
    tree = page(client.get("/sparql"))
    assert tree.xpath("//textarea") and not tree.xpath("//script[contains(@src, 'assets/')] | //*[@id='editor']")


def test_the_script_that_fetches_the_editor_pins_its_bytes() -> None:
    script = (ROOT / "scripts" / "query-editor").read_text("utf-8")
    subprocess.run(["sh", "-n"], input=script, text=True, check=True)
    assert "@zazuko/yasgui@4.6.2" in script and "sha256sum --check" in script
    assert "/scripts/kommunegraf/server/pages/static/editor/" in (paths.root() / ".gitignore").read_text("utf-8").splitlines()


def watched(browser: Any, served: Served, lang: str = "da", **options: Any) -> tuple[Any, list[str]]:
    """A new browser page, and what goes wrong in it: errors, refusals by the policy, requests to other hosts."""
    tab = browser.new_context(**options).new_page()
    wrong: list[str] = []
    tab.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("dialog", lambda dialog: wrong.append("a script of the data ran") or dialog.dismiss())  # type: ignore[func-returns-value]
    tab.on("request", lambda request: None if request.url.startswith((served.base, "data:", "blob:")) else wrong.append(request.url))
    return tab, wrong


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "run", "rows"), [("da", "Kør", "rækker"), ("en", "Run", "rows")])
def test_a_person_without_javascript_asks_a_question_and_downloads_the_answer(
    browser: Any, served: Served, lang: str, run: str, rows: str
) -> None:
    tab, wrong = watched(browser, served, java_script_enabled=False)
    tab.goto(f"{served.sparql}?lang={lang}")
    tab.select_option("#example", "adopters-of-initiative")
    tab.locator("form").filter(has=tab.locator("#example")).get_by_role("button").click()
    assert "kg:initiative" in tab.input_value("#query")
    tab.get_by_role("button", name=run, exact=True).click()
    tab.wait_for_load_state()  # rows come while the page is shown
    count = tab.locator("main tbody tr").count()
    assert count > 20 and f"{count} {rows}" in tab.inner_text("main") and tab.locator("html").get_attribute("lang") == lang
    with tab.expect_download() as download:
        tab.get_by_role("link", name="csv", exact=True).click()
    assert len(Path(download.value.path()).read_text("utf-8").splitlines()) > count
    assert not wrong


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "table"), [("da", "Tabel"), ("en", "Table")])
def test_the_editor_completes_runs_and_speaks_to_no_other_host(browser: Any, served: Served, lang: str, table: str) -> None:
    if not query_page.editor_installed():
        pytest.skip("the query editor is not installed: scripts/query-editor")
    tab, wrong = watched(browser, served)
    tab.goto(f"{served.sparql}?lang={lang}")
    tab.locator(".CodeMirror").click()
    tab.keyboard.press("Control+A")
    tab.keyboard.press("Delete")
    tab.keyboard.type("SELECT * WHERE { ?a a kg:Adoption ; kg:ado", delay=20)
    hint = tab.locator(".CodeMirror-hint", has_text="kg:adopter").first
    for _ in range(8):  # on a busy machine the words come after the typing; who types asks again
        if hint.is_visible():
            break
        tab.wait_for_timeout(1500)
        tab.keyboard.press("Control+Space")
    hint.wait_for()
    hint.click()
    tab.wait_for_timeout(200)  # CodeMirror takes the focus back 20 ms after a click among its hints
    tab.locator(".CodeMirror-focused").wait_for()
    tab.keyboard.type(" ?m } LIMIT 7", delay=20)
    assert "PREFIX kg: <https://w3id.org/kommunegraf/ontology/>" in tab.locator(".CodeMirror").inner_text()
    tab.locator(".yasqe_queryButton").click()
    tab.locator(".yasr_results tbody tr").nth(6).wait_for()
    assert tab.locator(".yasr_results tbody tr").count() == 7 and table in tab.inner_text(".yasr_header")
    assert not wrong


@pytest.mark.slow
def test_an_example_opens_in_the_editor_and_an_error_is_told_in_danish(browser: Any, served: Served) -> None:
    if not query_page.editor_installed():
        pytest.skip("the query editor is not installed: scripts/query-editor")
    tab, wrong = watched(browser, served)
    tab.goto(f"{served.sparql}?lang=da&example=ranking")
    tab.locator(".tabPanel.active .CodeMirror").wait_for()
    assert "Hvad står på ranglisten" in tab.inner_text(".tabPanel.active .CodeMirror")
    tab.evaluate("document.querySelector('.tabPanel.active .CodeMirror').CodeMirror.setValue('SELECT * WHERE {')")
    tab.locator(".tabPanel.active .yasqe_queryButton").click()
    tab.locator(".yasr").get_by_text("Forespørgslen er ikke SPARQL").wait_for()
    assert len(wrong) == 1 and "400" in wrong[0]


@pytest.mark.slow
def test_markup_in_answers_does_not_run_in_the_editor(browser: Any, served: Served) -> None:
    """Not even without the policy, which is set aside here."""
    if not query_page.editor_installed():
        pytest.skip("the query editor is not installed: scripts/query-editor")
    tab, wrong = watched(browser, served, bypass_csp=True)
    tab.goto(f"{served.sparql}?lang=da")
    tab.locator(".CodeMirror").wait_for()
    tab.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", HOSTILE)
    tab.locator(".yasqe_queryButton").click()
    tab.get_by_text("<script>alert(1)</script>").first.wait_for()
    assert not [text for text in wrong if "script" in text]


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 768, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_their_window(browser: Any, served: Served, width: int, scheme: str) -> None:
    tab, wrong = watched(browser, served, viewport={"width": width, "height": 900}, color_scheme=scheme)
    for path in ("/sparql", "/questions", "/questions/adopters-of-initiative", "/questions/profile", "/questions/profile?kommune=Århuss",
                 f"/sparql?{httpx.QueryParams({'query': 'SELECT * { ?s ?p ?o } LIMIT 50'})}"):
        tab.goto(served.base + path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path
    assert not [text for text in wrong if "404" not in text]
