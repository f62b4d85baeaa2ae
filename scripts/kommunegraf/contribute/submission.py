"""What contributors say, once it is understood, and what is wrong where it is not."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from kommunegraf.contribute.forms import word

STAGES = {"active": "active", "planned": "planned", "ended": "ended", "dropped": "ended", "none": "none"}
"""What each status of the form is as evidence: what came to nothing was dropped, which evidence calls ended."""


@dataclass(frozen=True)
class Answer:
    """One row about an initiative. `status` is a key of the list of the form; `solutions` are ids, `partners` paths of IRIs.

    `new_solution` and `new_partners` are names that the register lacks. `row` is its row in the file.
    """

    initiative: str
    status: str
    since: int | None = None
    until: int | None = None
    solutions: tuple[str, ...] = ()
    new_solution: str = ""
    partners: tuple[str, ...] = ()
    new_partners: tuple[str, ...] = ()
    address: str = ""
    remark: str = ""
    row: int = 0


@dataclass(frozen=True)
class Membership:
    """One row about a network: `status` is `member` or `former`."""

    organisation: str
    status: str
    since: int | None = None
    until: int | None = None
    remark: str = ""
    row: int = 0


@dataclass(frozen=True)
class Reply:
    """One answer to a question of the survey. `item` is the path of a concept; `degree` is empty where one of several is chosen."""

    question: str
    item: str
    degree: str = ""


@dataclass
class Submission:
    """What one respondent says of one kommune on one day. `respondent` is empty for the kommune itself, else the id of an organisation."""

    municipality: str
    role: str
    day: date
    respondent: str = ""
    language: str = "da"
    round: str = ""
    answers: list[Answer] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    untouched: int = 0

    @property
    def source(self) -> str:
        """The id of the source that it becomes: who, about whom, when."""
        return "-".join(("answer", self.respondent or self.role, self.municipality, self.day.isoformat()))


@dataclass(frozen=True)
class Change:
    """What happens to one statement. `kind` is added, changed, withdrawn, unchanged or note; `before` and `after` are texts."""

    kind: str
    municipality: str
    about: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Fault:
    """Something to correct in a file. `code` names the text in the words; `column` counts from 0, -1 for a whole row."""

    code: str
    sheet: str = ""
    row: int = 0
    column: int = -1
    heading: str = ""
    value: str = ""
    allowed: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    severity: Literal["fault", "remark"] = "fault"

    def message(self, lang: str) -> str:
        """What is wrong, what is allowed and the nearest of it, as a colleague would say it."""
        text = word(lang, "faults", self.code)
        message = text.format(value=self.value, allowed=", ".join(self.allowed), nearest=", ".join(self.nearest))
        if self.nearest and "{nearest}" not in text:
            message += " " + word(lang, "report", "nearest").format(nearest=word(lang, "report", "or").join(self.nearest))
        return message

    def where(self, lang: str) -> str:
        """The place: sheet, row and column as the spreadsheet program shows them."""
        if not self.row:
            return self.sheet
        form = "row" if self.column < 0 else "where"
        text = word(lang, "report", form).format(sheet=self.sheet or "CSV", row=self.row, column=letter(self.column), heading=self.heading)
        return text.removesuffix(" ()")

    def as_dict(self, lang: str) -> dict[str, Any]:
        """The fault for programs, with its text in a language."""
        return {
            "severity": self.severity, "code": self.code, "sheet": self.sheet, "row": self.row,
            "column": letter(self.column) if self.column >= 0 else "", "heading": self.heading, "value": self.value,
            "allowed": list(self.allowed), "nearest": list(self.nearest), "message": self.message(lang),
        }  # fmt: skip


@dataclass
class Check:
    """What a file says, and what is wrong with it. With faults, nothing of it may be taken in."""

    submissions: list[Submission] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def wrong(self) -> list[Fault]:
        """What must be corrected."""
        return [fault for fault in self.faults if fault.severity == "fault"]

    def text(self, lang: str) -> str:
        """The faults, two lines each, and how it stands."""
        return "\n".join([*listed(self.faults, lang), self.summary(lang)])

    def summary(self, lang: str) -> str:
        """How it stands, in a sentence."""
        if self.wrong:
            return word(lang, "report", "faults").format(count=len(self.wrong))
        said = sum(len(one.answers) + len(one.memberships) + len(one.replies) for one in self.submissions)
        return word(lang, "report", "fine").format(said=said, untouched=sum(one.untouched for one in self.submissions))


def listed(faults: Iterable[Fault], lang: str) -> list[str]:
    """Each fault as its place and, below it, its message."""
    return [f"{fault.where(lang)}\n    {fault.message(lang)}" for fault in faults]


def letter(column: int) -> str:
    """The name of a column as spreadsheet programs show it: A, B, ... AA."""
    name = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
