"""The words of the server's own pages and problems, in Danish and in English, beside those of the site."""

from functools import cache
from pathlib import Path

import yaml

from kommunegraf.rdf.negotiation import LANGUAGES
from kommunegraf.site import render
from kommunegraf.site.render import Words

_FILE = Path(__file__).parent / "words.yaml"


@cache
def words(lang: str) -> Words:
    """The words in a language. Raises ValueError for a key that lacks a language."""
    own = yaml.safe_load(_FILE.read_text("utf-8"))
    for key, texts in own.items():
        if set(texts) != set(LANGUAGES):
            raise ValueError(f"{_FILE.name}: {key} is not in {' and '.join(LANGUAGES)}")
    return Words({**render.words(lang), **{key: texts[lang] for key, texts in own.items()}})
