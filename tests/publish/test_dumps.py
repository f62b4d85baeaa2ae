"""The dumps: whole, the same bytes in every process, and the same data in each format."""

import csv
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import csvw
import networkx as nx
import pyoxigraph as ox
import pytest
from openpyxl import load_workbook
from tests.helpers import ROOT

from kommunegraf.findings import BadInput
from kommunegraf.graph import build, catalog, reader, tables
from kommunegraf.graph import void as void_description
from kommunegraf.languages import texts
from kommunegraf.namespaces import GRAPH
from kommunegraf.publish import adoptions, dumps, workbook
from kommunegraf.publish.documents import Documents
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.formats import NQUADS, TURTLE


@pytest.fixture(scope="module")
def files(documents: Documents) -> dict[str, bytes]:
    """Every dump of the real graph, by path, as the site has them."""
    return dict(documents.dumps.files)


@pytest.fixture(scope="module")
def book(files: dict[str, bytes]) -> Any:
    """The workbook among them."""
    return load_workbook(BytesIO(files["dump/kommunegraf.xlsx"]))


@pytest.fixture(scope="module")
def whole(files: dict[str, bytes]) -> set[str]:
    """Every quad, in N-Quads, its blank nodes in canonical names."""
    return canonical(parsed(files, "dump/kommunegraf.nq.gz"))


def parsed(files: dict[str, bytes], path: str) -> list[ox.Quad]:
    suffix = path.removesuffix(".gz").rsplit(".", 1)[1]
    return list(ox.parse(gzip.decompress(files[path]), format=ox.RdfFormat.from_extension(suffix), base_iri="https://example.org/"))


def canonical(quads: list[ox.Quad]) -> set[str]:
    found = ox.Dataset(quads)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in found}


def in_union(quads: list[ox.Quad]) -> list[ox.Quad]:
    return [ox.Quad(*quad.triple) for quad in quads]


def test_every_address_of_the_house_is_there(files: dict[str, bytes]) -> None:
    names = {*build.GRAPH_OF.values(), "analysis", "cases", "evidence", "reference", "sources"}
    graphs = {f"dump/graph/{name}.{suffix}{end}" for name in names for suffix in ("ttl", "nq", "jsonld") for end in ("", ".gz")}
    whole = {f"dump/kommunegraf.{suffix}{end}" for suffix in ("trig", "nq", "ttl", "jsonld") for end in ("", ".gz")}
    cells = {f"dump/tables/{path.name}" for path in (ROOT / "data").iterdir() if path.suffix != ".md"}
    rest = {"dump/kommunegraf.xlsx", *(f"dump/{n}" for n in dumps.NETWORKS),
            "dump/SHA256SUMS", "dump/adoptions.da.csv", "dump/adoptions.en.csv"}
    frozen = {f"version/0.1.0/{name}" for name in ("kommunegraf.nq.gz", "kommunegraf.trig.gz", "SHA256SUMS")}
    assert set(files) == graphs | whole | cells | rest | frozen


def test_each_file_of_rdf_is_there_packed_and_as_it_is(files: dict[str, bytes], documents: Documents) -> None:
    packed = [name for name in files if name.startswith("dump/") and name.endswith(".gz")]
    assert len(packed) > 30
    for name in packed:
        assert gzip.decompress(files[name]) == files[name.removesuffix(".gz")] == documents.dumps.files[name.removesuffix(".gz")]
    assert "dump/none.ttl" not in documents.dumps.files and "version/0.1.0/kommunegraf.nq" not in documents.dumps.files


def test_the_nquads_dump_is_the_built_file(files: dict[str, bytes], dataset: build.Dataset) -> None:
    assert sorted(gzip.decompress(files["dump/kommunegraf.nq.gz"]).decode().splitlines()) == sorted(dataset.lines)


@pytest.mark.parametrize("suffix", ["trig", "jsonld"])
def test_formats_with_named_graphs_hold_every_quad(files: dict[str, bytes], whole: set[str], suffix: str) -> None:
    assert canonical(parsed(files, f"dump/kommunegraf.{suffix}.gz")) == whole


def test_turtle_holds_the_union_of_the_named_graphs(files: dict[str, bytes]) -> None:
    assert canonical(parsed(files, "dump/kommunegraf.ttl.gz")) == canonical(in_union(parsed(files, "dump/kommunegraf.nq.gz")))


def test_the_graphs_together_are_the_whole(files: dict[str, bytes], whole: set[str]) -> None:
    parts = []
    for path in (path for path in files if path.startswith("dump/graph/") and path.endswith(".nq.gz")):
        name = path.removeprefix("dump/graph/").removesuffix(".nq.gz")
        own = parsed(files, path)
        assert {quad.graph_name for quad in own} == {ox.NamedNode(GRAPH + name)}
        assert canonical(parsed(files, path.replace(".nq.", ".jsonld."))) == canonical(own)
        assert canonical(parsed(files, path.replace(".nq.", ".ttl."))) == canonical(in_union(own))
        parts += own
    assert canonical(parts) == whole and len(parts) == len(whole)


def test_a_triple_of_two_graphs_stands_once_in_turtle() -> None:
    node = ox.NamedNode("https://example.org/a")
    store = ox.Store()
    store.extend(ox.Quad(node, node, node, ox.NamedNode(GRAPH + name)) for name in ("cases", "survey"))
    documents = dict(dumps.rdf(dumps.quads(store), (TURTLE, NQUADS)))
    assert documents[".ttl"].count(b"\n") == 1 and documents[".nq"].count(b"\n") == 2


def test_archives_hold_no_time_no_name_and_no_system(files: dict[str, bytes]) -> None:
    heads = {body[:10] for path, body in files.items() if path.endswith(".gz")}
    assert heads == {bytes.fromhex("1f8b08000000000000ff")}


def test_checksums_are_those_of_every_file(files: dict[str, bytes], tmp_path: Path) -> None:
    for folder in ("dump/", "version/0.1.0/"):
        lines = [line.split("  ") for line in files[f"{folder}SHA256SUMS"].decode().splitlines()]
        found = {folder + name: value for value, name in lines}
        own = {path: body for path, body in files.items() if path.startswith(folder) and not path.endswith("SUMS")}
        assert found == {path: hashlib.sha256(body).hexdigest() for path, body in own.items()}
    if not shutil.which("sha256sum"):
        pytest.skip("no sha256sum on this machine")
    for path, body in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(body)
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=tmp_path / "dump", check=True)
    (tmp_path / "dump" / "adoptions.graphml").write_bytes(b"changed")
    failed = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "dump", capture_output=True, text=True)
    assert failed.returncode == 1 and "adoptions.graphml: FAILED" in failed.stdout


def test_a_release_keeps_the_bytes_of_the_dump(files: dict[str, bytes]) -> None:
    for name in dumps.FROZEN:
        assert files[f"version/0.1.0/{name}"] == files[f"dump/{name}"]


def digests(store: ox.Store) -> list[str]:
    """A checksum and the path of each dump, and of the descriptions of all."""
    files = dict(dumps.files(store, ROOT / "data", "0.1.0"))
    listed = [catalog.File.of(path, body) for path, body in files.items()]
    files |= {"catalog" + end: catalog.encode(catalog.catalog(store, listed, "0.1.0"), end) for end in (".ttl", ".jsonld", ".rdf")}
    files["void"] = catalog.encode(void_description.void(store, listed), ".ttl")
    return [f"{hashlib.sha256(body).hexdigest()} {path}" for path, body in files.items()]


MAKE = """
import sys
from kommunegraf.rdf.engines import Embedded
from tests.publish.test_dumps import digests
print(*digests(Embedded.open(sys.argv[1]).store), sep="\\n")
"""


@pytest.mark.slow
def test_another_process_with_another_hash_seed_and_time_zone_writes_the_same_bytes(engine: Embedded, built: Path) -> None:
    command = [sys.executable, "-c", MAKE, str(built / build.NQUADS)]
    environment = {**os.environ, "PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == digests(engine.store) and done.stdout.count("\n") > 80


def test_the_tables_are_valid_where_they_lie(files: dict[str, bytes], tmp_path: Path) -> None:
    for path, body in files.items():
        if path.startswith("dump/tables/"):
            (tmp_path / Path(path).name).write_bytes(body)
    group = csvw.TableGroup.from_file(tmp_path / "csv-metadata.json")
    assert {str(table.url) for table in group.tables} == {path.name for path in tmp_path.glob("*.csv")}
    assert sum(len(list(table.iterdicts(strict=True))) for table in group.tables) > 3000
    assert all(table.check_primary_key() for table in group.tables)
    assert group.check_referential_integrity()
    named = {t["url"] for t in json.loads(files["dump/tables/csv-metadata.json"])["tables"]}
    assert all(f"dump/tables/{url}" in files for url in named)


def test_a_broken_table_stops_the_dumps(engine: Embedded, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    with (tmp_path / "data" / "regions.csv").open("a", encoding="utf-8") as file:
        file.write("9,too,few\n")
    with pytest.raises(BadInput):
        list(dumps.files(engine.store, tmp_path / "data", "0.1.0"))


def test_the_workbook_has_the_cells_of_the_tables(book: Any) -> None:
    rows, _ = tables.read(ROOT / "data")
    assert book.sheetnames == ["Registreringer", "Adoptions", "Læs mig", "Read me", *sorted(name.removesuffix(".csv") for name in rows)]
    for name, table in rows.items():
        head, *body = book[name.removesuffix(".csv")].iter_rows(values_only=True)
        assert list(head) == list(table.cells)
        assert len(body) == len(table.rows)
        for found, row in zip(body, table.rows):
            for value, cell in zip(found, row):
                same = Decimal(str(value)) == Decimal(cell) if isinstance(value, int | float) else (value or "") == cell
                assert same, (name, value, cell)


def test_the_first_sheet_and_the_csv_of_each_language_list_every_adoption_by_name(
    files: dict[str, bytes], book: Any, engine: Embedded
) -> None:
    stated = reader.read(engine).adoptions
    for sheet, lang, sign in (("Registreringer", "da", ";"), ("Adoptions", "en", ",")):
        head, *rows = book[sheet].iter_rows(values_only=True)
        assert len(rows) == len(stated) and book[sheet].auto_filter.ref
        assert {row[-1] for row in rows} == {one.iri for one in stated.values()}
        text = files[f"dump/adoptions.{lang}.csv"].decode("utf-8-sig")
        lines = list(csv.reader(StringIO(text), delimiter=sign))
        assert lines == [list(head), *[["" if cell is None else str(cell) for cell in row] for row in rows]]
    head, *rows = book["Registreringer"].iter_rows(values_only=True)
    assert head[:5] == ("Kommune", "Initiativ", "Status", "Status gælder for (år)", "Begyndt (år)")
    names = [row[0] for row in rows]
    assert names.index("Aarhus") > names.index("Ærø") and names[0] == "Albertslund"
    one = stated["https://w3id.org/kommunegraf/municipality/0461", "https://w3id.org/kommunegraf/initiative/open-data"]
    own = next(dict(zip(head, row)) for row in rows if row[-1] == one.iri)
    assert (own["Kommune"], own["Status gælder for (år)"], own["Kilde"]) == ("Odense", one.as_of, one.deciding.source.title)


def test_a_text_that_looks_like_a_formula_is_none_in_the_csv_of_adoptions() -> None:
    assert adoptions.as_csv([["=1+1", None, 5]], "da") == b"\xef\xbb\xbf'=1+1;;5\r\n"


def test_codes_stay_text_and_counts_are_numbers(book: Any) -> None:
    assert book["municipalities"]["A2"].value == "0101"
    assert isinstance(book["municipality-populations"]["C2"].value, int)


def test_text_that_looks_like_a_formula_is_text() -> None:
    rows, _ = tables.read(ROOT / "data")
    table = rows["regions.csv"]
    table.rows[0][1] = "=HYPERLINK(\"https://example.org\")"
    cell = load_workbook(BytesIO(workbook.make([table], {})))["regions"]["B2"]
    assert cell.data_type == "s" and cell.value.startswith("=HYPERLINK") and cell.hyperlink is None


def test_the_explaining_sheets_know_every_table_in_both_languages(book: Any) -> None:
    rows, _ = tables.read(ROOT / "data")
    told = texts("workbook")
    assert sorted(told["tables"]) == sorted(name.removesuffix(".csv") for name in rows)
    assert all(set(text) == {"da", "en"} and all(text.values()) for text in told["tables"].values())
    for sheet in ("Læs mig", "Read me"):
        counts = {row[0]: row[1] for row in book[sheet].iter_rows(values_only=True) if isinstance(row[1], int)}
        assert counts == {name.removesuffix(".csv"): len(table.rows) for name, table in rows.items()}


def test_the_network_is_that_of_the_graph(files: dict[str, bytes], engine: Embedded) -> None:
    graph = nx.read_graphml(BytesIO(files["dump/adoptions.graphml"]))
    kommuner = [node for node, mode in graph.nodes(data="bipartite") if mode == 0]
    assert len(kommuner) == 98 and graph.number_of_edges() == len(reader.read(engine).adoptions) and nx.is_bipartite(graph)
    assert graph.nodes["https://w3id.org/kommunegraf/municipality/0751"]["label"] == "Aarhus"


def test_a_triple_as_a_term_takes_out_json_ld_and_nothing_else() -> None:
    store, inner = ox.Store(), ox.Triple(ox.NamedNode("http://e/a"), ox.NamedNode("http://e/b"), ox.Literal("c"))
    plain, nesting = ox.NamedNode(GRAPH + "evidence"), ox.NamedNode(GRAPH + "survey")
    store.extend([ox.Quad(inner.subject, inner.predicate, inner, nesting), ox.Quad(inner.subject, inner.predicate, inner.object, plain)])
    made = dict(dumps.files(store, None, "1"))
    assert list(made) == [name for name in dumps.Dumps(store, None, "1").names if name in made] and len(made) == len(
        dumps.Dumps(store, None, "1").names)
    assert {name for name in made if "jsonld" in name} == {"dump/graph/evidence.jsonld", "dump/graph/evidence.jsonld.gz"}
    assert {"dump/kommunegraf.ttl.gz", "dump/kommunegraf.nq.gz", "dump/graph/survey.ttl.gz"} <= set(made)
    assert [finding.rule for finding in Documents(store, "1").findings() if "JSON-LD" in finding.message] == ["file"]
