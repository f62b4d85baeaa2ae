"""A kommune says that it does not have something and never had: knowledge, and no adoption."""

import shutil
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest
from tests.helpers import ROOT
from tests.helpers.forms import filled

from kommunegraf.contribute import checking, effects, forms, reading, register, statements, template
from kommunegraf.contribute.register import Register
from kommunegraf.contribute.submission import Answer, Check, Submission
from kommunegraf.graph import adoption, build, journal, reader, validate
from kommunegraf.graph.adoption import Evidence, Limits, Source
from kommunegraf.matching.matcher import Matcher
from kommunegraf.namespaces import BASE
from kommunegraf.paths import Folders
from kommunegraf.publish.documents import Documents
from kommunegraf.rdf.engines import Embedded

CODE, TODAY = "0250", date(2026, 11, 28)
PLACE = f"{BASE}municipality/{CODE}"
LIMITS = Limits(2026, 3, 7)


def said(status: str, year: int, publisher: str = PLACE, confidence: str = "high") -> Evidence:
    source = Source(f"{BASE}source/{status}-{year}", year=year, publisher=publisher)
    return Evidence(f"{BASE}evidence/{status}-{year}", PLACE, f"{BASE}initiative/x", status, confidence, source, "X")


def test_a_no_makes_no_adoption_and_answers_a_weak_sign() -> None:
    no, weak, other = said("none", 2026), said("active", 2025, "", "low"), said("active", 2020, "")
    assert adoption.adoptions([no, weak], LIMITS) == {} and adoption.weak_signs([no, weak]) == {}
    assert list(adoption.denials([no, weak]).values()) == [no]
    (made,) = adoption.adoptions([no, other], LIMITS).values()
    assert made.evidence == (other,) and made.status == "active"  # what others say stands
    assert adoption.known_by([no], 2026) == []


def test_the_newest_own_word_counts() -> None:
    assert adoption.denials([said("none", 2026), said("active", 2027)]) == {}
    assert len(adoption.denials([said("none", 2027), said("active", 2027, "")])) == 1
    assert adoption.denials([said("none", 2026, f"{BASE}organisation/kl")]) == {}


def shared(graph: Embedded, initiative: str = "") -> list[str]:
    """The initiatives, or how often one, of the opportunities that send somebody to the kommune or the kommune to somebody."""
    opportunities = (one for one in Matcher.open(graph, "da").opportunities if one.initiative)
    told = [(one.initiative.name, {resource.iri for resource in (*one.audience, *one.partners)}) for one in opportunities if one.initiative]
    return [name for name, places in told if PLACE in places and initiative in ("", name)]


@pytest.fixture(scope="module")
def pair(held: Register, engine: Embedded) -> tuple[str, str]:
    """An initiative of which nothing is known for the kommune, and one for which others say that it is active and worth a visit."""
    spoken = {row["initiative"] for row in held.statements.values() if row["municipality"] == CODE}
    worth = shared(engine)
    active = next(name for name, one in held.adoptions[CODE].items() if one.status == "active" and name in worth)
    return next(name for name in held.initiatives if name not in spoken), active


def checked(held: Register, name: str, **cells: str) -> Check:
    label = held.label(f"initiative/{name}", "da")
    content = filled(template.make(held, CODE, "da"), {("Initiativer", label, heading): cell for heading, cell in cells.items()})
    return checking.check(reading.sheets(content, "x"), held, TODAY)


def test_the_check_tells_a_no_from_an_end(held: Register, pair: tuple[str, str]) -> None:
    unknown, active = pair
    for text in ("har ikke", "nej", "Aldrig"):
        found = checked(held, unknown, Status=text)
        assert not found.wrong and found.submissions[0].answers[0].status == "none"
    assert [fault.code for fault in checked(held, active, Status="nej").wrong] == ["ambiguous-no"]
    found = checked(held, active, Status="har ikke")
    assert not found.wrong and found.submissions[0].answers[0].since is None
    wrong = checked(held, unknown, Status="har ikke", **{"Begyndt (år)": "2020"}).wrong
    assert [fault.code for fault in wrong] == ["none-with-more"]


def test_only_the_kommune_itself_can_say_no(held: Register) -> None:
    text = "Kommune;Initiativ;Status\n0751;Åbne data;har ikke\n"
    given = checking.Given(respondent="kl", role="list", day=TODAY)
    found = checking.check(reading.sheets(text.encode(), "x"), held, TODAY, given=given)
    assert [fault.code for fault in found.wrong] == ["none-of-another"]


@pytest.fixture(scope="module")
def taken(held: Register, pair: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Register]:
    """The tables after a kommune said no to what nobody knew of, and to what others say it has."""
    data = tmp_path_factory.mktemp("none") / "data"
    shutil.copytree(ROOT / "data", data)
    submission = Submission(CODE, "staff", date(2026, 11, 1), answers=[Answer(name, "none") for name in pair])
    for _ in range(2):
        rows, changes = statements.take(register.read(data), [submission])
        journal.write(data, rows.files())
    assert {change.kind for change in changes} == {"unchanged"}  # the second time
    return data, register.read(data)


def test_a_no_is_a_row_and_the_next_form_shows_it(held: Register, pair: tuple[str, str], taken: tuple[Path, Register]) -> None:
    (unknown, active), (_, after) = pair, taken
    assert set(after.denials[CODE]) == {unknown, active} and unknown not in after.adoptions[CODE]
    assert after.adoptions[CODE][active] == held.adoptions[CODE][active]
    row = next(row for row in forms.make(after, CODE, "da").sheets["initiatives"] if row["key"].startswith(f"{unknown}#"))
    assert (row["status"], row["as_of"]) == ("har ikke", "2026") and "ikke har og ikke har haft" in row["known"]
    assert effects.statuses(held, after, [CODE], "da") == [(CODE, unknown, "ukendt", "har ikke (2026)")]
    assert not checked(after, unknown, Status="i gang").wrong  # a no can be corrected
    answer = Submission(CODE, "staff", date(2026, 11, 2), answers=[Answer(unknown, "active")])
    rows, changes = statements.take(after, [answer])
    assert [change.kind for change in changes] == ["changed"]


@pytest.fixture(scope="module")
def engine_of(taken: tuple[Path, Register]) -> Embedded:
    store = ox.Store()
    store.bulk_load(build.build(ROOT / "ontology", taken[0]).text().encode(), format=ox.RdfFormat.N_QUADS)
    return Embedded(store)


def test_pages_show_the_no_and_what_speaks_against_it(
    held: Register, pair: tuple[str, str], taken: tuple[Path, Register], engine_of: Embedded,
) -> None:
    unknown, active = (held.label(f"initiative/{name}", "da") for name in pair)
    documents = Documents(engine_of.store, "0", taken[0])
    page = (documents.read(f"municipality/{CODE}.html") or b"").decode()
    told = page[page.index('id="denied"') : page.index('id="missing"')]
    assert unknown in told and active in told and "nej (2026)" in told and told.count("andre kilder siger noget andet") == 1
    assert unknown not in page[page.index('id="missing"') :].split("</dl>")[0]
    assert "nej (2026)" in (documents.read("matrix.html") or b"").decode()
    evidence = (documents.read(f"evidence/{CODE}-{pair[0]}-1.html") or b"").decode()
    assert "har ikke" in evidence and "ikke har og ikke har haft" in evidence


def test_nobody_is_sent_to_a_kommune_that_says_no(pair: tuple[str, str], engine: Embedded, engine_of: Embedded) -> None:
    assert shared(engine, pair[1]) and not shared(engine_of, pair[1])
    cell = (PLACE, f"{BASE}initiative/{pair[1]}")
    claims = reader.read(engine_of)
    assert cell in claims.adoptions and cell in claims.denials  # kept, both


@pytest.mark.slow
def test_the_graph_with_a_no_keeps_every_rule(taken: tuple[Path, Register]) -> None:
    assert validate.project(Folders.of([taken[0]])) == []
