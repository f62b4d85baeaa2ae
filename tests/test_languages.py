"""Words, numbers, dates and the order of letters, in Danish and in English."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kommunegraf import languages
from kommunegraf.languages import LANGUAGES, alphabetical, number, texts, words
from tests.helpers import ROOT

FOLDER = ROOT / "scripts" / "kommunegraf" / "words"
NAMES = sorted({path.relative_to(FOLDER).parts[0].removesuffix(".yaml") for path in FOLDER.rglob("*.yaml")})


@pytest.mark.parametrize("name", NAMES)
def test_every_text_stands_in_both_languages(name: str) -> None:
    assert texts(name)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: {da: Kun dansk}", "a is not in da and en alone"),
        ("a:\n  detail: {da: x, en: y, de: z}", r"a\.detail is not in da and en alone"),
    ],
)
def test_a_text_in_one_language_alone_is_seen(content: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.yaml").write_text(content, "utf-8")
    monkeypatch.setattr(languages, "_FOLDER", tmp_path)
    texts.cache_clear()
    with pytest.raises(ValueError, match=message):
        texts("one")
    texts.cache_clear()


def test_a_word_that_is_missing_is_seen() -> None:
    with pytest.raises(AttributeError, match="no word 'no_such_word'"):
        _ = words("da", "site").no_such_word


def test_numbers_and_dates_are_written_as_the_language_does() -> None:
    assert [number(-12345.5, lang) for lang in LANGUAGES] == ["\N{MINUS SIGN}12.345,5", "\N{MINUS SIGN}12,345.5"]
    assert [number(3, "da", 1), number(0.125, "en", 2), number(7.0, "da")] == ["3,0", "0.12", "7"]
    assert [languages.date(date(2013, 12, 2), lang) for lang in LANGUAGES] == ["2. december 2013", "2 December 2013"]


def test_danish_letters_stand_last_and_aa_is_å() -> None:
    assert sorted(["Århus", "Aabenraa", "Ærø", "Odense", "Øster", "Zealand"], key=alphabetical) == [
        "Odense", "Zealand", "Ærø", "Øster", "Aabenraa", "Århus",
    ]


def homes(source: str) -> Iterator[str]:
    """Lists of both languages that are written out instead of read from `languages.LANGUAGES`."""
    yield from re.findall(r"""[\[(]["']da["'],\s*["']en["'][\])]""", source)


def test_the_languages_are_listed_in_one_place() -> None:
    files = [path for path in (ROOT / "scripts").rglob("*.py") if path.name != "languages.py"]
    assert not {str(path.relative_to(ROOT)) for path in files if list(homes(path.read_text("utf-8")))}
    assert list(homes('for lang in ("da", "en"):'))


def sentences(source: str) -> Iterator[str]:
    """Strings with Danish letters that read as sentences: docstrings, names and lists of letters aside."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings]
    for text in [node.value for node in constants if isinstance(node.value, str)]:
        if re.search(r"(?i)[æøå]", text) and re.search(r"[^\W\d_]{3,} [^\W\d_]{2,} [^\W\d_]{2,}", text):
            yield text


def test_no_danish_sentence_stands_in_python() -> None:
    """Danish names in English help are no sentences in Danish."""
    places = {str(path.relative_to(ROOT)): list(sentences(path.read_text("utf-8"))) for path in (ROOT / "scripts").rglob("*.py")}
    english = re.compile(r"\b(the|such|is|of)\b")
    assert not {place: texts for place, every in places.items() if (texts := [text for text in every if not english.search(text)])}
    assert list(sentences("x = 'Beskrivelsen af tabellerne på dansk'")) and not list(sentences("x = 'Århus'"))
