"""A simulated register: the real one many times over, each time with other kommuner, sources and evidence. For measuring only.

Kommune 0751 becomes 0751, 075101, 075102 and so on, "Aarhus" becomes "Aarhus 1"; a source `x` becomes `x-sim1`. Organisations,
solutions, initiatives, the survey and the cases stay as they are. Nothing of it is true; it is written below a folder of the caller.
"""

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from kommunegraf import paths
from kommunegraf.graph.metadata import METADATA, Table, describe

_COPIED = {"municipalities.csv", "sources.csv"}
"""Tables whose rows are copied, with those whose keys lead to them."""
Row = dict[str, str]


def root(target: Path, times: int) -> Path:
    """A folder `target` with a register `times` as large, and beside it all that the command reads: for `paths.root`."""
    write(target, times)
    for name in ("CHANGELOG.md", "docs", "queries"):
        (target / name).symlink_to(paths.root() / name)
    return target


def write(target: Path, times: int) -> tuple[Path, Path]:
    """A register `times` as large below `target`: its folder of tables and its ontology."""
    root = paths.root()
    data, ontology = target / "data", target / "ontology"
    shutil.copytree(root / "data", data)
    shutil.copytree(root / "ontology", ontology)
    _widen(data, times)
    tables = describe(root / "data")
    for table in tables.values():
        keys = {key.columns[0]: key.target for key in table.foreign_keys if key.columns[0] in table.primary_key}
        if table.name in _COPIED or {*_COPIED, "evidence.csv"} & {*keys.values()} and not table.name.startswith("case"):
            _copy(table, data / table.name, times)
    return data, ontology


def _widen(data: Path, times: int) -> None:
    """Let codes of kommuner have two or four digits more, and the country as many people as they have together."""
    metadata, countries = data / METADATA, data / "countries.csv"
    metadata.write_text(metadata.read_text("utf-8").replace('"[0-9]{4}"', '"[0-9]{4}([0-9]{2}){0,2}"'), "utf-8")
    text = countries.read_text("utf-8").replace(",0[0-9]{3},", ',"0[0-9]{3}([0-9]{2}){0,2}",')
    countries.write_text(re.sub(r"(?m)^(DK,.*),(\d{6,}),", lambda row: f"{row[1]},{int(row[2]) * times},", text), "utf-8")


def _copy(table: Table, path: Path, times: int) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), list(reader.fieldnames or ())
    codes = {c for key in table.foreign_keys if key.target in ("municipalities.csv", "evidence.csv") for c in key.columns}
    codes &= {"municipality", "neighbour", "partner", "publisher_municipality"}
    many = [one for row in rows for one in _copies(table, row, codes, times)]
    many.sort(key=lambda row: [row[name] for name in table.primary_key])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(many)


def _copies(table: Table, row: Row, codes: set[str], times: int) -> Iterator[Row]:
    yield row
    for number in range(1, times):
        changed = {name: f"{row[name]}{number:02}" for name in codes if row[name]}
        if table.name == "municipalities.csv":
            changed |= {"code": f"{row['code']}{number:02}", **{n: f"{row[n]} {number}" for n in ("name_da", "name_en")}}
        elif table.name == "sources.csv":
            changed |= {"id": f"{row['id']}-sim{number}", "url": f"{row['url']}#sim{number}" if row["url"] else ""}
        elif table.name == "municipality-points.csv":
            changed["wkt"] = _moved(row["wkt"], number)
        elif table.name == "municipality-links.csv":
            changed["match"] = re.sub(r"([0-9]+)(/?)$", rf"\g<1>{number:03}\2", row["match"])
        if table.name.startswith("evidence"):
            changed |= {"source": f"{row['source']}-sim{number}"} if row.get("source") else {}
        yield {**row, **changed}


def _moved(point: str, number: int) -> str:
    """A point a little beside another, so that no two kommuner stand on one spot."""
    east, north = map(float, re.findall(r"[0-9.]+", point))
    return f"POINT({east + number % 10 * 0.011:.4f} {north + number // 10 * 0.007:.4f})"
