"""Many at once: lists of members, a survey tool's CSV with a mapping, RDF of another system; a report says how each fared."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from tests.helpers import ROOT, command

from kommunegraf.contribute import files, survey
from kommunegraf.contribute.checking import Given
from kommunegraf.contribute.register import Register
from kommunegraf.contribute.submission import Membership, Reply
from kommunegraf.namespaces import BASE, KG

TODAY = date(2026, 11, 28)
KL = Given(respondent="kl", role="list", day=TODAY)
COLUMNS = {
    "Q1": "municipality", "Q2": "role", "Q3": "date", "Q7": "smart-city-status", "Q8": "motivation:motivation/marketing", "Navn": None,
}  # fmt: skip
VALUES = {"Q2": {"1": "IT og digitalisering"}, "Q8": {"4": "I høj grad", "1": "Slet ikke"}}


def test_a_list_of_members_needs_no_more_than_kommune_and_network(held: Register, tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("Kommune;Netværk eller forening\nLæsø;OS2\nOdense;Gate21\n", "utf-8")
    found = files.check(path, held, TODAY, "da", KL)
    assert found.fit and [(one.municipality, one.memberships) for one in found.check.submissions] == [
        ("0825", [Membership("os2", "member", row=2)]), ("0461", [Membership("gate-21", "member", row=3)]),
    ]  # fmt: skip


def test_a_survey_tools_answers_are_mapped_and_what_is_unknown_is_refused(held: Register, tmp_path: Path) -> None:
    mapping, path = tmp_path / "map.json", tmp_path / "tool.csv"
    values = {**VALUES, "Q7": {"b": survey.label("smart-city-status/individual-activities", "da")}}
    mapping.write_text(json.dumps({"columns": COLUMNS, "values": values}), "utf-8")
    path.write_text("Q1,Q2,Q3,Q7,Q8,Navn\n751,1,2026-11-01,b,4,Bo\n461,1,2026-11-02,b,1,Bi\n", "utf-8")
    found = files.check(path, held, TODAY, "da", None, mapping)
    assert found.fit and [one.replies for one in found.check.submissions] == [
        [Reply("smart-city-status", "smart-city-status/individual-activities"), Reply("motivation", "motivation/marketing", degree)]
        for degree in ("high", "none")
    ]
    path.write_text("Q1,Q2,Q3,Q7,Q8,Q9\n751,1,2026-11-01,b,5,x\n", "utf-8")
    wrong = files.check(path, held, TODAY, "da", None, mapping).check.wrong
    assert [(fault.code, fault.value) for fault in wrong] == [("unknown-column", "Q9"), ("unmapped", "5")]
    mapping.write_text('{"columns": {"Q1": "municipalty"}}', "utf-8")
    assert "municipality" in command.bad("check", str(path), "--mapping", str(mapping))
    mapping.write_text("{", "utf-8")
    assert "is not JSON" in command.bad("check", str(path), "--mapping", str(mapping))


EVIDENCE = f"""@prefix kg: <{KG}> . @prefix dcterms: <http://purl.org/dc/terms/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<{BASE}evidence/x-1> a kg:Evidence ; skos:prefLabel "X: åbne data"@da , "X: open data"@en ; dcterms:title "Portalen" ;
  dcterms:description "Portalen er åben."@da , "The portal is open."@en ; kg:adopter <{BASE}municipality/CODE> ;
  kg:initiative <{BASE}initiative/open-data> ; kg:status <{BASE}status/active> ; kg:confidence <{BASE}confidence/high> ;
  kg:startYear 2021 ; dcterms:source <{BASE}source/cedi-2014> .
<{BASE}source/cedi-2014> dcterms:title "Smart City i de danske kommuner"@da .
"""


@pytest.mark.slow
def test_rdf_of_another_system_is_held_to_our_shapes_and_taken_in(held: Register, tmp_path: Path) -> None:
    path, data = tmp_path / "vendor.ttl", tmp_path / "data"
    path.write_text(EVIDENCE.replace("CODE", "0825").split(f"<{BASE}source/cedi-2014> dcterms:title")[0], "utf-8")
    text = path.read_text("utf-8").replace(f"<{BASE}source/cedi-2014> .", f"<{BASE}source/vendor> .")
    path.write_text(text + f'<{BASE}source/vendor> a dcterms:BibliographicResource ; dcterms:title "List"@en ; kg:year 2026 .\n', "utf-8")
    assert "Hvem siger det?" in files.check(path, held, TODAY, "da").refusal
    found = files.check(path, held, TODAY, "da", KL)
    assert found.fit, found.refusal
    (one,) = found.check.submissions
    assert (one.municipality, one.answers[0].new_solution, one.answers[0].since) == ("0825", "Portalen", 2021)
    shutil.copytree(ROOT / "data", data)
    done = command.run("import", str(path), "--respondent", "KL", "--brief", "--data", str(data))
    assert done.returncode == 0 and "answer-kl-0825" in (data / "evidence.csv").read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace("kg:startYear 2021 ;", 'kg:startYear "i går" ;'), "utf-8")
    assert "følger ikke vores regler" in files.check(path, held, TODAY, "da", KL).refusal
