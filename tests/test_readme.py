"""The README and docs/ say what is true: commands print what they show, Python runs, links lead somewhere, figures are the graph's."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from kommunegraf import __version__
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded
from tests.helpers import ROOT
from tests.helpers.command import good

TEXT = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language: str) -> list[str]:
    """The code blocks of a language, in the README and in docs/."""
    return [block for path in DOCUMENTS for block in re.findall(rf"```{language}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)]


def calls() -> list[tuple[str, list[str]]]:
    """Each command of a console with the lines that it shows; `...` stands for any lines."""
    commands = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *lines = part.rstrip("\n").split("\n")
            commands.append((command, lines))
    return commands


@pytest.mark.parametrize(("command", "shown"), calls(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_command_prints_what_is_shown(command: str, shown: list[str], built: Path, tmp_path: Path) -> None:
    name, *arguments = shlex.split(command)
    assert name == "kommunegraf"
    if arguments[0] != "build":
        (tmp_path / "build").symlink_to(built)
    output = good(*arguments, cwd=tmp_path).replace("\r\n", "\n")
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line.rstrip()) + r" *\n" for line in shown)
    assert re.fullmatch(pattern, output), output


def test_the_figures_are_the_graphs(engine: Embedded) -> None:
    counted = {row["class"].rsplit("/", 1)[1]: row["things"] for row in ask.run(engine, "contents", lang="en").rows()}
    shown = {
        "Municipality": "98 kommuner", "Initiative": "42 kinds of initiative", "MainArea": "7 hovedområder",
        "Evidence": "1119 pieces of evidence", "Adoption": "705 adoptions", "Solution": "101 solutions", "Gap": "46 gaps",
        "Contradiction": "21 contradictions", "CaseExample": "8 cases", "CaseFact": "169 single facts",
    }
    for name, words in shown.items():
        assert words in " ".join(TEXT.split()) and counted[name] == int(words.split()[0])
    assert len(ask.run(engine, "sources-by-reach").rows()) == 613 and "613 sources" in TEXT


def test_the_readme_is_short_and_tells_the_version_and_the_questions() -> None:
    assert len(TEXT.splitlines()) <= 150
    assert set(re.findall(r"\b[0-9]+\.[0-9]+\.[0-9]+\b", TEXT)) - {"2.3.4"} <= {__version__, "127.0.0"}
    assert f"{len(ask.folder())} questions have names" in TEXT


@pytest.mark.parametrize("code", blocks("python"))
def test_python_runs_as_it_is_shown(code: str, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(built.parent)
    space: dict[str, Any] = {}
    exec(code.replace("build/", f"{built.name}/"), space)
    assert space["match"].municipality.label == "Kalundborg Municipality"
    assert "rows" not in space or space["rows"][0]["municipalityLabel"].endswith("Municipality")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
        assert target.startswith("http") or (document.parent / target).exists(), target
