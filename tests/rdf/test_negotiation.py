"""Accept and Accept-Language, as RFC 9110 (sections 12.5.1 and 12.5.4) has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kommunegraf.rdf.negotiation import choose, choose_language

OFFERED = ["text/turtle", "application/ld+json", "text/html"]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "text/turtle"),
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("text/html", "text/html"),
        ("TEXT/HTML", "text/html"),
        ("text/html;level=1", "text/html"),
        ("text/*", "text/turtle"),
        ("application/*, text/*;q=0.5", "application/ld+json"),
        ("text/turtle;q=0.2, application/ld+json;q=0.9", "application/ld+json"),
        ("text/turtle;q=0.20, application/ld+json;q=0.900 , text/html ; q=0.95", "text/html"),
        ("text/turtle;q=0, */*", "application/ld+json"),
        ("text/*;q=0, */*;q=0.1", "application/ld+json"),
        ("*/*;q=0.1, text/html;q=0", "text/turtle"),
        ("text/turtle;q=0.1, text/*;q=0.9", "text/html"),
        ("image/png", None),
        ("text/turtle;q=0", None),
        ("*/*;q=0", None),
        ("image/png, text/html;q=0.001", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ('text/turtle;profile="a,b;q=0", image/png', "text/turtle"),
        (",,, text/html ,,", "text/html"),
        ('application/ld+json;profile="compacted";q=0.5, application/ld+json, text/turtle;q=0.8', "application/ld+json"),
        ("application/ld+json;profile=compacted, text/turtle;q=0.8", "application/ld+json"),
        ("text/html;level=1;q=0.1, text/*;q=0.9", "text/turtle"),
    ],
)
def test_the_client_gets_what_it_likes_best(accept: str | None, chosen: str | None) -> None:
    assert choose(accept, OFFERED) == chosen


RFC = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5"


@pytest.mark.parametrize(("worse", "better"), [("text/html", "image/jpeg"), ("image/jpeg", "text/plain"), ("text/html", "text/plain")])
def test_the_example_of_the_standard_orders_types_as_it_says(worse: str, better: str) -> None:
    """Of RFC 9110, section 12.5.1, without the rows for representations with parameters: those on offer here have none."""
    assert choose(RFC, [worse, better]) == better


@pytest.mark.parametrize("accept", ["nonsense", "text", "/", "*/html", ";;;", "text/turtle; q=high", '"', "text/html;q=", "\x00", "q=0.5"])
def test_what_cannot_be_read_is_no_error(accept: str) -> None:
    assert choose(accept, OFFERED) in OFFERED


@given(st.text(alphabet="textapplicationhtmlturtle*/;,q=01.\" \\", max_size=60))
def test_no_header_breaks_it(accept: str) -> None:
    assert choose(accept, OFFERED) in [*OFFERED, None]
    assert choose_language(accept) in ("da", "en")


def test_a_header_without_end_costs_little() -> None:
    assert choose('text/html;a="' * 100_000, OFFERED) in [*OFFERED, None]


@pytest.mark.parametrize(
    ("accept_language", "chosen"),
    [
        (None, "da"),
        ("", "da"),
        ("en", "en"),
        ("en-GB", "en"),
        ("EN", "en"),
        ("da, en", "da"),
        ("en, da", "da"),
        ("en, da;q=0.9", "en"),
        ("en;q=0.5, da;q=0.4", "en"),
        ("de, en;q=0.1", "en"),
        ("de", "da"),
        ("*", "da"),
        ("da;q=0, *", "en"),
        ("nb, da;q=0.5, en;q=0.7", "en"),
        ("nonsense!", "da"),
    ],
)
def test_danish_unless_english_is_liked_better(accept_language: str | None, chosen: str) -> None:
    assert choose_language(accept_language) == chosen
