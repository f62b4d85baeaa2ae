"""What is wrong with a text as such: characters that look like others or like nothing, traces of a wrong encoding, markup.

Languages are told by py3langid, where the extra `languages` is installed. Its model takes half a second to load, so frequent words
first leave out the texts that are in their language without doubt.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

from kommunegraf.languages import LANGUAGES

_PLAIN = re.compile("[\x00-\x7fæøåÆØÅ]*")
"""Texts whose characters need no look: the Danish letters are in normal form, and no encoding reads them as UTF-8."""
_BLANKS = re.compile(r"\s\s|^\s|\s$|\s[,.;:!?)](?:\s|$)")
_MARKUP = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]+);|</?[A-Za-z][^<>]*>")
_LOST = re.compile(r"[^\W\d_]\?[^\W\d_]")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_CHARSETS = ("cp1252", "latin-1", "mac_roman", "cp850")
_INVISIBLE = {
    "\u00a0": "a no-break space", "\u202f": "a narrow no-break space", "\u00ad": "a soft hyphen", "\ufeff": "a byte order mark",
    "\ufffd": "the replacement character, which stands for a letter that was lost",
}  # fmt: skip
_BIDIRECTIONAL = {"\u200e", "\u200f", "\u061c", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
LONG = 40
"""Characters from which a text is long enough to tell its language alone; with its translation, half of it is enough."""
_WORDS = {
    "da": re.compile(r"\b(?:og|af|til|på|er|en|et|der|som|fra|med|eller|har|kan|ikke|blev|hvor|deres|kommune|kommunen)\b"),
    "en": re.compile(r"\b(?:the|of|and|to|with|by|on|from|which|that|was|are|its|an|their|or|as|municipality)\b"),
}
"""Frequent words of one language that the other does not have. They spare the guess."""
Guess = Callable[[str], tuple[str, float]]


@cache
def fault(text: str) -> str:
    """What is wrong with the characters of a text, in words; empty where nothing is."""
    if _PLAIN.fullmatch(text):
        return _ascii_fault(text)
    if unicodedata.normalize("NFC", text) != text:
        return "is not in Unicode's normal form C: letters such as å stand as two characters"
    for character in sorted({c for c in text if not c.isascii()}):
        if problem := _character_fault(character):
            return f"holds {problem} (U+{ord(character):04X})"
    if garbled := next((run for run in _FOREIGN.findall(text) if _garbled(run)), None):
        return f"holds {garbled!r}: UTF-8 that was read in another encoding"
    return _ascii_fault(text)


def _ascii_fault(text: str) -> str:
    if match := _MARKUP.search(text):
        return f"holds {match[0]!r}, which is markup and not text"
    if match := _LOST.search(text):
        return f"holds {match[0]!r}: a question mark in the middle of a word"
    return "has needless blanks: doubled, at an end, or before a comma or full stop" if _BLANKS.search(text) else ""


def _character_fault(character: str) -> str:
    if character in _INVISIBLE:
        return _INVISIBLE[character]
    if character in _BIDIRECTIONAL:
        return "a mark that turns the direction of text"
    category = unicodedata.category(character)
    if category in {"Cf", "Cc", "Zl", "Zp"} or category == "Zs":
        return "a character that cannot be seen"
    if category in {"Co", "Cn", "Cs"}:
        return "a character without a meaning"
    if character.isalpha() and not unicodedata.name(character).startswith(("LATIN", "MICRO", "FEMININE", "MASCULINE")):
        return "a letter of another alphabet"
    return ""


def _garbled(run: str) -> bool:
    """Whether characters are the bytes of other characters: what one encoding wrote and UTF-8 reads as something else."""
    for charset in _CHARSETS:
        try:
            if len(run.encode(charset).decode("utf-8")) < len(run):
                return True
        except UnicodeError:
            continue
    return False


@cache
def detector() -> Guess | None:
    """Tells Danish from English, with a probability; None where the library is not installed."""
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped,unused-ignore,import-not-found]
    except ModuleNotFoundError:
        return None
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))

    def guess(text: str) -> tuple[str, float]:
        language, probability = identifier.classify(text)
        return str(language), float(probability)

    return guess


def mistaken(texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of texts with their language that say the same, those that seem to be in the other one of Danish and English.

    A long text is judged alone, a shorter one only when its translation is mistaken too: names are not told by their letters.
    None where no detector is installed.
    """
    doubtful = [(text, language) for text, language in texts if is_doubtful(text, language)]
    if len({language for _, language in doubtful}) < 2:
        doubtful = [(text, language) for text, language in doubtful if len(text) >= LONG]
    guess = detector() if doubtful else None
    if guess is None:
        return []
    other = [(text, language, *guess(text)) for text, language in doubtful]
    wrong = [(text, language, probability) for text, language, guessed, probability in other if guessed != language]
    if len({language for _, language, _ in wrong}) == 2:
        return [(text, language) for text, language, probability in wrong if probability > 0.8]
    return [(text, language) for text, language, probability in wrong if probability > 0.99 and len(text) >= LONG]


@cache
def is_doubtful(text: str, language: str) -> bool:
    """Whether a Danish or English text, not short, lacks frequent words of its language or has some of the other. Others need no guess."""
    if language not in LANGUAGES or len(text) < LONG // 2:
        return False
    return {name for name, words in _WORDS.items() if words.search(text.lower())} != {language}
