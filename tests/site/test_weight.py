"""How heavy a page may be: light enough for a phone on a slow line, however much is known."""

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from tests.helpers.pages import parse_page

from kommunegraf.namespaces import BASE
from kommunegraf.publish.documents import Documents
from kommunegraf.site import addresses
from kommunegraf.site.model import Site
from kommunegraf.site.pages import folders
from kommunegraf.site.parts import claims
from kommunegraf.site.registry import Pages

HEAVIEST = 100_000
"""The largest a page may be, in bytes as it lies uncompressed on a disk."""


@pytest.mark.slow
def test_no_page_of_the_site_is_too_heavy(site: Path) -> None:
    sizes = {file.relative_to(site).as_posix(): file.stat().st_size for file in site.rglob("*.html")}
    assert len(sizes) > 5000
    assert not {name: size for name, size in sizes.items() if size > HEAVIEST}


def test_the_pages_of_which_most_is_known_are_not_too_heavy(documents: Documents) -> None:
    evidence = claims.index(documents.site).evidence
    paths = [addresses.path(iri) or "" for iri in sorted(evidence, key=lambda iri: -len(evidence[iri]))[:4]]
    paths += ["matrix", "gap/index", "evidence/index", "question/initiative-status", "population-group/all"]
    sizes = {addresses.page(path, lang): len(documents.read(addresses.page(path, lang)) or b"") for path in paths for lang in ("da", "en")}
    assert all(0 < size <= HEAVIEST for size in sizes.values()), sizes


def sources(count: int) -> Pages:
    """The pages of a store that has nothing but some sources with long names."""
    store = ox.Store()
    for number in range(count):
        iri = ox.NamedNode(f"{BASE}source/{number:05}")
        letter = "abcdefghijklmnopqrstuvwxyzæøå"[number % 29]
        store.add(ox.Quad(iri, ox.NamedNode("http://purl.org/dc/terms/title"), ox.Literal(f"{letter} {'langt navn ' * 8}{number}")))
    return Pages(Site(store, "0"))


@pytest.mark.parametrize("count", [1, folders.FEW, folders.FEW + 1, folders.PART, folders.PART + 1, 3 * folders.PART])
def test_a_list_of_many_is_spread_over_pages_that_lead_to_each_other(count: int) -> None:
    pages = sources(count)
    paths = [path for path in pages.documents if path.startswith("source/index")]
    assert len(paths) == -(-count // folders.PART)
    listed: list[Any] = []
    for path in paths:
        text = pages.html(path, "da") or ""
        assert len(text.encode()) < HEAVIEST
        tree = parse_page(text)
        listed += tree.xpath("//main//ul[@class='columns']//a/@href")
        others = {href for href in tree.xpath("//main/nav//a/@href") if not href.startswith("#")}
        assert {href.partition("#")[0] for href in others} >= {f"../{one}.html" for one in paths if one != path}
    trees = {path: parse_page(pages.html(path, "da") or "") for path in paths}
    for href in trees[paths[0]].xpath("//main//ul[@class='row']//a/@href"):
        page, _, part = href.partition("#")
        assert trees[page.removeprefix("../").removesuffix(".html") or paths[0]].get_element_by_id(part) is not None
    assert len(listed) == len(set(listed)) == count
