"""Files of RDF that others wrote: endings, packing, marks, relative IRIs; bombs and what the parser refuses, each in clear words."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from tests.helpers.serving import serving

from kommunegraf.rdf import foreign
from kommunegraf.rdf.engines import Embedded, EngineError
from kommunegraf.rdf.files import NotRdf
from kommunegraf.server.engine.pool import BadData

TURTLE = b"<#a> a <http://e/B> ."
XML = (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e "http://e/">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
       b'<rdf:Description rdf:about="#a"><rdf:type rdf:resource="&e;B"/></rdf:Description></rdf:RDF>')


def entities(*values: str) -> bytes:
    """RDF/XML with entities `a`, `b`, ... of some values, the last of which is a text."""
    declared = "".join(f'<!ENTITY {chr(97 + number)} "{value}">' for number, value in enumerate(values))
    used = f"<e:b>&{chr(96 + len(values))};</e:b>"
    return (f'<!DOCTYPE r [{declared}]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
            f'<rdf:Description rdf:about="http://e/a">{used}</rdf:Description></rdf:RDF>').encode()


BOMB = entities("x" * 50, *("".join(f"&{chr(97 + level)};" * 10) for level in range(7)))
READABLE = {
    "relative.ttl": TURTLE, "marked.ttl": b"\xef\xbb\xbf" + TURTLE, "packed.ttl.gz": gzip.compress(TURTLE),
    "twice.nt.gz": gzip.compress(b"<http://e/a> <http://e/b> ") + gzip.compress(b"<http://e/c> .\n"),
    "ontology.owl": XML, "turtle.owl": TURTLE, "relative.rdf": XML, "marked.rdf": b"\xef\xbb\xbf" + XML,
    "relative.jsonld": b'{"@id": "#a", "@type": "http://e/B"}', "PACKED.TTL.GZ": gzip.compress(TURTLE),
}
REFUSED = {
    "bomb.rdf": (BOMB, "entity 'e' stands for more than 64 KiB"),
    "remote.jsonld": (b'{"@context": "https://schema.org/", "@id": "http://e/a", "name": "x"}',
                      "@context https://schema.org/ .*fetched.*Turtle"),
    "listed.jsonld": (b'{"@context": ["https://www.w3.org/ns/dcat", {}], "@id": "http://e/a"}',
                      "@context https://www.w3.org/ns/dcat .*fetched"),
    "long.ttl": (b'<http://e/a> <http://e/b> "' + b"x" * (17 << 20) + b'" .', "more than 16 MiB"),
    "wide.ttl": (TURTLE.decode().encode("utf-16"), "UTF-16; save it as UTF-8"),
    "half.ttl.gz": (gzip.compress(TURTLE)[:-9], "its end is missing"),
    "false.ttl.gz": (TURTLE, "no gzip file"),
    "notes.docx": (b"PK", "tells no RDF format"),
    "noending": (TURTLE, "tells no RDF format"),
}


def written(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


@pytest.mark.parametrize("name", READABLE)
def test_a_file_is_read_at_every_door(tmp_path: Path, name: str) -> None:
    path, folder, apart = written(tmp_path, name, READABLE[name]), tmp_path / "way", ox.Store()
    folder.mkdir()
    foreign.add(apart, path, folder)
    for store in (Embedded.open(path).store, apart):
        assert len(store) == 1
        if b"#a" in READABLE[name]:
            assert next(iter(store)).subject == ox.NamedNode(f"{path.absolute().as_uri()}#a")


def test_a_packed_file_with_a_mark_and_relative_iris_is_served(tmp_path: Path) -> None:
    with serving(written(tmp_path, "some.owl.gz", gzip.compress(XML))) as served:
        assert [quad.subject.value for quad in served.context.state.store][:1] == [(tmp_path / "some.owl.gz").as_uri() + "#a"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_words_that_say_what_to_do(tmp_path: Path, name: str) -> None:
    content, message = REFUSED[name]
    path = written(tmp_path, name, content)
    with pytest.raises(NotRdf, match=message):
        foreign.add(ox.Store(), path, tmp_path)
    if name != "long.ttl":  # which the embedded store itself can hold
        with pytest.raises(EngineError, match=f"{name} .*{message}"):
            Embedded.open(path)


@pytest.mark.faults
@pytest.mark.parametrize("name", ["bomb.rdf", "remote.jsonld", "long.ttl"])
def test_what_cannot_be_read_is_not_served(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadData, match=REFUSED[name][1]), serving(written(tmp_path, name, REFUSED[name][0])):
        pass


def repeated(times: int) -> bytes:
    """RDF/XML that names one entity many times: each use is small, the whole is not."""
    return entities("x" * 60_000).replace(b"&a;", b"&a;" * times)


@pytest.mark.parametrize(("limit", "value", "content", "message"), [
    ("MEGABYTES", 300, lambda: repeated(20_000), "more than 300 MiB of memory"),
    ("SECONDS", 0.01, lambda: TURTLE, "longer than 0.01 seconds"),
])
def test_reading_ends_at_its_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: float, content: Callable[[], bytes], message: str,
) -> None:
    monkeypatch.setattr(foreign, limit, value)
    path = written(tmp_path, "file.ttl" if limit == "SECONDS" else "file.rdf", content())
    with pytest.raises(NotRdf, match=message):
        foreign.add(ox.Store(), path, tmp_path)


@pytest.mark.parametrize("name", ["a:b", "a*b", "a//b", "none#part"])
def test_a_served_resource_that_can_have_no_page_is_remarked(tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    file = written(tmp_path, "some.ttl", f"<https://w3id.org/kommunegraf/tree/{name}> a <http://e/Tree> .".encode())
    with serving(file):
        assert f"such as https://w3id.org/kommunegraf/tree/{name}" in caplog.text
