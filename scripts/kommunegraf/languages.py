"""Danish and English: the words that users read, and how each language writes numbers, dates and the order of letters."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from kommunegraf.namespaces import based

Language = Literal["da", "en"]
LANGUAGES: tuple[Language, ...] = ("da", "en")
"""The languages of every text, the default first."""
_FOLDER = Path(__file__).parent / "words"
_ALPHABET = str.maketrans("æäøöå", "{{||}")  # the signs after z in ASCII, so that these letters sort last
_LOCALES = {"da": "da_DK", "en": "en_GB"}


class Words(dict[str, str]):
    """Words in one language, as attributes: `w.neighbours`."""

    def __getattr__(self, name: str) -> str:
        """A word. Raises AttributeError when there is none, so that a template's mistake is seen."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no word {name!r} in words/") from None


@cache
def words(lang: str, *names: str) -> Words:
    """The words of `words/NAME.yaml`, or of every file in `words/NAME/`, in one language; a later name wins.

    Raises ValueError when a key stands twice under one name or lacks a language.
    """
    merged = Words()
    for name in names:
        merged |= {key: text[lang] for key, text in texts(name).items()}
    return merged


@cache
def texts(name: str) -> dict[str, Any]:
    """What stands in `words/NAME.yaml`, or in every file of `words/NAME/`, in both languages. Raises ValueError as `words` does."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times as fast

    place = _FOLDER / name
    merged: dict[str, Any] = {}
    for file in sorted(place.glob("*.yaml")) if place.is_dir() else [place.with_suffix(".yaml")]:
        content: dict[str, Any] = yaml.load(based(file.read_text("utf-8")), Loader=loader)  # noqa: S506 (both loaders are safe)
        if twice := merged.keys() & content.keys():
            raise ValueError(f"words/{name}/{file.name}: {', '.join(sorted(twice))} stands in another file too")
        if problem := _unequal(content, file.stem):
            raise ValueError(f"words/{file.name}: {problem}")
        merged |= content
    return merged


def _unequal(content: Any, path: str) -> str:
    """Where a text stands in one language and not in the other; empty when nowhere."""
    if not isinstance(content, dict):
        return ""
    if content.keys() & set(LANGUAGES):
        return "" if content.keys() == set(LANGUAGES) else f"{path} is not in {' and '.join(LANGUAGES)} alone"
    return next((problem for key, value in content.items() if (problem := _unequal(value, f"{path}.{key}"))), "")


def number(value: float, lang: str, decimals: int | None = None) -> str:
    """A number as the language writes it, with a true minus: −1.234,5 in Danish, −1,234.5 in English.

    `decimals` None shows all that there are, ten at most.
    """
    if isinstance(value, int) and decimals is None:
        return f"{value:,}".replace(",", "." if lang == "da" else ",").replace("-", "\N{MINUS SIGN}")  # babel takes long to load

    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "" if decimals == 0 else ".##########")
    return format_decimal(value, pattern, _LOCALES[lang]).replace("-", "\N{MINUS SIGN}")


@lru_cache(maxsize=10_000)
def hyphenated(text: str, lang: str) -> str:
    """A text with soft hyphens where its long words may be divided."""
    return re.sub(r"[^\W\d_]{8,}", lambda word: "\N{SOFT HYPHEN}".join(_syllables(word[0], lang)), text)


def _syllables(word: str, lang: str) -> list[str]:
    """The parts of a word between which it may be divided. A part without a vowel belongs to the one before: Erhvervs-udvikling."""
    parts: list[str] = []
    for part in _dictionary(lang).inserted(word, "\N{SOFT HYPHEN}").split("\N{SOFT HYPHEN}"):
        if parts and (not set(part.casefold()) & set("aeiouyæøå") or len(parts[-1]) < 3):
            parts[-1] += part
        else:
            parts.append(part)
    return parts


@cache
def _dictionary(lang: str) -> Any:
    import pyphen

    return pyphen.Pyphen(lang=_LOCALES[lang])


def date(value: Date, lang: str) -> str:
    """A date in running text: 2. december 2013 in Danish, 2 December 2013 in English."""
    from babel.dates import format_date

    return format_date(value, "long", _LOCALES[lang])


_CODES = {"EL": "GR", "UK": "GB"}
"""The countries that Eurostat writes in another way than ISO 3166-1."""


def countries(codes: Iterable[str], lang: str) -> tuple[str, str]:
    """The names of some countries, and that they have something: Danmark og Sverige, Danmarks og Sveriges.

    Codes are the two letters with which NUTS codes begin.
    """
    from babel import Locale

    names = [str(Locale.parse(lang).territories.get(_CODES.get(code, code), code)) for code in codes]
    ending = "s" if lang == "da" else "'s"
    genitives = [name + ("'" if name.endswith(("s", "x", "z")) else ending) for name in names]
    return _listed(names, lang), _listed(genitives, lang)


@dataclass(frozen=True)
class Coverage:
    """What texts about a register are filled with: its countries, as `countries` takes them, and the number of its kommuner."""

    countries: tuple[str, ...] = ()
    municipalities: int = 0

    def fill(self, text: str, lang: str) -> str:
        """A text with `{country}`, `{of_country}` and `{kommuner}` filled: Danmark, Danmarks, 98. What is unknown is left out."""
        if not any(name in text for name in _FILLED):
            return text
        for name, fact in zip(_FILLED, (*countries(self.countries, lang), str(self.municipalities or ""))):
            text = text.replace(name if fact else f"{name} ", fact)
        return text


_FILLED = ("{country}", "{of_country}", "{kommuner}")


def _listed(names: list[str], lang: str) -> str:
    return f" {'og' if lang == 'da' else 'and'} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


@lru_cache(maxsize=100_000)
def alphabetical(text: str) -> tuple[str, str]:
    """A key that sorts as Danish readers expect: æ, ø and å last, aa as å, upper and lower case alike (CLDR, collation of `da`)."""
    return text.casefold().replace("aa", "å").translate(_ALPHABET), text
