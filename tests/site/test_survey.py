"""The pages of the survey, of what is not known, and of the cases say what the tables say."""

from dataclasses import replace
from typing import Any

import pyoxigraph as ox
from tests.helpers.pages import parse_page, read
from tests.helpers.tables import read_table

from kommunegraf.namespaces import BASE
from kommunegraf.rdf.engines import Embedded
from kommunegraf.site.model import Site
from kommunegraf.site.pages import unknown
from kommunegraf.site.parts import printed, quoting
from kommunegraf.site.parts.printed import Printed
from kommunegraf.site.registry import Pages
from kommunegraf.site.render import Page

HOSTILE = '<script>alert("x")</script> & \u202eabc'


def numbers(tree: Any, row: str) -> list[float]:
    """The values in the tables of figures of a page."""
    return sorted(float(v.replace("\u2212", "-").replace(".", "").replace(",", ".")) for v in tree.xpath(row))


VALUES = "//table[contains(@class, 'figures-table')]//td[contains(@class, 'number')]/a[1]/text()"


def test_every_figure_of_a_question_stands_in_its_table(pages: Pages) -> None:
    rows = read_table("survey-observations")
    questions = {row["question"] for row in rows}
    assert len(questions) == 23
    for question in sorted(questions):
        shown = numbers(read(pages, f"question/{question}"), VALUES)
        assert shown == sorted(float(row["value"]) for row in rows if row["question"] == question), question


def test_a_chart_tells_in_words_what_it_shows_and_the_table_has_the_same_figures(pages: Pages) -> None:
    tree = read(pages, "question/political-anchoring", "en")
    chart = tree.xpath("//svg")[0]
    assert chart.xpath("./title/text()") == ["Share"]
    drawn = {text.split("%")[0].removeprefix("about ").strip() for text in chart.xpath(".//text[@class='value']/text()")}
    assert drawn == set(tree.xpath(VALUES))


def test_the_survey_is_told_with_its_true_counts(pages: Pages) -> None:
    tree = read(pages, "question/index")
    assert tree.xpath("//ul[@class='figures']//b//text()") == ["98", "54", str(len(read_table("survey-observations")))]
    assert sum("../question/" in href for href in tree.xpath("//main//th[@scope='row']/a/@href")) == 23
    assert f"{len(read_table('survey-gaps'))} manglende oplysninger" in tree.text_content()


def test_a_figure_says_in_a_sentence_what_it_is_and_leads_to_its_section(pages: Pages) -> None:
    path = "dataset/survey-2014/observation/e-learning-all-difference-2-2-1-table"
    danish, english = read(pages, path), read(pages, path, "en")
    assert "Rapportens tal er \u221213\u00a0procentpoint (forskel) for »Tilbud om e-læring«" in danish.text_content()
    assert "The report gives \u221213\u00a0percentage points as the difference for “E-learning offers”" in english.text_content()
    assert english.xpath("//a[contains(@href, 'report-section/2-2-1.en.html')]")
    assert english.xpath("//a[contains(@href, 'contradiction/e-learning-difference.en.html')]")


def test_figures_that_contradict_each_other_stand_side_by_side_with_their_difference(pages: Pages) -> None:
    text = " ".join(read(pages, "contradiction/e-learning-difference", "en").text_content().split())
    assert "\u221213 percentage points" in text and "\u22123 percentage points" in text and "The difference is 10." in text


def test_only_figures_of_the_same_thing_are_subtracted(pages: Pages) -> None:
    one = printed.Printed("a", 48, "q", "open-data", "with", "share")
    assert unknown.spreads([one, printed.Printed("b", 17, "q", "open-data", "without", "share")]) == []
    assert [d for *_, d in unknown.spreads([one, printed.Printed("c", 33, "q", "open-data", "with", "share")])] == [15]


def test_the_page_of_what_we_do_not_know_has_every_gap_and_contradiction(pages: Pages) -> None:
    for lang in ("da", "en"):
        links = set(read(pages, "gap/index", lang).xpath("//main//a/@href"))
        ending = ".html" if lang == "da" else ".en.html"
        assert {f"../gap/{row['id']}{ending}" for row in read_table("survey-gaps")} <= links
        assert {f"../contradiction/{row['id']}{ending}" for row in read_table("contradictions")} <= links


def test_what_the_register_cannot_say_is_counted_from_the_evidence(pages: Pages) -> None:
    rows = read_table("evidence")
    places = unknown.register(pages.site.views["en"])
    pairs = {(row["municipality"], row["initiative"]) for row in rows}
    firm = {(row["municipality"], row["initiative"]) for row in rows if row["confidence"] != "low"}
    assert (places.evidence, places.pairs, places.weak) == (len(rows), len(pairs), len(pairs - firm))
    assert len(places.silent) == 98 - len({who for who, _ in firm})
    assert len(places.bare) == len(read_table("initiatives")) - len({what for _, what in pairs})
    assert len(places.typed) == 6


def test_unknown_is_never_told_as_no(pages: Pages) -> None:
    tree = read(pages, "gap/figure-3-1-1", "en")
    assert "how many there should be is unknown" in tree.text_content() and not tree.xpath("//meter")
    case = read(pages, "case/aalborg-facebook-karolinelund", "en")
    period = case.xpath("//dt[text()='Period']/following-sibling::dd[1]")[0].text_content()
    assert period.strip() and period.strip() != "None"


def test_a_case_has_every_fact_and_participant_of_the_tables(pages: Pages) -> None:
    facts, people = read_table("case-facts"), read_table("case-participants")
    for case in sorted({row["case"] for row in facts}):
        links = read(pages, f"case/{case}").xpath("//main/ul//a/@href | //main//table//a/@href")
        assert sum("../fact/" in link for link in links) == sum(row["case"] == case for row in facts), case
        assert sum("../participation/" in link for link in links) == sum(row["case"] == case for row in people), case


def test_a_section_of_the_report_shows_all_that_rests_on_it(pages: Pages, engine: Embedded) -> None:
    for section in ("2-2-1", "4-5", "om-analysen"):
        iri = ox.NamedNode(f"{BASE}report-section/{section}")
        quads = engine.store.quads_for_pattern(None, ox.NamedNode(f"{BASE}ontology/section"), iri, None)
        resting = {q.subject.value.removeprefix(BASE) for q in quads if isinstance(q.subject, ox.NamedNode)}
        links = read(pages, f"report-section/{section}").xpath("//main//a[not(ancestor::details)]/@href")
        assert resting <= {link.removeprefix("../").removesuffix(".html") for link in links}


def test_a_ranking_keeps_the_order_of_the_report(pages: Pages) -> None:
    tree = read(pages, "ranking/motivation-top-nine-2-1-2", "en")
    places = [int(text) for text in tree.xpath("//th[contains(@class, 'number')]/a/text()")]
    assert places == list(range(1, 10))


def test_each_language_has_its_own_words_and_no_page_is_empty(pages: Pages) -> None:
    for path in ("question/motivation", "motivation/data-sharing", "gap/index", "fact/index", "report-section/index", "ranking/index"):
        danish, english = (read(pages, path, lang) for lang in ("da", "en"))
        assert (danish.get("lang"), english.get("lang")) == ("da", "en")
        assert len(danish.xpath("//h1")) == len(english.xpath("//h1")) == 1
        assert danish.xpath("//h1")[0].text_content() != "" and danish.xpath("//th//text()") != english.xpath("//th//text()")


def test_hostile_texts_are_shown_and_not_run() -> None:
    store = ox.Store()
    kg, rdf, skos = f"{BASE}ontology/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2004/02/skos/core#"
    made = {"question/q": "SurveyQuestion", "gap/g": "Gap", "case/c": "CaseExample", "report-section/1": "ReportSection",
            "contradiction/k": "Contradiction", "statement/s": "ReportStatement"}
    for path, kind in made.items():
        iri = ox.NamedNode(BASE + path)
        store.add(ox.Quad(iri, ox.NamedNode(f"{rdf}type"), ox.NamedNode(kg + kind)))
        for lang in ("da", "en"):
            store.add(ox.Quad(iri, ox.NamedNode(f"{skos}prefLabel"), ox.Literal(HOSTILE, language=lang)))
        store.add(ox.Quad(iri, ox.NamedNode(f"{kg}section"), ox.NamedNode(f"{BASE}report-section/1")))
        store.add(ox.Quad(iri, ox.NamedNode(f"{kg}question"), ox.NamedNode(f"{BASE}question/q")))
    pages = Pages(Site(store, "0"))
    for path in [*made, "question/index", "gap/index", "case/index", "contradiction/index", "report-section/index"]:
        text = pages.html(path, "en") or ""
        assert "<script>alert" not in text
        assert HOSTILE in parse_page(text).text_content(), path


def test_a_figure_without_a_number_is_no_figure_and_breaks_no_page() -> None:
    store = ox.Store()
    iri = ox.NamedNode(f"{BASE}dataset/survey-2014/observation/x")
    store.add(ox.Quad(iri, ox.NamedNode(f"{BASE}ontology/value"), ox.Literal("many")))
    site = Site(store, "0")
    assert printed.read(site.views["en"], iri.value) is None
    assert printed.charts(Page(site, "index", "en"), "chart", []) == []
    assert Pages(site).html("dataset/survey-2014/observation/x", "en")


def test_a_question_opens_with_its_result_and_can_be_cited(pages: Pages) -> None:
    tree = read(pages, "question/motivation")
    first = " ".join(tree.xpath("string(//main//p[strong])").split())
    assert first == ("Blandt kommuner med Smart City svarer flest »Bedre miljø og klima« (78\u00a0pct.), »Optimering og effektivisering« "
                     "(71\u00a0pct.) og »Lokalt erhvervsliv« (68\u00a0pct.).").replace("\u00a0", " ")
    text = " ".join(tree.text_content().split())
    assert "54 af landets 98 kommuner svarede, anonymt, fra 2. december 2013 til 22. januar 2014." in text
    cited = tree.xpath("string(//p[@class='cite'])")
    assert cited.startswith("CEDI (2014): ") and cited.endswith(f"{BASE}question/motivation")
    assert tree.xpath("//code[starts-with(., '@techreport{motivation,')]")


def test_a_figure_says_among_how_many_and_when(pages: Pages) -> None:
    tree = read(pages, "dataset/survey-2014/observation/open-data-with-share-4-4", "en")
    text = " ".join(tree.text_content().split())
    assert "54 of Denmark's 98 municipalities answered, anonymously, from 2 December 2013 to 22 January 2014." in text
    assert ", section 4.4." in tree.xpath("string(//p[@class='cite'])")


def test_no_result_is_told_where_the_report_prints_two(pages: Pages) -> None:
    page = Page(pages.site, "question/motivation", "en")
    one = Printed("a", 40.0, item=f"{BASE}motivation/x", group=f"{BASE}population-group/all", statistic="s/share", precision="p/exact")
    assert quoting.result(page, [one]) and not quoting.result(page, [one, replace(one, value=50.0)]) and not quoting.result(page, [])
