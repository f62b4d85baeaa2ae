"""A second country for tests: 20 Swedish kommuner as a register of their own, and the folders that it is built from.

Real are codes, names, counties, provinces, populations and points, each with its source. Initiatives, solutions and evidence are
simulated and say so. What every register shares, the kinds of initiative and the sections of the report that the code lists name,
is taken from `data/` with the sources that it rests on.
"""

import csv
import shutil
from pathlib import Path

from tests.helpers import ROOT
from tests.helpers.tables import read_table, records

OWN = ROOT / "tests" / "sweden"
SHARED = ("initiative-main-areas", "initiative-sections", "initiatives", "initiatives-beyond-survey", "sections")
Row = dict[str, str]


def folders(place: Path) -> tuple[Path, Path]:
    """Write the register to a folder: its tables and its Turtle files."""
    data = Path(shutil.copytree(OWN / "data", place / "data"))
    names = {row["id"]: row["label_sv"] for row in records((data / "initiative-names.csv").read_bytes())}
    (data / "initiative-names.csv").unlink()
    used = {"kommunegraf-reference", "kommunegraf-register"}  # graphs.ttl names them
    for name in SHARED:
        rows = read_table(name)
        used |= {row["source"] for row in rows if row.get("source")}
        if name == "initiatives":
            rows = [{**row, "label_sv": names.get(row["id"], "")} for row in rows]
        _write(data / f"{name}.csv", rows)
    own = {name: records((data / f"{name}.csv").read_bytes()) for name in ("sources", "organisations")}
    publishers = {row["publisher"] for row in [*own["sources"], *(row for row in read_table("sources") if row["id"] in used)]}
    organisations = [row for row in read_table("organisations") if row["id"] in publishers]
    used |= {row["source"] for row in organisations}
    sources = [row for row in read_table("sources") if row["id"] in used]
    for name, rows in (("sources", sources), ("organisations", organisations)):
        _write(data / f"{name}.csv", sorted([*own[name], *rows], key=lambda row: row["id"]))
    ontology = place / "ontology"
    ontology.mkdir()
    (ontology / "graphs.ttl").write_text(_described(), "utf-8")
    (ontology / "survey-structure.ttl").write_text("# This register has no survey.\n", "utf-8")
    return data, ontology


def _described() -> str:
    """What our `graphs.ttl` says, of Sweden, and without the report: its graphs and the survey."""
    blocks = (ROOT / "ontology" / "graphs.ttl").read_text("utf-8").replace(" .\n<", " .\n\n<").split("\n\n")
    text = "\n\n".join(block for block in blocks if not block.startswith(("<graph/cases>", "<graph/survey>")))
    for old, new in (
        ("country:DNK", "country:SWE"),
        ("de 98 danske kommuner", "svenske kommuner, simuleret til test,"),
        ("the 98 Danish municipalities", "Swedish municipalities, simulated for tests,"),
        (" <graph/cases> ,", ""), (" , <graph/survey> ;", " ;"), (" <dataset/survey-2014> ,", ""),
    ):
        assert old in text, old
        text = text.replace(old, new)
    return text


def _write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
