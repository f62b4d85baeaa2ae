"""The whole way as a kommune goes it: a form filled in LibreOffice, mistakes told and mended, taken in, built, served and asked."""

import shutil
from datetime import date
from pathlib import Path

import httpx
import pytest
from tests.helpers import ROOT, command, office
from tests.helpers.serving import serving
from tests.helpers.watching import opened

from kommunegraf.contribute import figures, private, template
from kommunegraf.contribute.register import Register, read
from kommunegraf.contribute.submission import Reply, Submission
from kommunegraf.graph import build
from kommunegraf.publish.documents import Documents, release
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(office.missing()), reason=office.missing() or "LibreOffice is here")]
CODE = "0751"
SHEET, MEMBERS, ABOUT = "Initiativer", "Medlemskaber", "Om svaret"
SECRET = "hemmelighed-4711"


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_form_is_filled_in_libreoffice_and_its_answers_stand_everywhere(held: Register, tmp_path: Path, form: str) -> None:
    data, path = tmp_path / "data", tmp_path / f"aarhus.{form}"
    shutil.copytree(ROOT / "data", data)
    path.write_bytes(template.make(held, CODE, "da", form))
    known = [(name, held.label(f"initiative/{name}", "da")) for name, one in held.adoptions[CODE].items() if one.status == "active"]
    unknown = [(name, held.label(f"initiative/{name}", "da")) for name in held.initiatives if name not in held.adoptions[CODE]]
    (_, ended), (_, sure), (_, solved), (_, other) = known[:4]
    (_, begun), (_, planned) = unknown[:2]
    network = next(name for name in held.vehicles if name not in {row["organisation"] for row in held.memberships[CODE]})
    office.typed(path, [
        (ABOUT, "Hvem svarer", "", "it og digitalisering"), (ABOUT, "Svarets dato", "", "1. januar 2050"),
        (SHEET, ended, "Status", "afslutet"), (SHEET, ended, "Slut (år)", "2025"),
        (SHEET, sure, "Stadig rigtigt?", "måske"),
        (SHEET, solved, "Løsning", "Exorlve"),
        (SHEET, begun, "Status", "i gang"), (SHEET, begun, "Begyndt (år)", "sidste år"),
        (SHEET, planned, "Status", "planlagt"), (SHEET, planned, "Partnere", "Odnse"),
        (SHEET, other, "Bemærkning til redaktionen", SECRET),
        (MEMBERS, held.label(f"organisation/{network}", "da"), "Medlem?", "medlem"),
    ])  # fmt: skip
    done = command.run("check", str(path), "--data", str(data))
    assert done.returncode == 1 and "6 ting skal rettes" in done.stdout
    told = ("ligger i fremtiden", "Mente du »afsluttet«?", "ikke »måske«", "Mente du »Exorlive«", "ikke et årstal", "Mente du »Odense«")
    assert [text for text in told if text not in done.stdout] == []
    office.typed(path, [
        (ABOUT, "Svarets dato", "", "01-11-2026"), (SHEET, ended, "Status", "afsluttet"), (SHEET, sure, "Stadig rigtigt?", "ja"),
        (SHEET, solved, "Løsning", "ny: Kvikmelder"), (SHEET, begun, "Begyndt (år)", "2025"), (SHEET, planned, "Partnere", "Odense"),
    ])  # fmt: skip
    assert command.run("check", str(path), "--data", str(data)).returncode == 0
    assert command.run("import", str(path), "--brief", "--data", str(data)).returncode == 0
    again = command.run("import", str(path), "--brief", "--data", str(data))
    assert again.returncode == 0 and "Ingen nye oplysninger" in again.stdout

    after = read(data)
    assert [after.adoptions[CODE][name].status for name, _ in (known[0], known[1], known[2], unknown[0], unknown[1])] == [
        "ended", "active", "active", "active", "planned",
    ]  # fmt: skip
    assert all(after.adoptions[CODE][name].as_of == 2026 for name, _ in (known[0], known[1], known[2], unknown[0], unknown[1]))
    assert network in {row["organisation"] for row in after.memberships[CODE]}
    folder = tmp_path / "graph"
    build.write(build.build(ROOT / "ontology", data), folder)
    _stands_everywhere(folder, data, [ended, sure, solved, begun, planned], held.label(f"organisation/{network}", "da"))
    if form == "xlsx":
        _nothing_private(held, folder, data)


def _stands_everywhere(folder: Path, data: Path, labels: list[str], network: str) -> None:
    """The answers, with their source, on the kommune's page, in the questions and in matching."""
    source = "Svar fra Aarhus (IT og digitalisering), 1. november 2026"
    with serving(folder / build.NQUADS, data=data) as served:
        wanted = {"Accept": "text/html", "Accept-Language": "da"}
        page = httpx.get(f"{served.base}/municipality/{CODE}", headers=wanted, follow_redirects=True, timeout=60)
        assert page.status_code == 200 and source in page.text and network in page.text and all(label in page.text for label in labels)
    engine = Embedded.open(folder / build.NQUADS)
    rows = ask.run(engine, "sources-of-municipality", municipality=CODE).rows()
    assert source in str(rows)
    done = command.run("match", "Aarhus", "--graph", str(folder), "--lang", "da", "--format", "json")
    assert done.returncode == 0 and "answer-digitalisation-0751-2026-11-01" in done.stdout


def _nothing_private(held: Register, folder: Path, data: Path) -> None:
    """A second round stands beside 2014, and publishing opens no private file and carries no private word."""
    opened_place = f"open/{SECRET}"
    for code in held.codes[:60]:
        standing = "smart-city-status/" + ("individual-activities" if int(code) % 3 else "neither-nor-planned")
        degree = "high" if int(code) % 2 else "none"
        replies = [Reply("smart-city-status", standing), Reply("initiative-status", opened_place, "active")]
        replies.append(Reply("motivation", "motivation/marketing", degree))
        private.store(data, [Submission(code, "staff", date(2026, 11, 1), replies=replies)])
    shown = figures.of_round(held, data, 2026)
    assert any(one.item == "motivation/marketing" and one.value is not None and one.before for one in shown)
    assert SECRET not in str(shown)
    with opened() as paths:
        engine = Embedded.open(folder / build.NQUADS)
        documents = Documents(engine.store, release(engine.store), data)
        dumped = documents.dumps.files
        pages = [documents.read(name) or b"" for name in ("index.html", f"municipality/{CODE}.html", f"form/{CODE}-da.xlsx")]
    assert not [path for path in paths if "data-private" in path] and [path for path in paths if str(data) in path]
    assert not [name for name, content in dumped.items() if SECRET.encode() in content]
    assert not any(SECRET.encode() in page for page in pages)
    assert "evidence.csv" in str(list(dumped)) and not [name for name in documents.dumps.names if "private" in name]
