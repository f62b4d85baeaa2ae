"""A format of the table is at every door that gives out its kind, and at no door stands one that the table does not have."""

import re
from collections.abc import Callable, Iterable

import pyoxigraph as ox
import pytest
from tests.helpers import ROOT

from kommunegraf import __version__
from kommunegraf.cli.query import FORMS
from kommunegraf.contribute import linked as linked_data
from kommunegraf.graph import catalog
from kommunegraf.languages import Coverage
from kommunegraf.publish import dumps, hosting
from kommunegraf.publish.answers import Answers
from kommunegraf.questions import ask
from kommunegraf.rdf import formats
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.formats import FORMATS, Format
from kommunegraf.server.pages import openapi
from kommunegraf.server.settings import Settings
from kommunegraf.server.sparql import media
from kommunegraf.site import addresses
from kommunegraf.site.model import Site
from kommunegraf.site.pages import vocabulary
from kommunegraf.site.registry import Pages

ROWS, GRAPH = ask.find("municipalities"), ask.find("profile")


def endings(paths: Iterable[str]) -> set[str]:
    """The endings of some paths, those of packed files without `.gz`."""
    return {"." + path.removesuffix(".gz").rpartition(".")[2] for path in paths}


def suffixes(*kinds: formats.Kind) -> set[str]:
    return {format.suffix for format in formats.of(*kinds)}


def uneven(endings: set[str], kinds: Iterable[formats.Kind]) -> set[str]:
    """The formats that a door lacks, or has and the table does not give it."""
    return endings ^ suffixes(*kinds)


def answers(engine: Embedded) -> set[str]:
    return endings(Answers(Site(engine.store, "1")))


def linked(engine: Embedded) -> set[str]:
    """The endings of the files that the page of the ontology's version names."""
    page = Pages(Site(engine.store, "1")).html(f"ontology/{__version__}", "en") or ""
    return set(re.findall(r">(\.\w+)</a>", page))


DOORS: dict[str, tuple[tuple[formats.Kind, ...], Callable[[Embedded], set[str]]]] = {
    "command line": (("rows", "workbook", "triples", "quads"), lambda engine: {formats.named(name).suffix for name in FORMS[1:]}),
    "questions over HTTP": (
        ("rows", "workbook", "triples", "quads"), lambda engine: {format.suffix for q in (ROWS, GRAPH) for format in q.formats}),
    "SPARQL endpoint": (
        ("rows", "workbook", "triples", "quads"),
        lambda engine: {format.suffix for format in FORMATS if format.media in media.offered(True) + media.offered(False)}),
    "answers of the static site": (("rows", "workbook", "triples", "quads"), answers),
    "documents of the ontology": (("triples",), lambda engine: endings(dict(vocabulary.files(Site(engine.store, "1"))))),
    "rules for web hosts": (
        ("page", "rows", "workbook", "triples", "quads"), lambda engine: {"." + ending for ending in hosting.TYPES} & suffixes(
            "page", "rows", "workbook", "triples", "quads")),
    "negotiation by web hosts": (("page", "triples"), lambda engine: {choice.suffix for choice in hosting.CHOICES}),
    "page of an ontology's version": (("triples",), linked),
    "files of contributors": (("triples", "quads"), lambda engine: set(linked_data.SUFFIXES)),
    "file types of the catalogue": (("triples", "quads"), lambda engine: set(catalog.KINDS) & suffixes("triples", "quads")),
    "names of files": (
        ("page", "triples", "quads"),
        lambda engine: {format.suffix for format in FORMATS if addresses.parse("a" + format.suffix)[1] == format}),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_door_has_every_format_of_its_kinds(engine: Embedded, door: str) -> None:
    kinds, read = DOORS[door]
    assert not uneven(read(engine), kinds)


def test_a_format_that_a_door_lacks_or_has_alone_is_seen() -> None:
    assert uneven({".html", ".ttl", ".md"}, ("page", "triples")) == {".md", ".jsonld", ".nt", ".rdf"}


def test_every_kind_has_a_door() -> None:
    assert {kind for kinds, _ in DOORS.values() for kind in kinds} == {format.kind for format in FORMATS}


def test_names_media_types_and_endings_are_unique() -> None:
    for part in ("name", "media", "suffix", "label"):
        assert len({getattr(format, part) for format in FORMATS}) == len(FORMATS), part


def test_the_embedded_store_writes_what_the_w3c_has() -> None:
    for format in FORMATS:
        library = ox.QueryResultsFormat if format.kind == "rows" else ox.RdfFormat
        native = library.from_media_type(format.media)
        assert (native is not None) is bool(format.w3c) or format == formats.ROWS, format.name


def test_the_dumps_have_every_format_that_the_table_says_and_the_catalogue_describes_them(engine: Embedded) -> None:
    dumped = {format.suffix for format in FORMATS if format.dumped}
    whole = (path for path, _ in dumps.files(engine.store, None, "1") if path.startswith("dump/kommunegraf."))
    files = endings(path for path in whole if path.endswith(".gz"))
    assert files == dumped
    described = catalog.catalog(engine.store, [catalog.File.of(f"dump/kommunegraf{suffix}.gz", b"") for suffix in files], "1")
    types = {str(triple.object) for triple in described if triple.predicate.value.endswith("mediaType")}
    assert all(any(format.media in named for named in types) for format in FORMATS if format.dumped)


def test_the_description_of_the_questions_names_every_format() -> None:
    document = openapi.document([ROWS, GRAPH], "1", Settings(), Coverage())
    for question in (ROWS, GRAPH):
        operation = document["paths"][f"/questions/{question.name}"]["get"]
        names = next(parameter for parameter in operation["parameters"] if parameter.get("name") == "format")["schema"]["enum"]
        assert names == [format.name for format in (*question.formats, formats.HTML)]
        assert set(operation["responses"]["200"]["content"]) == {format.media for format in (*question.formats, formats.HTML)}


def listed(text: str) -> list[str]:
    """Lists of the endings of several formats of RDF, written out."""
    ending = "|".join(re.escape(format.suffix) for format in FORMATS if format.kind in ("triples", "quads"))
    return re.findall(rf"""["'](?:{ending})["']\s*,\s*["'](?:{ending})["']""", text)


def test_no_other_file_lists_the_endings_of_formats() -> None:
    package = ROOT / "scripts" / "kommunegraf"
    files = [path for path in sorted(package.rglob("*")) if path.suffix in (".py", ".html", ".js") and "editor" not in path.parts]
    assert len(files) > 200 and not [str(path) for path in files if listed(path.read_text("utf-8"))]


def test_a_list_of_endings_is_seen() -> None:
    assert listed('{% for suffix in (".ttl", ".jsonld") %}') and not listed('path.suffix == ".ttl", "x"')


def test_no_other_module_writes_the_media_type_of_a_format() -> None:
    """Beside the table, and the templates of pages and of host rules, which say them in sentences and links."""
    own = {"application/json", "text/html"}  # what they are for other things too
    special: list[Format] = [format for format in FORMATS if format.media not in own]
    for path in sorted((ROOT / "scripts" / "kommunegraf").rglob("*.py")):
        if path.name not in ("formats.py", "counting.py"):
            text = path.read_text("utf-8")
            assert not [format.media for format in special if re.search(re.escape(f'"{format.media}"'), text)], path
