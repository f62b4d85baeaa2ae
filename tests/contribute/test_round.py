"""A second round, simulated, all the way: asked, answered, taken in, counted, built, validated, asked about, shown and published.

No second round has been held. Its answers here are invented, and so are the words that must never get out.
"""

import csv
import gzip
import io
import random
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
import rdflib
from tests.helpers import ROOT, command, sampling
from tests.helpers.forms import filled
from tests.helpers.secrets import leaks
from tests.helpers.watching import opened

from kommunegraf.contribute import register, survey, template
from kommunegraf.contribute.forms import choices
from kommunegraf.contribute.register import Register
from kommunegraf.graph import build, validate
from kommunegraf.namespaces import BASE
from kommunegraf.paths import Folders
from kommunegraf.publish.documents import Documents, release
from kommunegraf.publish.write import publish
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded, Rdflib

YEAR = 2026
OPEN, REMARK, MEMBER_REMARK, AUTHOR, NOTE, DRAFT, NAMED = CANARIES = (
    "kanariefugl-åben-plads-17", "kanariefugl-bemærkning-23", "kanariefugl-medlem-31", "Karla Kanariefugl", "kanariefugl-kommentar-41",
    "kanariefugl-kladde-59", "kanarie.fugl@example.org",
)  # fmt: skip
"""An initiative that one kommune names; remarks; the author of a file, a comment in it, a sheet of its own, a column with a person."""
GENERAL = {
    "classes", "contents", "find-word", "graphs", "library", "properties", "sources-by-reach", "sources-of-publisher", "survey-rounds",
    "schemes", "concepts-of-scheme",
}  # fmt: skip
"""The questions that speak of everything there is, or of rounds."""


@dataclass
class Held:
    """A round that was held: its tables and its graph."""

    data: Path
    nquads: Path
    engine: Embedded
    codes: list[str]


def answers(code: str, chance: random.Random) -> dict[str, str]:
    """Invented answers of a kommune by the key of the row; two in three work with Smart City."""
    said = {}
    for question, names in survey.CHOSEN.items():
        place = chance.randrange(len(names)) if question != "smart-city-status" else int(code) % 3 if int(code) % 3 < 2 else 3
        said[question] = survey.label(f"{survey.SCHEMES.get(question, question)}/{names[place]}", "da")
    for question, (options, items) in survey.GRADED.items():
        said |= {f"{question}:{question}/{item}": chance.choice(choices("da", options)) for item in items}
    return said


def as_csv(held: Register, code: str, chance: random.Random) -> str:
    """The form of a kommune as a list of rows, answered."""
    said = answers(code, chance)
    said |= {f"initiative-status:initiative/{name}": chance.choice(choices("da", "standing")) for name in held.asked}
    output = io.StringIO()
    writer = csv.writer(output, delimiter=";")
    writer.writerow(("Kommune", "Hvem svarer", "Svarets dato", "Spørgerunde", "Nøgle", "Punkt", "Svar", "Kontaktperson"))
    for key, answer in said.items():
        writer.writerow((code, "Stab eller sekretariat", "2026-11-01", YEAR, key, "", answer, f"{AUTHOR} <{NAMED}>"))
    return output.getvalue()


def as_workbook(held: Register, code: str, chance: random.Random) -> bytes:
    """The form of a kommune as a careless person sends it back: with names, comments and a draft in it."""
    said = answers(code, chance)
    book = openpyxl.load_workbook(io.BytesIO(template.make(held, code, "da", year=YEAR)))
    book.properties.creator = book.properties.lastModifiedBy = AUTHOR
    for row in book["Om svaret"].iter_rows():
        row[1].value = {"Hvem svarer": "IT og digitalisering", "Svarets dato": "12-11-2026"}.get(row[0].value, row[1].value)
    for row in book["Motivation og forankring"].iter_rows(min_row=2):
        key = str(row[0].value).partition("#")[0]
        row[3].value = said.get(key)
        row[3].comment = openpyxl.comments.Comment(NOTE, AUTHOR)
        if key.startswith("initiative-status:open/1"):
            row[2].value, row[3].value = OPEN, "I gang"
    remark = next(cell.column for cell in book["Medlemskaber"][1] if cell.value == "Bemærkning til redaktionen")
    book["Medlemskaber"].cell(2, remark).value = MEMBER_REMARK
    book.create_sheet("Kladde").append([DRAFT])
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


@pytest.fixture(scope="module")
def round_(held: Register, tmp_path_factory: pytest.TempPathFactory) -> Held:
    """The round: 40 kommuner answer, six of them in workbooks; one of them answers the ordinary form too."""
    place, chance = tmp_path_factory.mktemp("round"), random.Random(YEAR)
    data, sent = place / "data", place / "sent"
    shutil.copytree(ROOT / "data", data)
    sent.mkdir()
    codes = held.codes[:40]
    for number, code in enumerate(codes):
        if number < 6:
            (sent / f"{code}.xlsx").write_bytes(as_workbook(held, code, chance))
        else:
            (sent / f"{code}.csv").write_text(as_csv(held, code, chance), "utf-8")
    label = held.label("initiative/open-data", "da")
    told = {"Status": "i gang", "Bemærkning til redaktionen": REMARK, "Adresse på mere": "https://example.org/mere"}
    changes = {("Initiativer", label, heading): value for heading, value in told.items()}
    (sent / "own.xlsx").write_bytes(filled(template.make(held, codes[0], "da"), changes))
    done = command.run("import", str(sent), "--brief", "--data", str(data))
    assert done.returncode == 0, done.stdout + done.stderr
    shown = command.run("survey", str(YEAR), "--data", str(data))
    assert shown.returncode == 0 and "ikke offentliggjort" in shown.stdout
    assert register.read(data).rows("survey-rounds") == []  # looking publishes nothing
    made = command.run("survey", str(YEAR), "--publish", "--data", str(data))
    assert made.returncode == 0 and "står nu i tabellerne" in made.stdout, made.stdout + made.stderr
    folder = place / "graph"
    build.write(build.build(ROOT / "ontology", data), folder)
    return Held(data, folder / build.NQUADS, Embedded.open(folder / build.NQUADS), codes)


def test_the_figures_are_rows_of_the_public_tables(round_: Held) -> None:
    tables = register.read(round_.data)
    (held,) = tables.rows("survey-rounds")
    assert (held["round"], held["source"], held["start"], held["end"]) == ("2026", "survey-2026", "2026-11-01", "2026-11-12")
    assert held["description_da"].startswith("40 kommuner svarede fra 1. november 2026 til 12. november 2026")
    figures = tables.rows("survey-round-figures")
    assert len(figures) > 100 and min(int(row["answers"]) for row in figures) >= 5
    assert any(row["item"] == "response-item/answered" and row["value"] == "40" for row in figures)
    everybody = [row for row in figures if row["question"] == "smart-city-status"]
    assert {row["group"] for row in everybody} == {"all"}


def test_figures_are_made_once(round_: Held, held: Register) -> None:
    before = {path.name: path.read_bytes() for path in round_.data.iterdir()}
    private = round_.data.parent / "data-private"
    kept = {path: path.read_bytes() for path in private.rglob("*.csv")}
    late = round_.data.parent / "late.csv"
    late.write_text(as_csv(held, held.codes[60], random.Random(9)), "utf-8")
    assert command.run("import", str(late), "--brief", "--data", str(round_.data)).returncode == 0
    again = command.run("survey", str(YEAR), "--publish", "--data", str(round_.data))
    assert again.returncode == 1 and "made once" in again.stderr
    shown = command.run("survey", str(YEAR), "--data", str(round_.data))
    assert shown.returncode == 0 and "gøres ikke op igen" in shown.stdout
    assert before == {path.name: path.read_bytes() for path in round_.data.iterdir()}
    (private / "survey-2026" / f"{held.codes[60]}.csv").unlink()
    assert kept == {path: path.read_bytes() for path in private.rglob("*.csv")}


def test_the_question_sets_the_rounds_beside_each_other(round_: Held) -> None:
    rows = ask.run(round_.engine, "survey-rounds", surveyQuestion="motivation", lang="da").rows()
    row = next(row for row in rows if row["item"].endswith("/environment-climate") and row["group"].endswith("/with-smart-city"))
    assert (row["share2014"], row["year"]) == (78, YEAR) and 0 < row["share"] < 100 and row["answers"] >= 5
    rows = ask.run(round_.engine, "survey-rounds", lang="en").rows()
    wanted = [f"{BASE}initiative/open-data", f"{BASE}population-group/all", f"{BASE}statistic/active-share"]
    row = next(row for row in rows if [row["item"], row["group"], row["statistic"]] == wanted)
    assert row["answers2014"] == 54 and row["answers"] == 34  # the six workbooks leave it out


@pytest.mark.slow
def test_rdflib_comes_to_the_same_rows(round_: Held) -> None:
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(round_.nquads, format="nquads")
    rows = [ask.run(engine, "survey-rounds", surveyQuestion="motivation").rows() for engine in (round_.engine, Rdflib(dataset))]
    assert rows[0] == rows[1] and len(rows[0]) > 10


def test_without_a_second_round_the_question_has_a_head_and_no_rows(engine: Embedded) -> None:
    answer = ask.run(engine, "survey-rounds")
    assert answer.columns[0] == "item" and answer.rows() == []


def test_no_other_question_takes_the_round_for_2014(round_: Held, engine: Embedded, tmp_path: Path) -> None:
    """The same answers without the round: its tables as they were, all else that was taken in."""
    data = tmp_path / "data"
    shutil.copytree(round_.data, data)
    for name in ("survey-rounds.csv", "survey-round-figures.csv"):
        shutil.copy(ROOT / "data" / name, data / name)
    build.write(build.build(ROOT / "ontology", data), tmp_path / "graph")
    without = Embedded.open(tmp_path / "graph" / build.NQUADS)
    changed = set()
    for name, question in ask.folder().items():
        one, other = (ask.ask(engine, question).result for engine in (round_.engine, without))
        if sorted(map(str, one)) != sorted(map(str, other)):
            changed.add(name)
    assert changed - GENERAL == set() and "survey-rounds" in changed
    assert sorted(map(str, ask.run(without, "prevalence").result)) == sorted(map(str, ask.run(engine, "prevalence").result))


@pytest.mark.slow
def test_the_graph_with_the_round_keeps_every_rule(round_: Held) -> None:
    assert validate.project(Folders.of([round_.data])) == []


@pytest.fixture(scope="module")
def pages(round_: Held) -> Documents:
    """The documents of the site with the round."""
    return Documents(round_.engine.store, release(round_.engine.store), round_.data)


def text(pages: Documents, name: str) -> str:
    return (pages.read(name) or b"").decode()


def test_pages_show_the_rounds_with_the_warning(pages: Documents, documents: Documents) -> None:
    question = text(pages, "question/motivation.html")
    assert "Runderne ved siden af hinanden" in question and "Læs med omtanke" in question and "78\u00a0pct." in question
    assert "Read with care" in text(pages, "question/motivation.en.html")
    assert "runden 2026" in text(pages, "question/index.html") and "Læs med omtanke" in text(pages, "question/index.html")
    figure = text(pages, "dataset/survey-2026/observation/motivation-marketing-all-share.html")
    assert "Runden 2026 giver" in figure and "@techreport" not in figure and "Læs med omtanke" in figure
    assert "40 kommuner svarede" in text(pages, "dataset/survey-2026.html")
    for name in ("question/motivation.html", "question/index.html"):
        assert "Læs med omtanke" not in text(documents, name)
    counted = (ROOT / "data" / "survey-observations.csv").read_text("utf-8").count("\n") - 1
    assert f"<b>{counted}</b>" in text(pages, "index.html").replace(" ", "") or str(counted) in text(pages, "index.html")


def test_the_address_of_more_stands_beside_the_answer(pages: Documents, round_: Held) -> None:
    page = text(pages, f"municipality/{round_.codes[0]}.html")
    assert '<a href="https://example.org/mere"' in page and "mere på example.org" in page


def test_a_secret_is_found_wherever_it_hides(tmp_path: Path) -> None:
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as inner:
        inner.writestr("xl/sharedStrings.xml", f"<t>{AUTHOR}</t>")
    (tmp_path / "a.bin.gz").write_bytes(gzip.compress(pack.getvalue()))
    (tmp_path / "b.nt").write_text(OPEN.encode("ascii", "backslashreplace").decode(), "utf-8")
    (tmp_path / f"{DRAFT}.txt").write_text("", "utf-8")
    (tmp_path / "c.txt").write_text("kanariefugl", "utf-8")
    assert {word for _, word in leaks(tmp_path, CANARIES)} == {AUTHOR, OPEN, DRAFT}


def test_nothing_private_gets_into_the_tables(round_: Held) -> None:
    assert leaks(round_.data, CANARIES) == []
    assert leaks(round_.data.parent / "data-private", [OPEN]) and leaks(round_.data.parent / "sent", CANARIES)


def likely(pages: Documents, round_: Held) -> list[str]:
    """The names of files where something private would show, and some of each other kind."""
    names = list(pages.names())
    about = re.compile(rf"dump/|dataset/survey-{YEAR}|question/|(municipality|evidence|adoption)/({'|'.join(round_.codes[:8])})\b")
    near = [name for name in names if about.match(name)]
    others = sampling.sample(names, lambda name: (name.rpartition("/")[0], name.rpartition("/")[2].partition(".")[2]), every=20)
    return list(dict.fromkeys([*near, *others]))


@pytest.mark.slow
def test_nothing_private_is_published(round_: Held, pages: Documents, tmp_path: Path) -> None:
    """Files of the site in every format, unpacked; and no private file was opened for them.

    They are every dump, every page and format of what the round says and of the kommuner that answered, and one file in twenty of each
    other kind; all files where a run tries all.
    """
    folder = tmp_path / "site"
    with opened() as paths:
        if sampling.ALL:
            publish(pages, folder)
        else:
            for name in likely(pages, round_):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(pages.read(name) or b"")
    assert len(list(folder.rglob("*.html"))) > 500 and (folder / "dump" / "kommunegraf.xlsx").exists()
    assert leaks(folder, CANARIES) == []
    assert not [path for path in paths if "data-private" in path] and [path for path in paths if str(round_.data) in path]
    assert "survey-round-figures.csv" in str(list((folder / "dump" / "tables").iterdir()))
    graph = gzip.decompress((folder / "dump" / "graph" / "survey.ttl.gz").read_bytes()).decode()
    assert "survey-2026/observation/motivation-marketing-all-share" in graph
