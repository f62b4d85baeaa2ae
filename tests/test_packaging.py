"""What a user installs works: wheel, wheel made from the sdist, and editable checkout build the same graph, byte for byte.

The environments are fresh, but hold the libraries of the environment that runs the tests (a `.pth` file names it), so that
nothing is downloaded; what is installed here, the package itself, comes first on the path. That the declared
dependencies suffice is what `scripts/start` shows, in an environment made from them alone.
"""

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.helpers import ROOT

BUILT = "kommunegraf.nq"
pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    """The standard output of a command that must succeed, with no trace of this checkout in its environment."""
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def make_environment(folder: Path) -> Path:
    """A fresh virtual environment that can see this one's libraries. Returns its Python."""
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    python = folder / "bin" / "python"
    packages = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    Path(packages, "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return python


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sdist, the wheel made from it, and the wheel made from the checkout."""
    direct, through = tmp_path_factory.mktemp("direct"), tmp_path_factory.mktemp("through-sdist")
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", direct, ROOT, cwd=direct)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", through, ROOT, cwd=through)
    return {
        "wheel": next(direct.glob("*.whl")),
        "wheel from sdist": next(through.glob("*.whl")),
        "sdist": next(through.glob("*.tar.gz")),
    }


@pytest.fixture(scope="module")
def built(packages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The graph that each way of installing builds, and answers from, in a working directory of its own."""
    graphs = {}
    for way in ("wheel", "wheel from sdist", "editable"):
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        python = make_environment(elsewhere / "environment")
        what = ["--no-build-isolation", "--editable", ROOT] if way == "editable" else [packages[way]]
        run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", *what, cwd=elsewhere)
        place = run(python, "-c", "import kommunegraf; print(kommunegraf.__file__)", cwd=elsewhere).strip()
        assert Path(place).is_relative_to(ROOT if way == "editable" else elsewhere)
        command = python.parent / "kommunegraf"
        run(command, "build", "--output", elsewhere / "graph", cwd=elsewhere)
        assert "Kalundborg" in run(command, "query", "run", "municipality", "-p", "municipality=0326", "--graph", "graph", cwd=elsewhere)
        assert len(run(command, "query", "run", "contents", "--graph", "graph", "--format", "csv", cwd=elsewhere).splitlines()) > 10
        program = "import kommunegraf as k; print(k.ask(k.open_graph('graph/kommunegraf.nq'), 'municipality', kommune='Kalundborg').rows())"
        assert "Kalundborg" in run(python, "-c", program, cwd=elsewhere)
        graphs[way] = (elsewhere / "graph" / BUILT).read_bytes()
    return graphs


def test_every_way_of_installing_builds_the_same_graph(built: dict[str, bytes]) -> None:
    assert len(built["editable"].splitlines()) > 10_000
    assert built["wheel"] == built["wheel from sdist"] == built["editable"]


def test_the_wheel_carries_the_rooms_and_nothing_else(packages: dict[str, Path]) -> None:
    with zipfile.ZipFile(packages["wheel"]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    files = [path for room in ("ontology", "data", "queries", "docs") for path in (ROOT / room).rglob("*") if path.is_file()]
    rooms = {f"kommunegraf/_root/{path.relative_to(ROOT)}" for path in [*files, ROOT / "CHANGELOG.md"]}
    scripts = [path for path in (ROOT / "scripts" / "kommunegraf").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    modules = {str(path.relative_to(ROOT / "scripts")) for path in scripts}
    assert names == rooms | modules


def test_licences_travel_with_both(packages: dict[str, Path]) -> None:
    with zipfile.ZipFile(packages["wheel"]) as wheel, tarfile.open(packages["sdist"]) as sdist:
        inside, outside = wheel.namelist(), sdist.getnames()
    for name in ("LICENSE", "LICENSE-DATA"):
        assert any(path.endswith(f"/licenses/{name}") for path in inside)
        assert any(path.endswith(f"/{name}") for path in outside)


def test_the_sdist_carries_tests_and_commands(packages: dict[str, Path]) -> None:
    with tarfile.open(packages["sdist"]) as sdist:
        names = {name.split("/", 1)[1] for name in sdist.getnames() if "/" in name}
    assert {"README.md", "pyproject.toml", "scripts/start", "scripts/test", "tests/test_packaging.py"} <= names
