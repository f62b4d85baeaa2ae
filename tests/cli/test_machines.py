"""The command on machines that are not ours: other encodings, narrow screens, full disks, little memory, an impatient user."""

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
import rdflib
from tests.helpers import ROOT
from tests.helpers.command import good

from kommunegraf import paths
from kommunegraf.graph import build as builder

COMMAND = f"{sys.executable} -m kommunegraf"


def shell(line: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """What a shell does with a line in which KG is the command."""
    place = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), **environment}
    return subprocess.run(["bash", "-c", line.replace("KG", COMMAND)], capture_output=True, env=place, check=False)


pytestmark = pytest.mark.slow
OTHERS = ({"PYTHONIOENCODING": "cp1252"}, {"PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})


@pytest.mark.parametrize(("call", "environment"), [
    ("KG query run regions --format rows --graph {}", OTHERS[0]), ("KG query run regions --format csv --graph {}", OTHERS[2]),
    ("KG query run profile --format turtle --graph {}", OTHERS[1]), ("KG match 0147 --format json --graph {}", OTHERS[2]),
])
def test_data_is_utf8_in_every_locale(built: Path, call: str, environment: dict[str, str]) -> None:
    plain, other = (shell(call.format(built), **place) for place in ({"PYTHONUTF8": "1"}, environment))
    assert (other.returncode, other.stderr) == (0, b"") and other.stdout == plain.stdout
    assert not other.stdout.decode("utf-8").isascii()


@pytest.mark.parametrize("environment", OTHERS[1:], ids=str)
def test_findings_are_utf8_in_every_locale(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "småt.ttl").write_text("<http://e/å> <http://e/b> ", "utf-8")
    done = shell(f"KG validate '{tmp_path}/småt.ttl' --format json", **environment)
    assert json.loads(done.stdout)[0]["file"].endswith("småt.ttl") and done.stderr == b""
    report = shell(f"KG validate '{tmp_path}/småt.ttl' --format turtle", **environment).stdout
    assert len(rdflib.Graph().parse(data=report, format="turtle")) > 3


@pytest.mark.parametrize(("call", "environment"), [
    ("KG match 0147 --graph {}", {"PYTHONIOENCODING": "ascii"}), ("KG query run prevalence --graph {}", OTHERS[0]),
    ("KG query run prevalence --graph {}", OTHERS[2]),
])
def test_texts_fall_back_where_the_encoding_lacks_a_character(built: Path, call: str, environment: dict[str, str]) -> None:
    done = shell(call.format(built), **environment)
    assert (done.returncode, done.stderr) == (0, b"") and len(done.stdout) > 500


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_word_is_found_however_its_letters_are_composed(built: Path, form: str) -> None:
    word = unicodedata.normalize(form, "åbne")  # type: ignore[arg-type]
    assert "åbne data" in good("query", "run", "find-word", "--param", f"word={word}", "--graph", str(built)).lower()


def test_a_narrow_table_loses_nothing_that_tells_rows_apart(built: Path) -> None:
    text = shell(f"script -qec 'COLUMNS=60 TERM=xterm KG query run municipalities --graph {built}' /dev/null").stdout.decode("utf-8")
    assert "…" not in text and text.count("\n") > 98


@pytest.mark.parametrize("call", [
    "KG query list >/dev/full", "KG query run regions --format csv --graph {} >/dev/full", "KG query show regions >/dev/full",
    "KG validate no.ttl --format json >/dev/full", "KG --version >/dev/full", "KG --help >/dev/full",
])
def test_a_full_disk_is_one_message(built: Path, call: str) -> None:
    done = shell(call.format(built))
    assert (done.returncode, done.stderr) == (1, b"kommunegraf: standard output cannot be written: No space left on device\n")


@pytest.mark.parametrize("call", [
    "KG match 0147 0101 --initiative open-data --format md --output /dev/full --graph {}", "KG template Aarhus -o /dev/full",
])
def test_a_file_that_cannot_be_written_is_named(built: Path, call: str) -> None:
    done = shell(call.format(built))
    assert (done.returncode, done.stderr) == (1, b"kommunegraf: /dev/full: No space left on device\n")


@pytest.mark.parametrize("call", [
    "KG query list >&-", "KG query list | head -1", "KG validate no.ttl --format json >&-", "KG validate no.ttl | head -1",
    "KG --help | head -1", "KG query run statements --graph {} | head -1",
])
def test_an_output_that_nobody_reads_is_no_bug(built: Path, call: str) -> None:
    done = shell(call.format(built))
    assert b"Traceback" not in done.stderr and b"Error" not in done.stderr


INTERRUPTED = """
import os, signal, sys
class Impatience:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)  # as in the foreground; a shell has jobs in the background ignore it
sys.meta_path.insert(0, Impatience())
"""
"""A user who interrupts while Python imports a module."""


@pytest.mark.parametrize("module", ["typing", "click", "kommunegraf.cli.query", "pyoxigraph"])
def test_an_interrupt_while_modules_are_imported_has_no_traceback(built: Path, tmp_path: Path, module: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(INTERRUPTED.replace("{name!r}", repr(module)), "utf-8")
    done = shell(f"KG query run regions --graph {built}", PYTHONPATH=f"{tmp_path}:{ROOT / 'scripts'}")
    assert done.returncode != 0 and b"Traceback" not in done.stderr


@pytest.mark.parametrize("call", ["match 0147", "match 0147 --answer alike"])
@pytest.mark.parametrize("kilobytes", [85_000, 150_000, 250_000])
def test_match_answers_or_says_that_memory_is_missing(built: Path, kilobytes: int, call: str) -> None:
    done = shell(f"ulimit -v {kilobytes}; KG {call} --graph {built}")
    if done.returncode:
        assert done.stderr == b"kommunegraf: there is not enough memory; raise the limit of this process (ulimit -v), or ask for less\n"
    assert done.returncode == int(kilobytes < (110_000 if call == "match 0147" else 250_000))


def test_what_a_killed_build_left_goes_with_the_next(tmp_path: Path) -> None:
    left = tmp_path / ".build-killed"
    left.mkdir()
    (left / "kommunegraf.nq").write_text("half", "utf-8")
    dataset = builder.Dataset(["<http://e/a> <http://e/b> <http://e/c> ."])
    with paths.workshop(tmp_path, ".build-") as used:
        builder.write(dataset, tmp_path)
        assert used.is_dir() and not left.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kommunegraf.nq", "kommunegraf.trig"]
