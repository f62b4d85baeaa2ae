"""Pages for tests, read by lxml."""

import re
from typing import Any

import lxml.html

from kommunegraf.site.registry import Pages


def parse_page(text: str | bytes) -> Any:
    """A whole page as a tree of elements. Bytes are UTF-8."""
    return lxml.html.document_fromstring(text if isinstance(text, str) else text.decode("utf-8"))


def read(pages: Pages, path: str, lang: str = "da") -> Any:
    """A page of the site as a tree of elements."""
    text = pages.html(path, lang)
    assert text, f"there is no page {path}"
    return parse_page(text)


def words(tree: Any) -> str:
    """All text of the page's own part, in one line."""
    return re.sub(r"\s+", " ", tree.xpath("string(//main)"))
