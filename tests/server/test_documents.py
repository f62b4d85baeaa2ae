"""From the IRI of a thing to documents about it, asked of the real server over HTTP."""

import gzip
import http.client
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from tests.helpers import ROOT
from tests.helpers.pages import parse_page
from tests.helpers.serving import Served, serving

from kommunegraf.namespaces import BASE, GRAPH, SKOS
from kommunegraf.publish.documents import Documents, release
from kommunegraf.publish.write import publish
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.formats import DATA, DATASETS

CONFORMANCE = Path(os.environ.get("CONFORMANCE", "nowhere"))
AARHUS = "/municipality/0751"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
THINGS = (AARHUS, "/initiative/open-data", "/ontology/adopter", "/dataset/kommunegraf", "/dataset/survey-2014/structure", "/version/0.1.0/",
          "/ontology/", "/")
LINK = re.compile(r'<([^>]*)>; rel="(\w+)"(?:; type="([^"]*)")?')


@pytest.fixture(scope="module")
def served(built: Path) -> Iterator[Served]:
    with serving(built / "kommunegraf.nq", data=ROOT / "data") as server:
        yield server


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.base, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def documents(served: Served, engine: Embedded) -> Documents:
    """What `publish` would write for the same address."""
    return Documents(engine.store, release(engine.store), ROOT / "data", served.context.public, served.context.public + "sparql")


def raw(served: Served, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request as it is written here: no client puts its path in order, and no header is added."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(served.base).port or 0, timeout=60)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    answer = response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    connection.close()
    return answer


CHOSEN = {
    "": "0751.html", "*/*": "0751.html", "text/*": "0751.html", "application/*": "0751.jsonld", BROWSER: "0751.html",
    "text/turtle": "0751.ttl", "application/ld+json": "0751.jsonld", "application/n-triples": "0751.nt", "application/rdf+xml": "0751.rdf",
    "application/trig": "0751.trig", "application/n-quads": "0751.nq", "application/trig, */*;q=0.1": "0751.trig",
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,text/turtle;q=0.6,text/html;q=0.2": "0751.jsonld",
    "TEXT/Turtle;Q=0.9, application/LD+JSON;q=0.3": "0751.ttl",
    "text/html;q=0.3, text/turtle;q=0.9": "0751.ttl", "text/turtle;q=0.3, text/html;q=0.9": "0751.html",
    "text/turtle;q=0, application/ld+json": "0751.jsonld", "text/html;q=0, */*": "0751.ttl", "text/html;q=0.2, */*;q=0.5": "0751.ttl",
    'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"': "0751.jsonld", "this is / not; an accept,,header": "0751.html",
    ";;;,,,q=": "0751.html", "text/turtle;q=nonsense": "0751.ttl", "text/html, application/trig;q=0.999": "0751.html",
}


@pytest.mark.parametrize("accept", CHOSEN, ids=lambda accept: accept[:30] or "none")
def test_a_thing_leads_to_the_document_that_is_asked_for(served: Served, accept: str) -> None:
    status, headers, body = raw(served, AARHUS, Accept=accept) if accept else raw(served, AARHUS)
    assert (status, headers["location"], body) == (303, CHOSEN[accept], b"")
    assert headers["vary"] == "Accept, Accept-Language" and headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "text/html;q=0", "nontext/turtle", "text/turtle2"])
def test_who_takes_nothing_that_there_is_gets_the_list_of_it(served: Served, accept: str) -> None:
    status, headers, body = raw(served, AARHUS, Accept=accept)
    assert (status, headers["vary"]) == (406, "Accept, Accept-Language")
    listed = dict(line.split(" ") for line in body.decode().splitlines())
    assert listed == {"text/html": "0751.html", **{format.media: f"0751{format.suffix}" for format in (*DATA, *DATASETS)}}


LANGUAGES = {"": "0751.html", "da": "0751.html", "en": "0751.en.html", "en-GB,en;q=0.9,da;q=0.8": "0751.en.html", "de": "0751.html",
             "da, en": "0751.html", "*": "0751.html", "en;q=0": "0751.html", "da;q=0.1, *;q=0.5": "0751.en.html", ";;nonsense": "0751.html"}


def test_a_page_comes_in_the_language_that_is_asked_for(served: Served) -> None:
    languages = {}
    for language in LANGUAGES:
        languages[language] = raw(served, AARHUS, **({"Accept-Language": language} if language else {}))[1]["location"]
    assert languages == LANGUAGES


@pytest.mark.parametrize("name", ["turtle", "ttl", "text/turtle", "jsonld", "ntriples", "nt", "rdfxml", "rdf", "trig", "nquads", "html"])
def test_a_format_can_be_named_in_the_address(client: httpx.Client, name: str) -> None:
    answer = client.get(AARHUS, params={"format": name}, headers={"Accept": "image/png"}, follow_redirects=True)
    assert answer.status_code == 200
    form = next((f for f in (*DATA, *DATASETS) if name in (f.name, f.suffix[1:], f.media)), None)
    assert answer.headers["content-type"].split(";")[0] == (form.media if form else "text/html")
    assert client.get(AARHUS, params={"format": "docx"}).status_code == 406


LARGE = pytest.param("/dataset/kommunegraf", marks=pytest.mark.slow)  # hundreds of blank nodes; the structure of the survey has some


@pytest.mark.parametrize("thing", [LARGE if thing == LARGE.values[0] else thing for thing in THINGS])
def test_every_format_of_a_thing_says_the_same(client: httpx.Client, thing: str) -> None:
    graphs = {}
    page = client.get(thing, follow_redirects=True)
    assert page.headers["content-type"] == "text/html; charset=utf-8" and b"<h1" in page.content
    for format in (*DATA, *DATASETS):
        answer = client.get(thing, headers={"Accept": format.media}, follow_redirects=True)
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, format.media)
        form = ox.RdfFormat.from_media_type(format.media)
        graph = ox.Dataset(ox.Quad(q.subject, q.predicate, q.object) for q in ox.parse(answer.content, format=form))
        graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        graphs[format.name] = frozenset(graph)
        assert any(quad.subject.value == BASE + thing[1:] for quad in graph)
    assert len(set(graphs.values())) == 1


def test_the_same_answer_has_one_tag_and_every_other_another(client: httpx.Client) -> None:
    paths = [AARHUS + end for end in (".html", ".en.html", *(format.suffix for format in (*DATA, *DATASETS)))]
    tags = {(path, coding): client.get(path, headers={"Accept-Encoding": coding}).headers["etag"]
            for path in paths for coding in ("gzip", "identity")}
    assert len(set(tags.values())) == 2 * len(paths)
    assert all(re.fullmatch(r'"[0-9a-z-]+"', tag) for tag in tags.values())
    assert tags[AARHUS + ".ttl", "gzip"] == client.get(AARHUS + ".ttl", headers={"Accept-Encoding": "br, gzip;q=0.5"}).headers["etag"]


def test_what_a_client_has_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get(AARHUS + ".ttl")
    tag = first.headers["etag"]
    for condition in (tag, f"W/{tag}", f'"other", {tag}', f'"a",W/{tag} ,"b"', "*"):
        answer = client.get(AARHUS + ".ttl", headers={"If-None-Match": condition})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag), condition
        assert (answer.headers["vary"], answer.headers["cache-control"]) == (first.headers["vary"], first.headers["cache-control"])
    for unknown in ('"other"', tag.strip('"'), client.get(AARHUS + ".nt").headers["etag"], ""):
        assert client.get(AARHUS + ".ttl", headers={"If-None-Match": unknown}).status_code == 200, unknown


def test_who_has_the_packed_bytes_and_asks_for_plain_ones_gets_them(client: httpx.Client) -> None:
    packed = client.get(AARHUS + ".ttl", headers={"Accept-Encoding": "gzip"}).headers["etag"]
    answer = client.get(AARHUS + ".ttl", headers={"Accept-Encoding": "identity", "If-None-Match": packed})
    assert answer.status_code == 200 and answer.headers["etag"] != packed


@pytest.mark.parametrize(
    "path", [AARHUS, AARHUS + ".ttl", AARHUS + ".html", "/robots.txt", "/nothing", "/dump/kommunegraf.nq.gz", "/ontology"],
)
def test_head_is_the_head_of_get(served: Served, path: str) -> None:
    got, head = raw(served, path), raw(served, path, "HEAD")
    assert got[0] == head[0] and head[2] == b""
    assert {**got[1], "date": ""} == {**head[1], "date": ""}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND"])
@pytest.mark.parametrize("path", [AARHUS, AARHUS + ".ttl", "/nothing"])
def test_a_document_cannot_be_changed(served: Served, method: str, path: str) -> None:
    status, headers, _ = raw(served, path, method, **{"Content-Length": "0"})
    assert (status, headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_any_page_of_the_web_may_read_the_data(served: Served) -> None:
    status, headers, body = raw(served, AARHUS + ".ttl", "OPTIONS")
    assert (status, headers["allow"], headers["access-control-allow-origin"], body) == (204, "GET, HEAD, OPTIONS", "*", b"")
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "accept"}
    status, headers, _ = raw(served, AARHUS, "OPTIONS", **preflight)
    assert status == 204 and "GET" in headers["access-control-allow-methods"] and "Accept" in headers["access-control-allow-headers"]
    for path in (AARHUS, AARHUS + ".nt", "/nothing", "/dump/kommunegraf.nq.gz"):
        assert raw(served, path, Origin="https://example.org")[1]["access-control-allow-origin"] == "*"


CODINGS = {"gzip": True, "GZIP": True, "deflate, gzip;q=0.1": True, "": False, "identity": False, "gzip;q=0": False,
           "gzip;q=0.000, br": False, "br": False}


@pytest.mark.parametrize("coding", CODINGS)
def test_texts_come_packed_for_who_takes_that(served: Served, coding: str) -> None:
    plain = raw(served, AARHUS + ".html")
    status, headers, body = raw(served, AARHUS + ".html", **{"Accept-Encoding": coding})
    assert status == 200 and headers["vary"] == "Accept-Encoding" and int(headers["content-length"]) == len(body)
    assert (headers.get("content-encoding") == "gzip") == CODINGS[coding]
    assert (gzip.decompress(body) if CODINGS[coding] else body) == plain[2]


@pytest.mark.parametrize("suffix", [".ttl", ".nq", ".jsonld"])
def test_a_dump_can_be_loaded_by_its_address(served: Served, suffix: str) -> None:
    graph = rdflib.Graph() if suffix == ".ttl" else rdflib.Dataset(default_union=True)
    graph.parse(f"{served.base}/dump/graph/ontology{suffix}")
    quads = served.context.store.quads_for_pattern(None, None, None, ox.NamedNode(GRAPH + "ontology"))
    assert len(graph) == len({quad.triple for quad in quads})


@pytest.mark.parametrize("suffix", [".nq", ".trig", ".ttl", ".jsonld"])
def test_a_whole_dump_is_sent_as_it_is_or_encoded(served: Served, suffix: str) -> None:
    packed = gzip.decompress(raw(served, f"/dump/kommunegraf{suffix}.gz")[2])
    for encoding, unpacked in (("identity", bytes), ("gzip", gzip.decompress)):
        status, headers, body = raw(served, f"/dump/kommunegraf{suffix}", **{"Accept-Encoding": encoding})
        assert status == 200 and unpacked(body) == packed and headers.get("content-encoding", "identity") == encoding


def test_a_dump_is_a_file_and_not_packed_twice(served: Served) -> None:
    status, headers, body = raw(served, "/dump/kommunegraf.nq.gz", **{"Accept-Encoding": "gzip"})
    assert (status, headers["content-type"]) == (200, "application/gzip") and "content-encoding" not in headers
    assert gzip.decompress(body).count(b"\n") > 10_000


def test_a_document_says_of_what_it_tells_and_in_what_else_it_can_be_had(client: httpx.Client) -> None:
    for path in (AARHUS + ".html", AARHUS + ".en.html", AARHUS + ".ttl", "/ontology/index.ttl"):
        answer = client.get(path)
        links = LINK.findall(answer.headers["link"])
        thing = BASE + ("ontology/" if "ontology" in path else AARHUS[1:])
        assert [target for target, rel, _ in links if rel == "describes"] == [thing]
        others = {media: urljoin(path, target) for target, rel, media in links if rel == "alternate"}
        assert len(others) >= 6 and answer.headers["content-type"].split(";")[0] not in others
        for media, target in others.items():
            assert client.get(target).headers["content-type"].split(";")[0] == media


def test_a_page_says_its_language_and_when_its_data_changed(client: httpx.Client, built: Path) -> None:
    assert [client.get(AARHUS + end).headers["content-language"] for end in (".html", ".en.html")] == ["da", "en"]
    changed = formatdate((built / "kommunegraf.nq").stat().st_mtime, usegmt=True)
    assert client.get(AARHUS + ".ttl").headers["last-modified"] == changed
    later, earlier = (formatdate((built / "kommunegraf.nq").stat().st_mtime + seconds, usegmt=True) for seconds in (1, -1))
    for since, status in ((changed, 304), (later, 304), (earlier, 200), ("yesterday", 200)):
        assert client.get(AARHUS + ".ttl", headers={"If-Modified-Since": since}).status_code == status, since
    assert client.get(AARHUS + ".ttl", headers={"If-Modified-Since": later, "If-None-Match": '"other"'}).status_code == 200


def test_who_wants_another_version_is_told_that_it_is_gone(client: httpx.Client) -> None:
    first = client.get(AARHUS + ".ttl")
    for headers, status in (({"If-Match": first.headers["etag"]}, 200), ({"If-Match": "*"}, 200), ({"If-Match": '"other"'}, 412),
                            ({"If-Unmodified-Since": first.headers["last-modified"]}, 200),
                            ({"If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}, 412)):
        assert client.get(AARHUS + ".ttl", headers=headers).status_code == status, headers


def test_a_former_name_leads_on_and_its_documents_stay(client: httpx.Client) -> None:
    moved = client.get("/organisation/citizenlab", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (301, "../organisation/go-vocal")
    described = client.get("/organisation/citizenlab", headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert described.url.path == "/organisation/go-vocal.ttl"
    assert "isReplacedBy" in client.get("/organisation/citizenlab.ttl").text


def test_a_folder_is_found_without_its_slash(client: httpx.Client) -> None:
    for path in ("/ontology", "/municipality", "/version/0.1.0"):
        answer = client.get(path)
        assert (answer.status_code, urljoin(path, answer.headers["location"])) == (308, path + "/")
        assert client.get(path, follow_redirects=True).status_code == 200


def test_a_mistyped_address_suggests_the_right_one_to_people(client: httpx.Client) -> None:
    for path, meant in (("/municipality/aarhus", AARHUS), ("/municipality/Århus", AARHUS),
                        ("/initiative/open-dat", "/initiative/open-data"), ("/initiative/open-dat.ttl", "/initiative/open-data")):
        for lang, end, heading in (("da", ".html", "Siden findes ikke"), ("en", ".en.html", "There is no such page")):
            answer = client.get(path, headers={"Accept": BROWSER, "Accept-Language": lang})
            assert (answer.status_code, answer.headers["content-language"]) == (404, lang)
            page = parse_page(answer.content)
            assert page.xpath("//h1")[0].text == heading and page.get("lang") == lang
            assert meant + end in [urljoin(path, link) for link in page.xpath("//main//li/a/@href")]


def test_a_mistyped_address_suggests_the_right_one_to_programs(client: httpx.Client) -> None:
    for lang, title in (("da", "Findes ikke"), ("en", "Not found")):
        answer = client.get("/initiative/open-dat", headers={"Accept": "text/turtle", "Accept-Language": lang})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        problem = answer.json()
        assert (problem["status"], problem["title"]) == (404, title) and f"{BASE}initiative/open-data" in problem["suggestions"]


@pytest.mark.parametrize("path", ["/x", "/x/", "/x/y/z/", "/municipality/none", "/a/b/c/d/e/f/g/h/i/j/k/l/m", "/" + "a/" * 500])
def test_every_link_of_a_page_that_says_no_leads_somewhere(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    page = parse_page(answer.content)
    targets = {urljoin(str(answer.url), link) for _, _, link, _ in page.iterlinks() if not link.startswith("#")}
    assert len(targets) > 10
    for target in targets:
        assert client.get(target, follow_redirects=True).status_code == 200, target


HOSTILE = [
    "/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/static/../../../../etc/passwd",
    "/static/%2e%2e/words/frame.yaml",
    "/assets/../whole.py", "/assets/%2e%2e/whole.py", "/assets/..%2fwhole.py", "/assets//etc/passwd", "/%00", "/municipality/0751%00.ttl",
    "/assets/%00", "/assets/" + "a" * 300, "/%ff%fe", "/%c0%ae%c0%ae/etc/passwd", "/..%5c..%5cetc%5cpasswd", "\\..\\..\\etc\\passwd",
    "/" + "a" * 60_000, "/" + "a/" * 30_000, "//etc/passwd", "/municipality/0751.exe", "/%", "/%zz", "/" + "%25" * 10 + "2e",
    "/municipality/0751/",
    "/dump/../../data/evidence.csv", "/.git/config", "/file:///etc/passwd", "/municipality/0751%0d%0aSet-Cookie:%20a=b",
]


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path[:40])
def test_a_hostile_path_finds_nothing(served: Served, path: str) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(served.base).port or 0), timeout=30) as client:
        client.sendall(b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nAccept: text/turtle\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(65_536), b""))
    status = int(answer.split(b" ", 2)[1])
    assert 400 <= status < 500, answer[:300]
    assert b"root:" not in answer and b"def whole" not in answer and b"set-cookie" not in answer.lower()


def test_addresses_that_are_none_leave_nothing_behind(served: Served, client: httpx.Client) -> None:
    def kept() -> int:
        return sum(1 + len(parts) for parts in served.context.site.made.values())

    client.get("/nothing", headers={"Accept": "text/html"})
    before = kept()
    for depth in range(1, 40):
        for path in (f"/{'a/' * depth}x", f"/{'a/' * depth}x.html", f"/first{depth}/x"):
            assert client.get(path, headers={"Accept": "text/html"}).status_code == 404
    assert kept() == before


def test_the_server_answers_after_all_of_that(client: httpx.Client) -> None:
    assert client.get("/ready").status_code == 200


@pytest.mark.parametrize("path", ["/.well-known/void", "/robots.txt", "/sitemap.xml", "/catalog.ttl", "/catalog.jsonld", "/version/0.1.0/",
                                  "/version/0.1.0/kommunegraf.nq.gz", "/ontology/0.1.0", "/ontology/0.1.0.ttl", "/llms.txt"])
def test_what_machines_look_for_is_there(client: httpx.Client, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200 and answer.content


def test_the_services_of_the_catalogue_are_where_it_says(client: httpx.Client, served: Served) -> None:
    catalogue = ox.parse(client.get("/catalog.nt").content, format=ox.RdfFormat.N_TRIPLES)
    addresses = {q.object.value for q in catalogue if q.predicate.value.endswith(("#endpointURL", "#endpointDescription"))}
    assert len(addresses) == 3 and all(address.startswith(served.context.public) for address in addresses)
    for address in addresses:
        assert client.get(address.replace(served.context.public, f"{served.base}/")).status_code == 200, address


def test_the_catalogue_is_found_by_its_name(client: httpx.Client) -> None:
    answer = client.get("/catalog", headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert answer.url.path == "/catalog.ttl" and answer.content == client.get("/catalog.ttl").content
    assert f"<{BASE}catalog>".encode() in answer.content or b"catalog" in answer.content


@pytest.mark.parametrize("step", [10, pytest.param(1, marks=pytest.mark.slow)], ids=["some kinds", "every kind"])
def test_the_bytes_are_those_that_are_published(client: httpx.Client, documents: Documents, step: int) -> None:
    by_kind: dict[tuple[str, str], str] = {}
    for name in documents.names():
        by_kind.setdefault((name.partition("/")[0], name.rpartition("/")[2].partition(".")[2]), name)
    assert len(by_kind) > 150
    for name in list(by_kind.values())[::step]:
        answer = client.get("/" + name)
        assert answer.status_code == 200, name
        assert answer.content == documents.read(name), name


def turtle(*names: str, version: str = "0.2.0") -> str:
    things = "".join(f'<{BASE}thing/{name}> <{SKOS}prefLabel> "Ting {name}"@da, "Thing {name}"@en .\n' for name in names)
    return f'<{BASE}ontology/> <http://www.w3.org/2002/07/owl#versionInfo> "{version}" .\n{things}'


def test_what_was_removed_is_gone_and_still_tells_what_it_was(tmp_path: Path) -> None:
    before = ox.Store()
    before.load(turtle("kept", "old", version="0.1.0"), format=ox.RdfFormat.TURTLE)
    publish(Documents(before, "0.1.0"), tmp_path / "before")
    (tmp_path / "now.ttl").write_text(turtle("kept"), "utf-8")
    with serving(tmp_path / "now.ttl", previous=tmp_path / "before") as served, httpx.Client(base_url=served.base) as client:
        redirect = client.get("/thing/old", headers={"Accept": "text/turtle"})
        assert (redirect.status_code, redirect.headers["location"]) == (303, "old.ttl")
        for path in ("/thing/old.ttl", "/thing/old.html", "/thing/old.en.html", "/thing/old.jsonld"):
            for method in ("GET", "HEAD"):
                assert client.request(method, path, headers={"If-None-Match": "*"}).status_code == 410
        assert b"deprecated" in client.get("/thing/old.ttl").content and "Ting old" in client.get("/thing/old.html").text
        assert client.get("/thing/kept.ttl").status_code == 200
        assert client.get("/thing/never").status_code == 404
        assert client.get("/version/0.1.0/kommunegraf.nq.gz").status_code == 200


def test_new_data_is_served_anew_and_no_request_fails_meanwhile(tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text(turtle("a"), "utf-8")
    with serving(file) as served, httpx.Client(base_url=served.base) as client:
        before = {path: client.get(path) for path in ("/thing/a.ttl", "/thing/a.html")}
        seen: list[int] = []
        ended = threading.Event()

        def asking() -> None:
            with httpx.Client(base_url=served.base) as other:
                while not ended.is_set():
                    seen.extend(other.get(path).status_code for path in ("/thing/a", "/thing/a.ttl", "/thing/a.html", "/sparql"))

        threads = [threading.Thread(target=asking) for _ in range(3)]
        for thread in threads:
            thread.start()
        file.write_text(turtle("a", "b").replace("Ting a", "Ny ting"), "utf-8")
        for _ in range(3):
            served.run(served.context.reload())
        ended.set()
        for thread in threads:
            thread.join()
        assert len(seen) > 12 and set(seen) == {200, 303}
        for path, answer in before.items():
            after = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
            assert after.status_code == 200 and "Ny ting" in after.text and after.headers["etag"] != answer.headers["etag"]
        assert client.get("/thing/b").status_code == 303


def check(*arguments: str) -> None:
    """Run one of the checkers. It says what does not hold."""
    command = [sys.executable, str(CONFORMANCE / arguments[0]), *arguments[1:]]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, [line for line in done.stdout.splitlines() if not line.startswith("pass")] + [done.stderr]
    skipped = [line for line in done.stdout.splitlines() if line.lower().startswith("skip") and "update" not in line.lower()]
    assert not skipped, skipped


needs_checkers = pytest.mark.skipif(not (CONFORMANCE / "conneg.py").is_file(), reason="CONFORMANCE names no folder with the checkers")


@pytest.mark.slow
@needs_checkers
def test_dereferencing_passes_the_check(served: Served) -> None:
    things = [BASE + thing[1:] for thing in THINGS if not thing.endswith("/")]
    check("conneg.py", f"{served.base}/", *things, "--map", f"{BASE}={served.base}/", "--vocab", f"{BASE}ontology/")


@pytest.mark.slow
@needs_checkers
def test_the_endpoint_passes_the_protocol_tests(tmp_path: Path, built: Path) -> None:
    manifest = str(CONFORMANCE / "sparql11-protocol")
    check("sparql_protocol.py", "--manifest", manifest, "--query", "http://unused/", "--emit-data", str(tmp_path / "graphs.trig"))
    with serving(built / "kommunegraf.nq", tmp_path / "graphs.trig") as served:
        check("sparql_protocol.py", "--manifest", manifest, "--query", served.sparql, "--sd", "--extra")


def test_frozen_releases_dereference_too(tmp_path: Path) -> None:
    before = ox.Store()
    before.load(turtle("kept", version="0.1.0"), format=ox.RdfFormat.TURTLE)
    publish(Documents(before, "0.1.0"), tmp_path / "before")
    for name in ("version/0.1.0/index", "ontology/0.1.0"):
        for ending in (".html", ".en.html", ".ttl"):
            file = tmp_path / "before" / f"{name}{ending}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{name}{ending}", "utf-8")
    (tmp_path / "now.ttl").write_text(turtle("kept"), "utf-8")
    with serving(tmp_path / "now.ttl", previous=tmp_path / "before") as served, httpx.Client(base_url=served.base) as client:
        for thing, name in (("/version/0.1.0/", "index"), ("/ontology/0.1.0", "0.1.0")):
            for accept, ending in (("text/turtle", ".ttl"), ("text/html", ".html"), ("text/html, text/turtle;q=0.9", ".html")):
                answer = client.get(thing, headers={"Accept": accept})
                assert (answer.status_code, answer.headers["location"]) == (303, name + ending)
                followed = client.get(thing, headers={"Accept": accept}, follow_redirects=True)
                assert followed.status_code == 200
                assert followed.text.endswith(f"{name}{ending}") or ending == ".html"  # the package has a page of its own version
            assert client.get(thing, headers={"Accept": "text/html", "Accept-Language": "en"}).headers["location"] == f"{name}.en.html"
            assert client.get(thing, headers={"Accept": "image/png"}).status_code == 406
        assert client.get("/version/0.1.0").headers["location"] == "0.1.0/"
        assert client.get("/version/0.0.9/").status_code == 404
