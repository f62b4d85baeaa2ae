"""What every door of the server shares: gzip, entity tags, conditions and HEAD; and the small parts behind that."""

import gzip
import zlib
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helpers.serving import Served

from kommunegraf.server.http.answers import Answer, condition, entity_tag, takes_gzip
from kommunegraf.server.http.cache import Cache

SMALL = "/sparql?format=csv&query=SELECT * {?s a ?o} ORDER BY ?s LIMIT 50"
LARGE = "/sparql?format=csv&query=SELECT * {GRAPH ?g {?s ?p ?o}}"
DOORS = {
    "page": "/municipality/0751.html", "data": "/municipality/0751.ttl", "front": "/index.html", "style": "/assets/server.css",
    "list of questions": "/questions", "question": "/questions/municipalities?format=json", "page of a question": "/questions/regions",
    "openapi": "/openapi.json", "query": SMALL, "stream": LARGE, "description": "/sparql", "words": "/sparql/terms.json",
    "query page": "/sparql?query=ASK{}", "problem": "/sparql?format=turtle&query=SELECT", "missing": "/municipality/nowhere",
}
UNTAGGED = {"problem", "missing"}
ACCEPT = {"description": "text/turtle", "query page": "text/html", "page of a question": "text/html", "missing": "text/html"}


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.base, timeout=60) as client:
        yield client


def ask(client: httpx.Client, door: str, coding: str, method: str = "GET", **headers: str) -> tuple[httpx.Response, bytes]:
    """The answer of a door, and the bytes as they came."""
    named = {"Accept": ACCEPT.get(door, "*/*"), "Accept-Encoding": coding, **headers}
    with client.stream(method, DOORS[door], headers=named) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize("door", DOORS)
def test_every_door_compresses_for_a_client_that_takes_gzip(client: httpx.Client, door: str) -> None:
    plain, text = ask(client, door, "identity")
    packed, body = ask(client, door, "gzip")
    assert "content-encoding" not in plain.headers and plain.status_code == packed.status_code
    assert all("accept-encoding" in answer.headers["vary"].lower() for answer in (plain, packed)) or len(text) < 500
    if len(text) < 500:  # an answer of one packet is not worth the work
        return
    assert packed.headers["content-encoding"] == "gzip"
    assert sorted(gzip.decompress(body).splitlines()) == sorted(text.splitlines())
    assert len(body) < len(text) * 0.8
    again, _ = ask(client, door, "br, gzip;q=0")
    assert "content-encoding" not in again.headers


@pytest.mark.parametrize("door", [door for door in DOORS if door not in UNTAGGED])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_every_door_has_entity_tags_that_conditions_work_with(client: httpx.Client, door: str, coding: str) -> None:
    first, body = ask(client, door, coding)
    tag = first.headers["etag"]
    if door != "stream":
        same, nothing = ask(client, door, coding, **{"If-None-Match": tag})
        assert (same.status_code, nothing, same.headers["etag"], same.headers["vary"]) == (304, b"", tag, first.headers["vary"])
    assert ask(client, door, coding, **{"If-None-Match": '"other"'})[0].status_code == 200
    head, nothing = ask(client, door, coding, "HEAD")
    assert (head.status_code, nothing, head.headers["etag"]) == (200, b"", tag)
    assert head.headers.get("content-length", str(len(body))) == str(len(body)) and head.headers["content-type"]
    other = ask(client, door, "gzip" if coding == "identity" else "identity")[0]
    alike = tag.startswith("W/") or "content-encoding" not in first.headers.keys() | other.headers.keys()
    assert (other.headers["etag"] == tag) == alike


def test_a_stream_can_be_read_as_it_comes(client: httpx.Client) -> None:
    with client.stream("GET", LARGE, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip" and "content-length" not in answer.headers
        first = next(answer.iter_raw())
    assert zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(first)


def test_equal_answers_are_equal_bytes_when_compressed(client: httpx.Client) -> None:
    assert ask(client, "data", "gzip")[1] == ask(client, "data", "gzip")[1]
    assert ask(client, "data", "gzip")[1][4:8] == b"\0\0\0\0"  # the time in the head of gzip


@pytest.mark.parametrize(("header", "takes"), [
    ("gzip", True), ("GZIP", True), ("deflate, gzip;q=0.1", True), ("*", True), ("gzip;q=1.000", True), ("", False), ("identity", False),
    ("gzip;q=0", False), ("gzip;q=0.000, br", False), ("*;q=0", False), ("gzip;q=0, *", False), ("br", False), ("gzipped", False),
])
def test_a_client_that_takes_gzip_is_known(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes


@given(header=st.text(max_size=60), date=st.one_of(st.text(max_size=40), st.from_regex(
    r"\A[A-Z][a-z]{2}, \d{1,3} (Jan|Feb|Xyz) \d{1,14} \d{2}:\d{2}:\d{2,12} (GMT|[+-]\d{1,9})\Z")))
def test_no_header_breaks_conditions(header: str, date: str) -> None:
    takes_gzip(header)
    for name in ("if-modified-since", "if-unmodified-since"):
        assert condition({name: date, "if-match": header}, '"a"', "Sat, 28 Nov 2026 18:00:00 GMT") in (200, 304, 412)
        assert condition({name: date}, '"a"', "Sat, 28 Nov 2026 18:00:00 GMT") in (200, 304, 412)


def test_entity_tags_differ_with_each_part() -> None:
    assert entity_tag(b"a", b"b") == entity_tag(b"a", b"b") != entity_tag(b"ab") != entity_tag(b"a", b"c")
    assert entity_tag(b"a", weak=True) == "W/" + entity_tag(b"a")


def test_a_cache_drops_what_was_used_longest_ago_and_takes_nothing_too_large() -> None:
    cache = Cache(10_000, 2000)
    for name in "abc":
        cache.put(name, Answer(b"x" * 1000), 0)  # with its compressed form and its place, 3,000 bytes
    assert cache.get("a")
    cache.put("d", Answer(b"x" * 1000), 0)
    assert cache.get("a") and not cache.get("b") and cache.get("c") and cache.get("d")
    cache.put("large", Answer(b"x" * 2001), 0)
    assert not cache.get("large") and cache.get("d")
