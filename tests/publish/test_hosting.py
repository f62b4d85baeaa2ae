"""Web servers that follow the generated rules lead each request to the document that it asks for. The servers are real."""

import http.client
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest
import rdflib
from tests.helpers.webservers import free_port, installed, open_folder, serving

from kommunegraf.findings import BadInput
from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import BASE
from kommunegraf.publish import hosting
from kommunegraf.rdf.describe import description, encode
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.formats import DATA, FORMATS, HTML
from kommunegraf.site import addresses

RULES = {"nginx": "hosting/nginx.conf", "apache": ".htaccess", "caddy": "hosting/Caddyfile"}
THINGS = ("municipality/0751", "initiative/open-data", "ontology/", "ontology/adopter", "dataset/survey-2014/structure")
REMOVED = "municipality/0999"
CONNEG = Path(os.environ.get("CONFORMANCE", "nowhere"), "conneg.py")


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Host(NamedTuple):
    kind: str
    port: int
    prefix: str

    def get(self, path: str, accept: str | None = None, language: str | None = None, method: str = "GET", **more: str) -> Answer:
        """One request, and no redirect followed."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        named = {"Accept": accept, "Accept-Language": language, **{name.replace("_", "-"): value for name, value in more.items()}}
        client.request(method, self.prefix + path, headers={name: value for name, value in named.items() if value is not None})
        response = client.getresponse()
        headers: dict[str, str] = {}
        for name, value in response.getheaders():
            headers[name.lower()] = ", ".join(filter(None, [headers.get(name.lower()), value]))
        answer = Answer(response.status, headers, response.read())
        client.close()
        return answer

    def chosen(self, path: str, accept: str | None, language: str | None = None) -> str:
        """The ending of the document that a request for a thing is led to, or the status where it is led nowhere."""
        answer = self.get(path, accept, language)
        if answer.status != 303:
            return str(answer.status)
        name = (path.rpartition("/")[2] or "index") + "."
        end = answer.headers["location"].rpartition("/")[2]
        assert end.startswith(name), answer.headers["location"]
        return end[len(name) - 1:]


def make_site(top: Path, store: ox.Store, address: str) -> None:
    """Some resources with data and small pages, a removed one, and the rules for `address`."""
    files = dict(hosting.files(address))
    for thing in THINGS:
        path = addresses.path(BASE + thing)
        assert path
        quads = description(store, BASE + thing)
        files |= {path + format.suffix: encode(quads, format) for format in DATA}
        link = f'<link rel="alternate" type="text/turtle" href="{path.rpartition("/")[2]}.ttl">'
        for lang in LANGUAGES:
            files[addresses.page(path, lang)] = f'<!doctype html><html lang="{lang}"><meta charset="utf-8">{link}'.encode()
    files |= {"index.html": b"front", "index.en.html": b"front", "404.html": "findes ikke: æøå".encode()}
    files |= {"robots.txt": b"", "sitemap.xml": b"<x/>", ".well-known/void": b"<a> <b> <c> ."}
    quads = description(store, BASE + THINGS[0])
    files |= {f"dump/kommunegraf{format.suffix}": encode(quads, format) for format in FORMATS if format.dumped}
    files |= {"dump/kommunegraf.nq.gz": b"\x1f\x8b", "version/0.1.0/kommunegraf.ttl": b"<a> <b> <c> ."}
    files |= {REMOVED + ".html": b"removed", REMOVED + ".en.html": b"removed", REMOVED + ".ttl": b"<a> <b> <c> ."}
    files[REMOVED + hosting.GONE] = b""
    for name, data in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(data)


@pytest.fixture(scope="module")
def store(built: Path) -> ox.Store:
    return Embedded.open(built / "kommunegraf.nq").store


PLACES = [(kind, prefix) for kind in RULES for prefix in ("/", "/data/kommunegraf/")]


@pytest.fixture(scope="module", params=PLACES, ids="".join)
def host(request: pytest.FixtureRequest, store: ox.Store) -> Iterator[Host]:
    kind, prefix = request.param
    if not installed(kind):
        pytest.skip(f"{kind} is not installed")
    host = Host(kind, free_port(), prefix)
    with open_folder() as root:
        top = root / prefix.strip("/")
        make_site(top, store, f"http://127.0.0.1:{host.port}{prefix}")
        with serving(kind, host.port, root, top / RULES[kind]):
            yield host


REQUESTS = {
    None: ".html", "": ".html", "*/*": ".html", "text/*": ".html", "application/*": ".jsonld",
    "text/html": ".html", "text/turtle": ".ttl", "application/ld+json": ".jsonld", "application/n-triples": ".nt",
    "application/rdf+xml": ".rdf",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8": ".html",
    "text/html;q=0.3, text/turtle;q=0.9": ".ttl", "text/turtle;q=0.3, text/html;q=0.9": ".html",
    "text/turtle;q=0.85, application/ld+json;q=0.851": ".jsonld", "text/turtle;q=0.851, application/ld+json;q=0.85": ".ttl",
    "application/rdf+xml;q=0.9, text/turtle;q=0.90": ".ttl", "application/rdf+xml;q=0.05, text/turtle;q=0.049": ".rdf",
    "text/turtle;q=0, application/ld+json": ".jsonld", "text/html;q=0, */*": ".ttl", "text/*;q=0, */*;q=0.1": ".jsonld",
    "text/html;q=0.2, */*;q=0.5": ".ttl", "text/html;q=0.2, text/*;q=0.5, */*;q=0.7": ".jsonld",
    "TEXT/Turtle;Q=0.9, application/LD+JSON;q=0.3": ".ttl", "text/turtle ; charset=utf-8 ; q=0.4 , application/rdf+xml ; q=0.5": ".rdf",
    'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted";q=1': ".jsonld", "text/turtle;q=1.000, text/html;q=0.999": ".ttl",
    "application/rdf+xml, text/xml;q=0.5, text/turtle;q=0.7, */*;q=0.1": ".rdf", "text/turtle;q=1.5, text/html;q=0.9": ".ttl",
    "image/png": "406", "text/html;q=0": "406", "*/*;q=0": "406", "*/*;q=0.000": "406", "this is / not; an accept,,header": "406",
    "nontext/turtle": "406", "text/turtle2": "406",
}

LANGUAGE = {
    None: ".html", "da": ".html", "en": ".en.html", "en-GB": ".en.html", "EN": ".en.html", "da-DK, en;q=0.9": ".html", "de": ".html",
    "*": ".html", "en-US,en;q=0.9,da;q=0.8": ".en.html", "en-US,en;q=0.5,da;q=0.9": ".en.html", "en;q=0.5, da;q=0.45": ".en.html",
    "sv, en;q=0.1": ".en.html", "en;q=0": ".html", "da;q=0, en;q=0.1": ".en.html", "da;q=0.2, *;q=0.5": ".en.html", "eng": ".html",
    "nonsense;;": ".html",
}


@pytest.mark.slow
@pytest.mark.parametrize("thing", ["municipality/0751", "ontology/"])
def test_the_wanted_format_is_found(host: Host, thing: str) -> None:
    assert {accept: host.chosen(thing, accept) for accept in REQUESTS} == REQUESTS


@pytest.mark.slow
def test_the_wanted_language_is_found(host: Host) -> None:
    assert {language: host.chosen("municipality/0751", "text/html", language) for language in LANGUAGE} == LANGUAGE


def best(accept: list[tuple[str, float]]) -> str:
    """What RFC 9110, section 12.5.1, chooses: for each format the most specific range, then the highest weight, then our order."""
    weights = dict(accept)
    quality = {format.suffix: next((weights[r] for r in (format.media, format.media.partition("/")[0] + "/*", "*/*") if r in weights), 0.0)
               for format in (HTML, *DATA)}
    found = max(quality, key=lambda suffix: quality[suffix])
    return found if quality[found] else "406"


@pytest.mark.slow
def test_any_weights_choose_as_the_standard_says(host: Host) -> None:
    dice = random.Random(9110)
    ranges = [format.media for format in (HTML, *DATA)] + ["text/*", "application/*", "*/*", "image/png"]
    for _ in range(150):
        named = dice.sample(ranges, dice.randint(1, 6))
        asked = [(media, dice.choice([0, 1, 0.5, round(dice.random(), dice.choice([1, 2, 3]))])) for media in named]
        header = ", ".join(f"{media};q={weight:g}" if weight < 1 or dice.random() < 0.3 else media for media, weight in asked)
        assert host.chosen("municipality/0751", header) == best(asked), header


@pytest.mark.slow
def test_a_redirect_says_what_it_depends_on(host: Host) -> None:
    for accept in ("text/turtle", "image/png"):
        for method in ("GET", "HEAD"):
            answer = host.get("municipality/0751", accept, method=method)
            assert {"accept", "accept-language"} <= {name.strip().lower() for name in answer.headers["vary"].split(",")}
            assert answer.headers["access-control-allow-origin"] == "*"
            assert method == "GET" or not answer.body


@pytest.mark.slow
def test_every_document_has_its_media_type(host: Host) -> None:
    types = {"municipality/0751" + format.suffix: format.media for format in DATA}
    types |= {"municipality/0751.ttl": "text/turtle; charset=utf-8", "municipality/0751.html": "text/html; charset=utf-8",
              "municipality/0751.en.html": "text/html; charset=utf-8", ".well-known/void": "text/turtle; charset=utf-8"}
    assert {path: host.get(path).headers["content-type"].lower() for path in types} == types


@pytest.mark.slow
def test_a_dump_is_a_gzip_file_and_no_encoded_text(host: Host) -> None:
    answer = host.get("dump/kommunegraf.nq.gz", Accept_Encoding="gzip")
    assert (answer.body, answer.headers["content-type"]) == (b"\x1f\x8b", "application/gzip")
    assert "content-encoding" not in answer.headers


@pytest.mark.slow
def test_a_dump_can_be_loaded_by_its_address(host: Host, store: ox.Store) -> None:
    for suffix in (format.suffix for format in FORMATS if format.dumped):
        graph = rdflib.Dataset(default_union=True).parse(f"http://127.0.0.1:{host.port}{host.prefix}dump/kommunegraf{suffix}")
        assert len(graph) == len(description(store, BASE + THINGS[0])), suffix


@pytest.mark.slow
def test_texts_are_sent_compressed(host: Host) -> None:
    assert host.get("municipality/0751.nt", Accept_Encoding="gzip").headers["content-encoding"] == "gzip"


@pytest.mark.slow
def test_pages_may_load_nothing_from_elsewhere_and_every_answer_says_so(host: Host) -> None:
    for path in ("municipality/0751", "municipality/0751.html", "nothing", REMOVED + ".html"):
        headers = host.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"] and "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.slow
def test_a_document_that_has_not_changed_is_not_sent_again(host: Host) -> None:
    tag = host.get("municipality/0751.ttl").headers["etag"]
    assert host.get("municipality/0751.ttl", If_None_Match=tag).status == 304
    assert host.get("municipality/0751.jsonld").headers["etag"] != tag


@pytest.mark.slow
def test_a_frozen_version_may_be_kept_for_good(host: Host) -> None:
    assert "immutable" in host.get("version/0.1.0/kommunegraf.ttl").headers["cache-control"]
    assert host.get("municipality/0751.ttl").headers["cache-control"] == "public, max-age=3600"
    assert "cache-control" not in host.get("version/0.1.0/nothing.ttl").headers


@pytest.mark.slow
@pytest.mark.parametrize("path", ["nothing", "municipality/nothing", "municipality/nothing.ttl", "municipality/", "version/0.1.0/"])
def test_what_was_never_there_is_not_found(host: Host, path: str) -> None:
    for accept in ("text/turtle", "text/html"):
        answer = host.get(path, accept)
        assert (answer.status, answer.body.decode("utf-8")) == (404, "findes ikke: æøå")


@pytest.mark.slow
def test_what_was_removed_is_gone_and_still_tells_what_it_was(host: Host) -> None:
    assert host.chosen(REMOVED, "text/turtle") == ".ttl"
    for suffix, body in ((".html", b"removed"), (".en.html", b"removed"), (".ttl", b"<a> <b> <c> .")):
        answer = host.get(REMOVED + suffix)
        assert (answer.status, answer.body) == (410, body)


@pytest.mark.slow
def test_a_page_without_data_is_given_to_those_who_accept_pages_only(host: Host) -> None:
    assert [host.chosen("", accept) for accept in ("text/turtle", "text/turtle, */*;q=0.1", None)] == ["406", ".html", ".html"]
    assert host.chosen("", "text/turtle, text/html;q=0.1", "en") == ".en.html"


@pytest.mark.slow
def test_a_folder_without_its_slash_is_found(host: Host) -> None:
    answer = host.get("ontology")
    assert answer.status == 301 and answer.headers["location"].endswith("ontology/")


@pytest.mark.slow
@pytest.mark.parametrize("method", ["DELETE", "PUT", "POST", "PATCH"])
def test_a_site_is_for_reading(host: Host, method: str) -> None:
    for path in ("municipality/0751", "municipality/0751.ttl", "nothing"):
        answer = host.get(path, method=method)
        assert answer.status == 405
        assert "GET, HEAD" in answer.headers["allow"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", ["/evil.example/../municipality/0751", "municipality/%0d%0aX-Evil:1/../0751", "municipality/0751?next=//evil.example"],
)
def test_no_request_leads_to_another_host_or_adds_a_header(host: Host, path: str) -> None:
    answer = host.get(path)
    target = answer.headers.get("location", "./")
    assert target.startswith(("./", f"http://127.0.0.1:{host.port}{host.prefix}municipality/"))
    assert "evil" not in target and "x-evil" not in answer.headers


@pytest.mark.slow
@pytest.mark.skipif(not CONNEG.is_file(), reason="CONFORMANCE names no folder with the check conneg.py")
def test_the_conformance_check_passes(host: Host) -> None:
    if host.prefix != "/":
        pytest.skip("the check looks for robots.txt at the top of the host")
    here = f"http://127.0.0.1:{host.port}/"
    things = [BASE + thing for thing in THINGS if not thing.endswith("/")]
    command = [sys.executable, str(CONNEG), here, *things, "--map", f"{BASE}={here}", "--vocab", BASE + "ontology/"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, [line for line in done.stdout.splitlines() if not line.startswith("pass")] + [done.stderr]


@pytest.fixture(scope="module")
def w3id() -> Iterator[Host]:
    """A host with the rules for w3id.org in its folder `kommunegraf`, and nothing else."""
    if not installed("apache"):
        pytest.skip("apache is not installed")
    host = Host("apache", free_port(), "/kommunegraf/")
    with open_folder() as root:
        place = root / "kommunegraf" / ".htaccess"
        place.parent.mkdir()
        place.write_bytes(dict(hosting.files("https://data.example.org/site/"))["hosting/w3id/.htaccess"])
        with serving("apache", host.port, root, place):
            yield host


@pytest.mark.slow
def test_w3id_leads_to_the_wanted_document(w3id: Host) -> None:
    assert {accept: w3id.chosen("municipality/0751", accept) for accept in REQUESTS} == REQUESTS
    assert {language: w3id.chosen("ontology/", None, language) for language in LANGUAGE} == LANGUAGE


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "target"),
    [("municipality/0751", "303 municipality/0751.html"), ("", "303 index.html"), ("ontology/", "303 ontology/index.html"),
     ("municipality/0751.nt", "302 municipality/0751.nt"), ("dump/kommunegraf.nq.gz", "302 dump/kommunegraf.nq.gz"),
     (".well-known/void", "302 .well-known/void"), ("version/0.1.0/", "302 version/0.1.0/")],
)
def test_w3id_leads_to_the_site(w3id: Host, path: str, target: str) -> None:
    answer = w3id.get(path)
    status, _, place = target.partition(" ")
    assert (str(answer.status), answer.headers["location"]) == (status, "https://data.example.org/site/" + place)
    assert answer.headers["access-control-allow-origin"] == "*"


def test_the_rules_are_the_same_each_time_and_name_the_address() -> None:
    first, second = (dict(hosting.files("https://example.org/kommunegraf/")) for _ in range(2))
    assert first == second
    assert {".htaccess", "hosting/w3id/.htaccess", "hosting/nginx.conf", "hosting/Caddyfile", "hosting/README.md"} < set(first)
    for path, text in first.items():
        assert path == ".nojekyll" or b"https://example.org/kommunegraf/" in text, path


def test_all_rules_read_every_format_and_language() -> None:
    for path, text in dict(hosting.files("https://example.org/")).items():
        if path.endswith((".htaccess", ".conf", "Caddyfile")):
            for choice in (*hosting.CHOICES, *hosting.LANGS):
                found = text.decode("utf-8").replace("(?<kg_a>", "(").replace("(?<kg_b>", "(").replace("(?<kg_c>", "(")
                missing = [reading.pattern for reading in choice.readings if reading.pattern not in found and reading.pattern != "^$"]
                assert not missing and choice.suffix in found, path


@pytest.mark.parametrize(
    "address", ["", "example.org", "ftp://example.org/", "https://example.org", "https://example.org/?q", "https://example.org/a b/",
                'https://example.org/";}/', "https://example.org/$uri/", "https://example.org/{env}/", "https://example.org//"],
)
def test_an_address_that_is_none_of_a_site_is_refused(address: str) -> None:
    with pytest.raises(BadInput, match="is no web address that ends in /"):
        list(hosting.files(address))


@pytest.mark.parametrize(("less", "more"), [("0000", "01000"), ("0849000", "085000"), ("09000", "1000"), ("01000", "011000")])
def test_weights_are_compared_as_decimals(less: str, more: str) -> None:
    assert re.match(hosting.LESS, f"{less}:.ttl,{more};0123456789")
    assert not re.match(hosting.LESS, f"{more}:.ttl,{less};0123456789")
    assert not re.match(hosting.LESS, f"{more}:.ttl,{more};0123456789")
