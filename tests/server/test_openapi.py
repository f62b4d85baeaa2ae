"""The description of the question API: valid, complete, and what the server does."""

import json
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.helpers import sampling
from tests.helpers.calls import LIBRARY
from tests.helpers.serving import Served, serving

from kommunegraf.graph import build
from kommunegraf.languages import Coverage
from kommunegraf.rdf.formats import HTML
from kommunegraf.server.pages import openapi
from kommunegraf.server.settings import Settings


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi.document(LIBRARY.values(), "0.1.0", Settings(), Coverage(("DK",), 98))


def faults(document: dict[str, Any]) -> list[str]:
    """What an independent validator finds wrong with an OpenAPI document."""
    validator = pytest.importorskip("openapi_spec_validator", reason="needs the package openapi-spec-validator")
    return [error.message for error in validator.OpenAPIV31SpecValidator(document).iter_errors()]


def test_the_description_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0" and not faults(document)


def test_an_invalid_description_is_seen(document: dict[str, Any]) -> None:
    broken = deepcopy({**document, "paths": {"/questions/regions": document["paths"]["/questions/regions"]}})
    assert not faults(broken)
    broken["paths"]["/questions/regions"]["get"]["parameters"][0]["schema"]["type"] = "word"
    assert faults(broken)


def test_every_question_is_described_with_all_its_parameters_in_both_languages(document: dict[str, Any]) -> None:
    assert set(document["paths"]) == {f"/questions/{name}" for name in LIBRARY}
    for name, question in LIBRARY.items():
        operation = document["paths"][f"/questions/{name}"]["get"]
        own = {parameter["name"]: parameter for parameter in operation["parameters"] if "name" in parameter}
        assert set(question.parameters) - {"lang"} <= set(own)
        for parameter in question.parameters.values():
            assert parameter.name == "lang" or all(label in own[parameter.name]["description"] for label in parameter.label.values())
        for lang in ("da", "en"):
            assert question.title[lang] in operation["summary"] and question.description[lang].strip() in operation["description"]


def test_formats_and_columns_are_described(document: dict[str, Any]) -> None:
    for name, question in LIBRARY.items():
        content = document["paths"][f"/questions/{name}"]["get"]["responses"]["200"]["content"]
        assert set(content) == {form.media for form in (*question.formats, HTML)}
        if question.columns:
            assert list(content["application/json"]["schema"]["items"]["properties"]) == list(question.columns)


def test_the_server_gives_the_description(served: Served, document: dict[str, Any]) -> None:
    answer = httpx.get(f"{served.base}/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert {**answer.json(), "info": None} == {**document, "info": None}
    again = httpx.get(f"{served.base}/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def chosen() -> list[str]:
    """Questions that together have every parameter, every form of answer and every group; all questions where a run tries all."""
    traits = {
        name: {question.group, question.form, *(f"?{parameter}" for parameter in question.parameters)} for name, question in LIBRARY.items()
    }
    if sampling.ALL:
        return list(traits)
    names: list[str] = []
    while missing := set().union(*traits.values()).difference(*(traits[name] for name in names)):
        names.append(max(traits, key=lambda name: len(traits[name] & missing)))
    return names


@pytest.mark.slow
def test_schemathesis_finds_nothing(built: Path, tmp_path: Path) -> None:
    """All its checks on questions of every kind: what the description allows, what it forbids, and what it does not say."""
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("needs the extra 'browser', which has schemathesis")
    names = chosen()
    with serving(built / build.NQUADS) as served:
        command = [
            program, "run", f"{served.base}/openapi.json", "--checks", "all", "--phases", "examples,coverage,fuzzing",
            *(word for name in names for word in ("--include-path", f"/questions/{name}")),
            "--max-examples", "5", "--seed", "1", "--no-color", "--report", "har", "--report-har-path", str(tmp_path / "requests.har"),
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
    entries = json.loads((tmp_path / "requests.har").read_text("utf-8"))["log"]["entries"]
    statuses = {entry["response"]["status"] for entry in entries}
    assert {200, 400, 404, 405} <= statuses and len(entries) > 20 * len(names)
