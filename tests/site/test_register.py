"""The pages of kommuner, initiatives, evidence and collaboration say what the tables say, and no more."""

import json
import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from tests.helpers.pages import read, words
from tests.helpers.tables import read_table

from kommunegraf.graph.adoption import Adoption, Evidence, Source
from kommunegraf.languages import alphabetical
from kommunegraf.languages import words as dictionary
from kommunegraf.matching.text import significance
from kommunegraf.namespaces import BASE
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded
from kommunegraf.site.model import Site
from kommunegraf.site.pages import collaboration, places
from kommunegraf.site.parts import claims, maps
from kommunegraf.site.registry import Pages
from kommunegraf.site.render import Page
from kommunegraf.site.status import when

SAID = Evidence("e", "m", "i", "active", "high", Source("s", year=2015))
HOSTILE = '<script>alert("x")</script> & \u202eabc'
LANGUAGES = ("da", "en")


def leads_to(tree: Any, kind: str) -> set[str]:
    """The last parts of the addresses of one kind that a page's own part leads to, the statements at its end aside."""
    links = tree.xpath("//main//a[not(ancestor::details[@class='statements' or @class='mentions'])]/@href")
    return {m[1] for link in links if (m := re.search(rf"{kind}/([\w-]+?)(?:\.en)?\.html", link))}


def counted() -> dict[tuple[str, str], list[dict[str, str]]]:
    """The evidence that makes adoptions, by kommune and initiative, from the table."""
    counts = defaultdict(list)
    for row in read_table("evidence"):
        if row["confidence"] != "low":
            counts[row["municipality"], row["initiative"]].append(row)
    return dict(counts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_kommune_lists_its_initiatives_with_all_evidence_behind_them(pages: Pages, lang: str) -> None:
    counts = counted()
    for code in ("0101", "0326", "0751", "0840"):
        tree = read(pages, f"municipality/{code}", lang)
        rows = tree.xpath("//table[contains(@class, 'grouped')]//tr[td]")
        assert {e for row in rows for e in leads_to_of(row, "adoption")} == {f"{c}-{i}" for c, i in counts if c == code}
        behind = {f"{code}-{r['initiative']}-{r['number']}" for (c, _), rs in counts.items() if c == code for r in rs}
        assert {e for row in rows for e in leads_to_of(row, "evidence")} == behind


def leads_to_of(row: Any, kind: str) -> set[str]:
    return {m[1] for link in row.xpath(".//a/@href") if (m := re.search(rf"{kind}/([\w-]+?)(?:\.en)?\.html", link))}


def test_a_survey_initiative_without_evidence_is_none_found_and_never_no(pages: Pages) -> None:
    survey = {row["initiative"] for row in read_table("initiative-main-areas")}
    having = {row["initiative"] for row in read_table("evidence") if row["municipality"] == "0326"}
    tree = read(pages, "municipality/0326")
    missing = {e for dl in tree.xpath("//div[@id='missing']/dl") for e in leads_to_of(dl, "initiative")}
    assert missing == survey - having and len(survey) == 27
    assert "Det er ukendt, om kommunen har dem." in words(tree)


def test_a_kommune_without_counted_evidence_says_that_this_shows_nothing(pages: Pages) -> None:
    silent = ox.NamedNode(f"{BASE}municipality/0825")
    adoptions = {quad.subject for quad in pages.site.store.quads_for_pattern(None, ox.NamedNode(f"{BASE}ontology/adopter"), silent)}
    store = ox.Store()
    store.extend(quad for quad in pages.site.store if quad.subject not in adoptions and quad.object not in adoptions)
    tree = read(Pages(Site(store, "0.1.0")), "municipality/0825", "en")
    assert "It does not mean that the municipality has no initiatives." in words(tree)
    assert not tree.xpath("//table[contains(@class, 'grouped')]")


def test_evidence_of_low_confidence_stands_apart(pages: Pages) -> None:
    low = {f"{r['municipality']}-{r['initiative']}-{r['number']}" for r in read_table("evidence") if r["confidence"] == "low"}
    tree = read(pages, "municipality/0326")
    own = {e for e in low if e.startswith("0326-") and tuple(e.rsplit("-", 1)[0].split("-", 1)) not in counted()}
    assert leads_to_of(tree.xpath("//div[@id='weak']")[0], "evidence") == own != set()
    page = read(pages, f"evidence/{min(own)}")
    assert "lav" in words(page) and "er derfor kun et svagt tegn" in words(page) and not leads_to(page, "adoption")


def test_what_is_not_known_of_a_place_is_unknown(pages: Pages) -> None:
    typed = {row["municipality"] for row in read_table("municipality-types")}
    for code in ("0101", "0326"):
        fact = read(pages, f"municipality/{code}", "en").xpath("string(//dt[.='Municipality type']/following-sibling::dd[1])").strip()
        assert (fact == "unknown") == (code not in typed)


def test_the_survey_is_said_to_tell_nothing_of_a_kommune(pages: Pages) -> None:
    for code, figures in (("0326", 2), ("0101", 2), ("0153", 0)):
        tree = read(pages, f"municipality/{code}", "en")
        assert "It says nothing about this very municipality" in words(tree)
        shown = tree.xpath("//div[@id='survey']/ul/li")
        assert len(shown) == figures, code


def test_partners_are_said_to_be_a_ranking_and_carry_their_evidence(pages: Pages) -> None:
    matcher = pages.site.matcher["en"]
    matched = matcher.match(f"{BASE}municipality/0326")
    tree = read(pages, "municipality/0326", "en")
    assert significance(matcher.power, 0, "en") in words(tree)
    rows = tree.xpath("//details[@id='alike']//tbody/tr")
    assert [row.xpath("string(th/a)") for row in rows] == [p.municipality.label for p in matched.alike[:5]]
    for row, partner in zip(rows, matched.alike):
        assert leads_to_of(row, "adoption") == {f"{partner.municipality.name}-{s.initiative.name}" for s in partner.shared}
        assert row.xpath("string(td[1])") == str(partner.score.overlap)


def test_neighbours_are_those_of_the_tables_with_what_only_they_have(pages: Pages) -> None:
    pairs = [r for name in ("municipality-borders", "municipality-fixed-links") for r in both_ways(read_table(name))]
    near = {r["neighbour"] for r in pairs if r["one"] == "0450"}
    tree = read(pages, "municipality/0450")
    rows = tree.xpath("//div[@id='neighbours']//tbody/tr")
    assert {code for row in rows for code in leads_to_of(row, "municipality")} == near and "0330" in near
    mentioned = {r["initiative"] for r in read_table("evidence") if r["municipality"] == "0450"}
    for row in rows:
        assert not {a.partition("-")[2] for a in leads_to_of(row.xpath("td[2]")[0], "adoption")} & mentioned


def both_ways(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    pairs = [list(row.values())[:2] for row in rows]
    return [{"one": a, "neighbour": b} for one, other in pairs for a, b in ((one, other), (other, one))]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_initiative_lists_every_kommune_where_it_was_found(pages: Pages, lang: str) -> None:
    counts = counted()
    for initiative in ("open-data", "smart-village", "waste-app", "live-streaming-council"):
        tree = read(pages, f"initiative/{initiative}", lang)
        assert leads_to(tree, "adoption") == {f"{c}-{i}" for c, i in counts if i == initiative}
        low = {r["municipality"] for r in read_table("evidence") if (r["initiative"], r["confidence"]) == (initiative, "low")}
        assert {c for c, i in counts if i == initiative} | low <= leads_to(tree, "municipality")


def test_printed_prevalence_stands_beside_what_was_found_and_is_never_equated(pages: Pages, engine: Embedded) -> None:
    answer = ask.run(engine, "prevalence-beside-evidence", lang="en").rows()
    for row in answer:
        tree = read(pages, f"initiative/{row['initiative'].rpartition('/')[2]}", "en")
        values = tree.xpath("//dl[@class='beside']/div/dd/b/text()")
        assert values[-1] == str(row["adopters"]), row
        printed = f"{row['share']:g}\u00a0per cent" if row["share"] is not None else ""
        assert printed in values if printed else "not in the text of the report" in words(tree)
        assert "The two cannot be compared" in words(tree)


def test_an_initiative_beyond_the_survey_is_not_said_to_have_been_asked_about(pages: Pages) -> None:
    assert "whether it was asked about is not known" in words(read(pages, "initiative/smart-village", "en"))


def test_danish_letters_stand_last_and_aa_as_the_letter_that_it_is_read_as() -> None:
    names = ["Albertslund", "Vejle", "Zealand", "Ærø", "Öland", "Ørsted", "Aabenraa", "Åbyhøj", "Aarhus"]
    assert sorted(reversed(names), key=alphabetical) == names


def test_lists_count_as_the_tables_do(pages: Pages) -> None:
    active = [pair for pair, one in pages.site.claims.adoptions.items() if one.status == "active"]
    by_place, by_initiative = Counter(c.rsplit("/", 1)[1] for c, _ in active), Counter(i.rsplit("/", 1)[1] for _, i in active)
    rows = read(pages, "municipality/index").xpath("//tbody/tr")
    assert {row.xpath("th/a/@href")[0][-9:-5]: int(row.xpath("string(td[3])")) for row in rows} == {
        row["code"]: by_place[row["code"]] for row in read_table("municipalities")
    }
    rows = read(pages, "initiative/index").xpath("//tbody/tr[td]")
    shown = {i: int(row.xpath("string(td[1])")) for row in rows for i in leads_to_of(row.xpath("th")[0], "initiative")}
    assert Counter(shown) == by_initiative
    rows = read(pages, "region/1085").xpath("//h2[.='Kommuner']/following-sibling::div[1]//tbody/tr")
    assert len(rows) == sum(r["region"] == "1085" for r in read_table("municipalities"))


def test_the_matrix_has_a_sign_for_each_adoption_and_leaves_the_unknown_empty(pages: Pages) -> None:
    tree = read(pages, "matrix")
    counts = counted()
    areas = [read(pages, path) for path in pages.documents if path.startswith("matrix/")]
    assert set().union(*(leads_to(area, "adoption") for area in areas)) == {f"{c}-{i}" for c, i in counts}
    cells = tree.xpath("//table[@class='matrix']//td[not(@class='corner')]")
    pairs = {(row["municipality"], row["initiative"]) for row in read_table("evidence")}
    assert len(cells) == 98 * 42 and sum(1 for cell in cells if not words_of(cell)) == 98 * 42 - len(pairs)
    weak = {cell.get("href") for area in areas for cell in area.xpath("//table[@class='matrix']//a[@class='weak']")}
    assert len(weak) == len(pairs - set(counts)) and all("evidence/" in href for href in weak)


def words_of(element: Any) -> str:
    return str(element.xpath("string()")).strip()


@pytest.mark.parametrize(("adoption", "lang", "told"), [
    (Adoption("a", "m", "i", "planned", "fresh", (SAID,), as_of=2015), "da", " (2015)"),
    (Adoption("a", "m", "i", "ended", "old", (SAID,), as_of=2015, since=2012, until=2014), "da", " 2014, begyndt 2012"),
    (Adoption("a", "m", "i", "ended", "old", (SAID,), as_of=2015), "en", " (2015)"),
    (Adoption("a", "m", "i", "active", "undated", (replace(SAID, source=Source("s")),)), "da", ", kilde uden årstal"),
    (Adoption("a", "m", "i", "active", "old", (replace(SAID, source=Source("s")),), since=2012), "en", ", begun 2012"),
    (Adoption("a", "m", "i", "active", "old", (replace(SAID, source=Source("s", not_before=2018)),)), "da", " (2018 eller senere)"),
])
def test_the_year_stands_with_the_status(adoption: Adoption, lang: str, told: str) -> None:
    assert when(adoption, dictionary(lang, "site")) == told


def test_wherever_a_status_is_shown_its_year_stands_with_it(pages: Pages) -> None:
    """On the pages of one kommune, one initiative and one solution, on the map and in the matrix."""
    dictionary_da = dictionary("da", "site")
    for about in ("municipality/0101", "initiative/open-data", "solution/giv-et-praj"):
        tree = read(pages, about)
        rows = {
            row.xpath(".//a[contains(@href, 'adoption/')]/@href")[0]: words_of(row)
            for row in tree.xpath("//main//tr[td][.//*[@class='years']][.//a[contains(@href, 'adoption/')]]")
        }
        assert rows
        for href, text in rows.items():
            one = claims.index(pages.site).by_iri[BASE + re.sub(r"^(\.\./)*|\.html$", "", href)]
            assert when(one, dictionary_da) in re.sub(r"\s+", " ", text), (about, href)
    titles = read(pages, "initiative/open-data").xpath("//a[contains(@class, 'spot')]/title/text()")
    assert titles and all(re.search(r"\d{4}|uden årstal", title) for title in titles)
    cells = [words_of(cell) for cell in read(pages, "matrix").xpath("//table[@class='matrix']//td[@class]")]
    assert any(cells) and all(re.search(r"\d{4}|uden årstal", cell) for cell in cells if cell)


def test_a_status_that_sources_dispute_leads_to_them(pages: Pages) -> None:
    disputed = [one for one in pages.site.claims.adoptions.values() if one.against]
    assert disputed
    for one in disputed[:3]:
        for about in (one.municipality, one.initiative):
            links = read(pages, about.removeprefix(BASE)).xpath("//a[@class='disputed']/@href")
            assert any(link.endswith(f"{one.iri.rsplit('/', 1)[1]}.html#against") for link in links)
        shown = read(pages, one.iri.removeprefix(BASE)).xpath("//section[@id='against']")[0]
        assert leads_to_of(shown, "evidence") == {e.iri.rsplit("/", 1)[1] for e in one.against}


def test_old_and_undated_news_is_quieter(pages: Pages) -> None:
    tree = read(pages, "municipality/0101")
    shown = Counter(mark.get("class").split()[-1] for mark in tree.xpath("//main//tr//span[contains(@class, 'age-')]"))
    own = Counter(f"age-{one.freshness}" for (place, _), one in pages.site.claims.adoptions.items() if place.endswith("/0101"))
    assert shown == own and own["age-old"]


def test_a_solution_that_only_weak_signs_name_is_not_told_as_used_by_nobody(pages: Pages) -> None:
    low = {(r["municipality"], r["initiative"], r["number"]) for r in read_table("evidence") if r["confidence"] == "low"}
    named = {r["municipality"] for r in read_table("evidence-solutions") if r["solution"] == "renoweb" and
             (r["municipality"], r["initiative"], r["number"]) in low}
    tree = read(pages, "solution/renoweb")
    assert len(named) > 20 and f"svage tegn i {len(named)}" in words(tree) and leads_to(tree, "municipality") >= named
    row = read(pages, "initiative/waste-app").xpath("//tr[th/a[contains(@href, 'solution/renoweb')]]")[0]
    assert words_of(row.xpath("td[2]")[0]) == str(len(named))


def test_the_spread_of_an_initiative_is_counted_year_by_year(pages: Pages) -> None:
    curve = dict(claims.spread(pages.site)[f"{BASE}initiative/report-a-problem-app"])
    assert curve[2015] == sum(one.status == "active" and i.endswith("/report-a-problem-app")
                              for (_, i), one in pages.site.claims.as_of(2015).items()) > 0
    assert len(read(pages, "initiative/report-a-problem-app").xpath("//svg[contains(@class, 'columns-of-years')]")) == 1


def test_an_adoption_says_what_decided_it_and_by_which_rule(pages: Pages) -> None:
    tree = read(pages, "adoption/0326-report-a-problem-app")
    behind = counted()["0326", "report-a-problem-app"]
    assert leads_to(tree, "evidence") == {f"0326-report-a-problem-app-{r['number']}" for r in behind}
    decided = tree.xpath("//dt[.='Status bygger på']/following-sibling::dd[1]//a/@href")[0]
    assert "0326-report-a-problem-app-1.html" in decided and leads_to(tree, "activity") == {"adoption-rule-2"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_evidence_leads_to_its_source_and_the_source_back(pages: Pages, lang: str) -> None:
    row = next(r for r in read_table("evidence") if (r["municipality"], r["confidence"]) == ("0751", "high"))
    source = next(s for s in read_table("sources") if s["id"] == row["source"])
    tree = read(pages, f"evidence/0751-{row['initiative']}-{row['number']}", lang)
    assert leads_to(tree, "source") == {row["source"]} and source["url"] in tree.xpath("//main//a/@href")
    assert row[f"summary_{lang}"] in words(tree)
    names = {f"{r['municipality']}-{r['initiative']}-{r['number']}" for r in read_table("evidence") if r["source"] == row["source"]}
    back = read(pages, f"source/{row['source']}", lang)
    assert leads_to(back, "evidence") == names and source["url"] in back.xpath("//main//a/@href")


def test_the_report_s_page_leads_to_all_its_sections_in_order(pages: Pages) -> None:
    tree = read(pages, "source/cedi-2014", "en")
    assert leads_to(tree, "report-section") == {row["id"] for row in read_table("sections")}
    assert "may have moved, changed or gone" in words(tree)


def test_an_organisation_shows_where_it_is_partner_and_a_solution_who_uses_it(pages: Pages) -> None:
    rows = [r for r in read_table("evidence-partners") if r["organisation"] == "kl"]
    assert leads_to(read(pages, "organisation/kl"), "evidence") >= {f"{r['municipality']}-{r['initiative']}-{r['number']}" for r in rows}
    low = {(r["municipality"], r["initiative"], r["number"]) for r in read_table("evidence") if r["confidence"] == "low"}
    used = {(r["municipality"], r["initiative"], r["number"]) for r in read_table("evidence-solutions") if r["solution"] == "giv-et-praj"}
    assert leads_to(read(pages, "solution/giv-et-praj"), "adoption") == {f"{c}-{i}" for c, i, _ in used - low}


def test_memberships_stand_on_both_sides_with_their_years(pages: Pages) -> None:
    rows = read_table("memberships")
    tree = read(pages, "municipality/0101")
    assert {row["organisation"] for row in rows if row["municipality"] == "0101"} <= leads_to(tree, "organisation")
    assert "2000–2016" in words(tree)
    members = leads_to(read(pages, "organisation/green-cities", "en"), "municipality")
    assert members == {row["municipality"] for row in rows if row["organisation"] == "green-cities"}


def test_a_former_name_says_what_stands_in_its_place(pages: Pages) -> None:
    for former in (*read_table("former-organisations"), *read_table("former-solutions")):
        kind = "organisation" if former in read_table("former-organisations") else "solution"
        assert former["replaced_by"] in leads_to(read(pages, f"{kind}/{former['id']}"), kind)


def test_front_page_figures_are_counted_in_the_tables(pages: Pages) -> None:
    tree = read(pages, "index", "en")
    shown = {words_of(a).partition(" ")[2]: int(a.xpath("string(b)").replace(",", "")) for a in tree.xpath("//ul[@class='figures']//a")}
    same = ("municipalities", "initiatives", "evidence", "sources", "solutions", "cases")
    names = {
        **dict(zip(same, same)), "figures of the report": "survey-observations", "missing information": "survey-gaps",
        "contradictions of the report": "contradictions",
    }
    assert shown == {
        **{word: len(read_table(name)) for word, name in names.items()}, "initiatives of municipalities": len(counted()),
    }
    assert "a low count does not show" in words(tree)


def test_the_front_page_is_a_data_set_to_search_engines(pages: Pages) -> None:
    described = json.loads(read(pages, "index").xpath("//script[@type='application/ld+json']/text()")[0])
    assert (described["@type"], described["license"]) == ("Dataset", "https://creativecommons.org/licenses/by/4.0/")
    assert 50 < len(described["description"]) < 5000  # what Google's guide to data sets asks
    assert {d["encodingFormat"] for d in described["distribution"]} >= {"text/turtle", "application/n-quads"}


def test_a_map_shows_each_status_and_links_only_what_it_is_about(pages: Pages) -> None:
    tree = read(pages, "initiative/open-data")
    spots = tree.xpath("//svg[contains(@class, 'cartogram')]/*[contains(@class, 'spot')]")
    status = Counter(spot.get("class").split()[1] for spot in spots)
    places = {row["municipality"] for row in read_table("evidence") if row["initiative"] == "open-data"}
    assert len(spots) == 98 and status["unknown"] == 98 - len(places)
    assert sum(spot.tag == "a" for spot in spots) == 98 - status["unknown"]


def test_collaboration_lists_what_matching_answers(pages: Pages) -> None:
    matcher = pages.site.matcher["da"]
    tree = read(pages, "matching")
    assert significance(matcher.power, 0, "da") in words(tree)
    sizes = [len(t.xpath("tbody/tr")) for t in tree.xpath("//main//table")]
    assert sizes == [len(matcher.vehicles)] and len(leads_to(tree, "municipality")) == 98
    assert len(tree.xpath("//ol[@class='opportunities']/li")) == len(matcher.opportunities) > 5
    assert len(tree.xpath("//a[contains(@href, '#opportunities')]")) == 98


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_is_a_page(pages: Pages, lang: str) -> None:
    tree = read(pages, "matching/report", lang)
    assert len(tree.xpath("//h1")) == 1 and len(tree.xpath("//main//tbody/tr")) > 98


def test_markup_in_the_report_is_shown_not_used(tmp_path: Path, pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "report.md"
    file.write_text(f"# T\n\n{HOSTILE} [x](javascript:alert(1))\n", "utf-8")
    monkeypatch.setattr(collaboration, "report_file", lambda lang: file)
    tree = read(pages, "matching/report")
    assert HOSTILE.partition(" &")[0] in words(tree)
    assert not tree.xpath("//main//script") and not tree.xpath("//main//a[starts-with(@href, 'javascript')]")


@pytest.fixture(scope="module")
def small() -> Pages:
    """A store with hostile names and hardly any facts."""
    label, thing = "http://www.w3.org/2004/02/skos/core#prefLabel", f"{BASE}municipality/0001"
    store = ox.Store()

    def say(subject: str, name: str, value: ox.NamedNode | ox.Literal) -> None:
        store.add(ox.Quad(ox.NamedNode(subject), ox.NamedNode(name), value))

    kinds = {
        "municipality/0001": "Municipality", "initiative/x": "Initiative", "adoption/0001-x": "Adoption", "evidence/0001-x-1": "Evidence",
        "adoption/of-nothing": "Adoption", "evidence/of-nothing": "Evidence", "solution/s": "Solution", "region/r": "Region",
        "main-area/m": "MainArea", "organisation/o": "Other", "source/q": "Other",
    }
    for path, kind in kinds.items():
        say(BASE + path, label, ox.Literal(HOSTILE, language="da"))
        say(BASE + path, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", ox.NamedNode(f"{BASE}ontology/{kind}"))
    say(f"{BASE}adoption/of-nothing", f"{BASE}ontology/solution", ox.NamedNode(f"{BASE}solution/s"))
    for path in ("adoption/0001-x", "evidence/0001-x-1"):
        say(BASE + path, f"{BASE}ontology/adopter", ox.NamedNode(thing))
        say(BASE + path, f"{BASE}ontology/initiative", ox.NamedNode(f"{BASE}initiative/x"))
    site = Site(store, "0")
    site.__dict__["matcher"] = {}  # matching refuses a graph that lacks so much
    return Pages(site)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_of_a_store_that_says_little_are_whole_and_escaped(small: Pages, lang: str) -> None:
    paths = [p for p in small.resources] + ["index", "municipality/index", "initiative/index", "matrix", "matching"]
    for path in paths:
        tree = read(small, path, lang)
        scripts = [s for s in tree.xpath("//script") if s.get("type") != "application/ld+json" and not s.get("src")]
        assert not scripts and tree.xpath("//h1"), path
    assert HOSTILE.replace("\u202e", "") in words(read(small, "municipality/0001", lang)).replace("\u202e", "")
    unknown = {"da": "ukendt", "en": "unknown"}[lang]
    assert words(read(small, "municipality/0001", lang)).count(unknown) >= 4


def test_a_kommune_without_population_or_point_is_no_fault(small: Pages) -> None:
    page = Page(small.site, "municipality/0001", "en")
    values = places.municipality(page, f"{BASE}municipality/0001")
    assert values.facts.population is None and values.survey.figures == [] and values.facts.map == "" and maps.layout(small.site) is None
