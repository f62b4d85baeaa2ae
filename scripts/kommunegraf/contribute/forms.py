"""The form that contributors fill: its sheets and columns, in one table that writing and reading share, and what stands in it."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kommunegraf.contribute.register import Register, last
from kommunegraf.graph.adoption import Adoption, Evidence
from kommunegraf.languages import alphabetical, texts

VERSION = 1
"""The version of the form. An older one is read as long as its columns are understood."""
NAME = "contribute"
"""Where the words of forms and checks stand in `words/`."""
OPEN = "initiative-status:open/"
"""How the keys of the survey's open places begin, which the respondent names."""
EMPTY_ROWS = 30
"""Rows for what the register does not hold."""


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `choices` names the list in the words that its cells are chosen from; `width` is in characters."""

    key: str
    width: int
    editable: bool = True
    choices: str = ""


def _shown(key: str, width: int) -> Column:
    return Column(key, width, editable=False)


COLUMNS: dict[str, tuple[Column, ...]] = {
    "initiatives": (
        _shown("key", 12), Column("initiative", 34, choices="initiatives"), _shown("question", 44), Column("status", 22, choices="status"),
        Column("confirm", 14, choices="confirm"), Column("since", 13), Column("until", 11), Column("solution", 30), Column("partners", 30),
        Column("source", 30), Column("remark", 34), _shown("as_of", 18), _shown("known", 60), _shown("against", 40),
    ),
    "memberships": (
        _shown("key", 12), Column("organisation", 44, choices="vehicles"), Column("membership", 20, choices="membership"),
        Column("confirm", 14, choices="confirm"), Column("since", 13), Column("until", 11), Column("remark", 34), _shown("known", 60),
    ),
    "survey": (_shown("key", 30), _shown("question", 44), _shown("item", 60), Column("answer", 40)),
}  # fmt: skip
"""The columns of each sheet that holds answers."""
ANSWER = ("municipality", "role", "date", "round", "language", "version")
"""The fields of the sheet about the answer, one a row; in a list each is a column of its own."""
SAID = {
    "initiatives": ("initiative", "status", "since", "until", "solution", "partners", "source", "remark"),
    "memberships": ("organisation", "membership", "since", "until", "remark"),
}
"""The columns whose cells make an answer; a row in which none of them was touched says nothing."""


@dataclass
class Form:
    """A form for one kommune in one language. `sheets` holds the rows of each sheet by the key of its columns."""

    municipality: str
    place: str
    language: str
    fields: dict[str, str]
    sheets: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)

    def text(self, *path: str) -> str:
        """A text of the form in its language."""
        return word(self.language, *path)


def word(lang: str, *path: str) -> str:
    """A text of `words/contribute.yaml` by its path."""
    part = texts(NAME)
    for name in path:
        part = part[name]
    return str(part[lang])


def lines(lang: str, *path: str) -> list[str]:
    """The lines of a longer text."""
    part = texts(NAME)
    for name in path:
        part = part[name]
    return [str(line) for line in part[lang]]


def choices(lang: str, name: str) -> list[str]:
    """What may stand in a column whose list has that name in the words, in its order."""
    return [str(text[lang]) for text in texts(NAME)[name].values()]


def make(register: Register, code: str, lang: str) -> Form:
    """The form of a kommune, filled with what the register holds about it: open plans first, then the rest by name."""
    place = register.label(f"municipality/{code}", lang)
    form = Form(code, place, lang, {"municipality": f"{place} ({code})", "language": lang, "version": str(VERSION)})
    form.sheets["initiatives"] = [*_initiatives(register, code, lang)]
    form.sheets["memberships"] = [*_memberships(register, code, lang)]
    form.lists = {name: choices(lang, name) for name in ("status", "confirm", "membership", "role")}
    form.lists["initiatives"] = sorted((register.label(f"initiative/{name}", lang) for name in register.initiatives), key=alphabetical)
    form.lists["vehicles"] = sorted((register.label(f"organisation/{name}", lang) for name in register.vehicles), key=alphabetical)
    return form


def fingerprint(cells: Iterable[str]) -> str:
    """A short sum of some cells, by which a row that nobody touched is known again, whatever program saved it."""
    text = "\x1f".join(map(settled, cells))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


_BLANKS = re.compile(r"\s+")
_WHOLE = re.compile(r"(-?\d+)[.,]0+")


def settled(cell: str) -> str:
    """A cell as every program saves it: composed letters, single blanks, whole numbers without decimals."""
    text = _BLANKS.sub(" ", unicodedata.normalize("NFC", cell)).strip()
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def _keyed(sheet: str, name: str, row: dict[str, str]) -> dict[str, str]:
    """A row with its key: what it is about, and the sum of its cells as they were written."""
    return {"key": f"{name}#{fingerprint(row.get(column, '') for column in SAID[sheet])}", **row}


_ORDER = {"open-plan": 0, "planned": 1, "active": 2, "ended": 3}


def _initiatives(register: Register, code: str, lang: str) -> Iterator[dict[str, str]]:
    adoptions = register.adoptions.get(code, {})

    def order(name: str) -> tuple[int, bool, tuple[str, str]]:
        one = adoptions.get(name)
        return (_ORDER[one.status] if one else 4), name not in register.asked, alphabetical(register.label(f"initiative/{name}", lang))

    for name in sorted(register.initiatives, key=order):
        one = adoptions.get(name)
        told = register.denials.get(code, {}).get(name)
        shown = _adoption(register, one, lang) if one else _denial(register, told, lang) if told else {}
        row = {"initiative": register.label(f"initiative/{name}", lang), **shown}
        yield _keyed("initiatives", name, row)


def _adoption(register: Register, one: Adoption, lang: str) -> dict[str, str]:
    """What a row shows of an adoption. The status of an open plan is left for the kommune to tell."""
    waiting = one.status == "open-plan"
    partners = sorted({path for said in one.evidence for path in register.partners.get(said.iri, ())})
    addresses = [register.sources[last(said.source.iri)]["url"] for said in one.evidence]
    return {
        "question": _question(register, one, lang) if waiting else "",
        "status": "" if waiting else word(lang, "status", one.status),
        "since": _year(one.since), "until": _year(one.until),
        "solution": "; ".join(register.label(f"solution/{last(solution)}", lang) for solution in one.solutions),
        "partners": "; ".join(register.label(path, lang) for path in partners),
        "source": next(filter(None, addresses), ""),
        "as_of": _year(one.as_of),
        "known": "\n".join(_statement(register, said, lang) for said in one.evidence[:5]),
        "against": "\n".join(_statement(register, said, lang) for said in one.against[:5]),
    }  # fmt: skip


def _denial(register: Register, said: Evidence, lang: str) -> dict[str, str]:
    """What a row shows where the kommune has said that it has nothing of the kind."""
    return {"status": word(lang, "status", "none"), "as_of": _year(said.year), "known": _statement(register, said, lang)}


def _question(register: Register, one: Adoption, lang: str) -> str:
    form = "outcome" if one.as_of else "outcome_undated"
    return word(lang, "form", form).format(year=one.as_of, title=one.deciding.title)


def _statement(register: Register, said: Evidence, lang: str) -> str:
    row = register.statements[said.iri]
    year = f", {said.source.year}" if said.source.year else ""
    return word(lang, "form", "statement").format(summary=row[f"summary_{lang}"], source=said.source.title, year=year)


def _memberships(register: Register, code: str, lang: str) -> Iterator[dict[str, str]]:
    for row in register.memberships.get(code, []):
        source = register.sources[row["source"]]
        shown = {
            "organisation": register.label(f"organisation/{row['organisation']}", lang),
            "membership": word(lang, "membership", "former" if row["year_to"] else "member"),
            "since": row["year_from"], "until": row["year_to"],
            "known": (source["title"] or source["title_da"] or source["title_en"]) + (f", {source['year']}" if source["year"] else ""),
        }  # fmt: skip
        yield _keyed("memberships", row["organisation"], shown)


def _year(year: int | None) -> str:
    return "" if year is None else str(year)
