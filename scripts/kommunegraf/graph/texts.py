"""What is wrong with a text as such: characters that look like others or like nothing, traces of a wrong encoding, markup.

Languages are told by py3langid, where the extra `languages` is installed. Its model takes a second to load, so frequent words and
`Letters` first leave out the texts that are in their language without doubt.
"""

import math
import re
import unicodedata
from collections import Counter
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


class Letters:
    """Danish and English by their sequences of four letters, learned from texts whose frequent words leave no doubt.

    A naive Bayes classifier. It only says which texts are clearly what they are marked as; what is mistaken, the detector says.
    """

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        """`texts` are pairs of a text and its language; those without doubt are learned from, at most so many of a language."""
        sure: dict[str, list[str]] = {language: [] for language in LANGUAGES}
        for text, language in sorted(texts):
            if language in sure and len(text) >= LONG // 2 and not is_doubtful(text, language):
                sure[language].append(text)
        danish, english = (_sequences(sure[language]) for language in LANGUAGES)
        ratio = math.log((english.total() + 1) / (danish.total() + 1))
        self._weights = {four: math.log((danish[four] + 0.5) / (english[four] + 0.5)) + ratio for four in danish | english}

    def are_clear(self, texts: list[tuple[str, str]]) -> bool:
        """Whether texts that say the same look like their languages: each long one, and all together.

        One short text in both languages is a name, and cannot be in the other of them twice.
        """
        likeness = [self._likeness(*one) for one in texts]
        long = all(alike > _NAMES[language] for alike, (text, language) in zip(likeness, texts) if len(text) >= LONG)
        return long and (sum(likeness) > 0 or len({text for text, _ in texts}) < 2)

    def _likeness(self, text: str, language: str) -> float:
        """How much a text looks like a language: less than 0 where it looks more like the other."""
        danish = sum(self._weights.get(four, 0) for four in _fours(text)) / math.sqrt(len(text))
        return danish if language == "da" else -danish


_LEARNED = 1000
"""Texts of a language from which its sequences of letters are learned: enough, and quick."""
_NAMES = {"da": -4.75, "en": -0.75}
"""How little a long text may look like its language: names from the other stand in it. Marked as the other language, 6,448 texts of the
graph are found by the detector; of these, all but 3 stay in doubt here."""
_LETTERS = re.compile(r"[^\W\d_]+")


def _sequences(texts: list[str]) -> Counter[str]:
    """In how many of some texts, evenly chosen, each sequence of four letters stands."""
    return Counter(four for text in texts[:: len(texts) // _LEARNED + 1] for four in _fours(text))


def _fours(text: str) -> set[str]:
    """The sequences of four letters in a text; a blank stands for the edge of a word."""
    letters = f" {' '.join(_LETTERS.findall(text.lower()))} "
    return {letters[start : start + 4] for start in range(len(letters) - 3)}


def mistaken(texts: Iterable[tuple[str, str]], letters: Letters) -> list[tuple[str, str]]:
    """Of texts with their language that say the same, those that seem to be in the other one of Danish and English.

    A long text is judged alone, a shorter one only when its translation is mistaken too: names are not told by their letters.
    None where no detector is installed.
    """
    doubtful = [(text, language) for text, language in texts if is_doubtful(text, language)]
    if len({language for _, language in doubtful}) < 2:
        doubtful = [(text, language) for text, language in doubtful if len(text) >= LONG]
    guess = None if letters.are_clear(doubtful) else detector()
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
