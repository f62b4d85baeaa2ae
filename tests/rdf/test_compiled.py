"""The compiled store beside an N-Quads file: the same graph, never an older, a damaged or a foreign one, for many readers at once."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from tests.helpers import ROOT

from kommunegraf.rdf import compiled
from kommunegraf.rdf.engines import Embedded, EngineError


def quads(number: int, word: str = "x") -> str:
    return "".join(f'<http://e/{n}> <http://e/p> "{word}" <http://e/g> .\n' for n in range(number))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An N-Quads file with its compiled store."""
    path = tmp_path / "some.nq"
    path.write_text(quads(1000), "utf-8")
    compiled.write(path)
    return path


def count(engine: Embedded) -> int:
    return len(engine.store)


def words(engine: Embedded) -> list[str]:
    """What the graph says, all of it."""
    result = engine.query("SELECT ?s ?o { ?s ?p ?o }")
    assert isinstance(result, ox.QuerySolutions)
    return sorted(f"{row['s']} {row['o']}" for row in result)


def is_compiled(engine: Embedded) -> bool:
    try:
        engine.store.add(ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.NamedNode("http://e/o")))
    except RuntimeError:
        return True
    return False


def test_the_compiled_store_holds_the_graph_and_is_read_only(file: Path) -> None:
    engine = Embedded.compiled(file)
    assert is_compiled(engine) and set(engine.store) == set(Embedded.open(file).store)
    assert not is_compiled(Embedded.open(file))


def test_without_one_the_file_itself_is_read(tmp_path: Path) -> None:
    path = tmp_path / "some.nq"
    path.write_text(quads(3), "utf-8")
    engine = Embedded.compiled(path)
    assert count(engine) == 3 and not is_compiled(engine)
    path.write_text("no quads", "utf-8")
    with pytest.raises(EngineError, match=r"some\.nq cannot be read as RDF"):
        Embedded.compiled(path)


def test_it_is_compiled_again_only_when_the_file_differs(file: Path) -> None:
    made = compiled.folder(file).stat().st_ino
    compiled.write(file)
    assert compiled.folder(file).stat().st_ino == made
    file.write_text(quads(1001), "utf-8")
    assert compiled.read(file) is None and count(Embedded.compiled(file)) == 1001
    compiled.write(file)
    assert is_compiled(Embedded.compiled(file)) and count(Embedded.compiled(file)) == 1001
    assert sorted(path.name for path in file.parent.iterdir()) == ["some.nq", "some.store"]


def marker(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    def damage(place: Path) -> None:
        path = place / "kommunegraf.json"
        content = json.loads(path.read_text("utf-8"))
        change(content)
        path.write_text(json.dumps(content), "utf-8")

    return damage


def flipped(ending: str) -> Callable[[Path], None]:
    def damage(place: Path) -> None:
        path = max(place.glob(f"*{ending}"), key=lambda file: file.stat().st_size)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    return damage


def another(place: Path) -> None:
    """The store of another graph, with the marker of this one."""
    other = place.parent / "other.nq"
    other.write_text(quads(1000, "y"), "utf-8")
    compiled.write(other)
    shutil.copy(place / "kommunegraf.json", compiled.folder(other))
    shutil.rmtree(place)
    compiled.folder(other).rename(place)


def replaced(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def damage(place: Path) -> None:
        shutil.rmtree(place)
        make(place)

    return damage


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a bit of the data": flipped(".sst"),
    "a bit of the list of files": flipped("MANIFEST*"),
    "a file cut short": lambda place: os.truncate(max(place.glob("*.sst")), 10),
    "a file missing": lambda place: max(place.glob("*.sst")).unlink(),
    "a file too many": lambda place: (place / "000099.sst").write_bytes(b"x"),
    "no marker": lambda place: (place / "kommunegraf.json").unlink(),
    "a marker that is no JSON": lambda place: (place / "kommunegraf.json").write_bytes(b"\xff{"),
    "a marker without end": lambda place: (place / "kommunegraf.json").write_text("[" * 100_000, "utf-8"),
    "another engine": marker(lambda content: content.update(engine="pyoxigraph 0.0.1")),
    "another file": marker(lambda content: content.update(nquads="0" * 64, stamp=[0, 0])),
    "another graph": another,
    "an empty folder": replaced(Path.mkdir),
    "a file in its place": replaced(lambda place: place.write_bytes(b"x")),
    "a link to nowhere": replaced(lambda place: place.symlink_to("/nowhere")),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_store_that_is_damaged_is_not_used_and_is_made_anew(damage: Callable[[Path], object], file: Path) -> None:
    damage(compiled.folder(file))
    engine = Embedded.compiled(file)
    assert words(engine) == words(Embedded.open(file)) and not is_compiled(engine)
    compiled.write(file)
    assert is_compiled(Embedded.compiled(file)) and set(Embedded.compiled(file).store) == set(Embedded.open(file).store)


READER = """
import sys, time
from pathlib import Path
from kommunegraf.rdf.engines import Embedded
end, used = time.monotonic() + float(sys.argv[2]), 0
while time.monotonic() < end:
    engine = Embedded.compiled(Path(sys.argv[1]))
    numbers = {quad.object.value for quad in engine.store}
    assert len(engine.store) in (1000, 2000) and len(numbers) == 1, (len(engine.store), numbers)
    used += 1
print(used)
"""


@pytest.mark.parametrize("number", range(6))
def test_no_bit_of_the_data_can_turn_into_a_wrong_answer(number: int, file: Path) -> None:
    place = compiled.folder(file)
    whole = b"".join(path.read_bytes() for path in sorted(place.glob("*.sst")))
    at = random.Random(number).randrange(len(whole))
    for path in sorted(place.glob("*.sst")):
        content = bytearray(path.read_bytes())
        if at < len(content):
            content[at] ^= 1 << number % 8
            path.write_bytes(content)
            break
        at -= len(content)
    assert words(Embedded.compiled(file)) == words(Embedded.open(file))


def test_a_copy_or_the_same_graph_written_again_keeps_its_store(file: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(tmp_path, tmp_path.with_name("copy"))) / file.name
    os.utime(copy, ns=(1, 1))
    assert is_compiled(Embedded.compiled(copy))
    made = compiled.folder(copy).stat().st_ino
    compiled.write(copy)
    assert (compiled.folder(copy).stat().st_ino, is_compiled(Embedded.compiled(copy))) == (made, True)
    copy.write_text(quads(1000, "y"), "utf-8")
    assert compiled.read(copy) is None


def test_many_processes_read_while_another_exchanges_it(file: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    command = [sys.executable, "-c", READER, str(file), "2"]
    readers = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    fresh, turn = file.with_name("fresh"), 0
    while any(reader.poll() is None for reader in readers):
        turn += 1
        fresh.write_text(quads(1000 + 1000 * (turn % 2), f"v{turn}"), "utf-8")
        os.replace(fresh, file)
        compiled.write(file)
        time.sleep(0.02)
    for reader in readers:
        output, errors = reader.communicate()
        assert reader.returncode == 0, errors
        assert int(output) > 3
    assert turn > 3


def test_a_run_that_is_killed_leaves_the_older_store_or_none(file: Path) -> None:
    file.write_text(quads(50_000), "utf-8")
    program = (
        "import sys; from pathlib import Path; from kommunegraf.rdf import compiled\n"
        "print(1, flush=True); compiled.write(Path(sys.argv[1]))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    with subprocess.Popen([sys.executable, "-c", program, str(file)], env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        time.sleep(0.1)
        process.kill()
    assert count(Embedded.compiled(file)) == 50_000
    compiled.write(file)
    assert is_compiled(Embedded.compiled(file))
