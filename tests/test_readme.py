"""The README says what is true: its commands print what it shows, and its figures are the graph's."""

import re
import shlex
from pathlib import Path

import pytest

from kommunegraf.questions import ask
from kommunegraf.rdf import engines
from kommunegraf.rdf.engines import Embedded
from tests.helpers import ROOT
from tests.helpers.command import good

TEXT = (ROOT / "README.md").read_text("utf-8")


def calls() -> list[tuple[str, list[str]]]:
    """Each command of the README's consoles with the lines that it shows; `...` stands for any lines."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *lines = part.rstrip("\n").split("\n")
            found.append((command, lines))
    return found


@pytest.mark.parametrize(("command", "shown"), calls(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_command_prints_what_the_readme_shows(command: str, shown: list[str], built: Path, tmp_path: Path) -> None:
    name, *arguments = shlex.split(command)
    assert name == "kommunegraf"
    if arguments[0] != "build":
        (tmp_path / "build").symlink_to(built)
    output = good(*arguments, cwd=tmp_path)
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


def test_the_three_lines_of_python_work(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    monkeypatch.chdir(built.parent)
    space: dict[str, object] = {"engines": engines}
    exec(code.replace("build/", f"{built.name}/"), space)
    rows = space["rows"]
    assert isinstance(rows, list) and rows[0]["municipalityLabel"].endswith("Municipality")


def test_every_link_to_a_file_leads_to_one() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert target.startswith("http") or (ROOT / target).exists(), target
