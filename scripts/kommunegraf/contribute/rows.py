"""One row of a form: what its cells say together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kommunegraf.contribute import survey
from kommunegraf.contribute.forms import SAID, choices, fingerprint, settled, word
from kommunegraf.contribute.layout import Section
from kommunegraf.contribute.register import Register
from kommunegraf.contribute.submission import STAGES, Answer, Membership, Submission
from kommunegraf.contribute.values import Cells, Wrong, address, choice, year
from kommunegraf.graph.adoption import NONE
from kommunegraf.names import plain

T = TypeVar("T")
_NONE: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


class Checker(Protocol):
    """What a row needs of the check that it is part of."""

    register: Register
    lang: str
    cells: Cells

    def fault(self, section: Section, line: int, key: str, wrong: Wrong, remark: bool = False) -> None:
        """Note what is wrong in a cell."""

    def filled(self, code: str, name: str) -> dict[str, str]:
        """What a new form would show of a kommune's initiative."""


@dataclass
class Row:
    """A row with its cells by key, and the submission that it is part of."""

    checker: Checker
    section: Section
    line: int
    texts: dict[str, str]
    target: Submission
    wrong: bool = False

    def read(self) -> None:
        """Add what the row says to its submission, or note what is wrong."""
        raise NotImplementedError

    def text(self, key: str) -> str:
        """The text of a cell; empty where the file lacks the column."""
        return self.texts.get(key, "")

    def cell(self, key: str, read: Callable[[str], T], default: T) -> T:
        """What a cell means; the default, and a fault, where it means nothing."""
        try:
            return read(self.text(key)) if self.text(key) else default
        except Wrong as wrong:
            self.fault(key, wrong)
            return default

    def fault(self, key: str, wrong: Wrong) -> None:
        """Note a fault of this row."""
        self.wrong = True
        self.checker.fault(self.section, self.line, key, wrong)

    def untouched(self) -> bool:
        """Whether nobody changed the row since it was written."""
        _, mark, total = self.text("key").partition("#")
        cells = [self.text(key) for key in SAID[self.section.kind]]
        return bool(mark) and total == fingerprint(cells) and not self.text("confirm")

    def confirmed(self) -> None:
        """Check that the cell that confirms says yes or nothing."""
        self.cell("confirm", lambda cell: choice_of(cell, self.checker.lang), "")

    def shown(self, key: str) -> str:
        """The label of a status in the language of messages."""
        return word(self.checker.lang, "status", key)


def choice_of(cell: str, lang: str) -> str:
    """Whether a row is confirmed. Raises Wrong."""
    try:
        return choice(cell, "confirm", lang)
    except Wrong as wrong:
        raise Wrong("unknown-confirm", cell, wrong.allowed[:1]) from None


class InitiativeRow(Row):
    """What a kommune says of one initiative."""

    def read(self) -> None:
        """Add the answer, or note what is wrong."""
        if self.untouched():
            self.target.untouched += 1
            return
        name, key = self._name(), self.text("key").partition("#")[0]
        if name and not any(self.text(column) for column in (*SAID["initiatives"][1:], "confirm")) and not self._was(name, key):
            self.target.untouched += 1
            return
        self.confirmed()
        status = self.cell("status", lambda cell: choice(cell, "status", self.checker.lang), "")
        since, until = self.cell("since", year, None), self.cell("until", year, None)
        solutions, new = self.cell("solution", self.checker.cells.solutions, _NONE)
        partners, others = self.cell("partners", self._partners, _NONE)
        page = self.cell("source", address, "")
        if not self.text("status"):
            self._without_status(name, key)
        if status == "none":
            self._denied(name)
        elif status:
            self._years(status, since, until)
        if status == "withdrawn" and name and not self._own(name):
            self.fault("status", Wrong("nothing-to-withdraw", self.text("initiative")))
        if status == "none":  # what the form showed of others' words is not the kommune's
            since, until, solutions, partners = None, None, (), ()
        answer = Answer(name, status, since, until, solutions, "; ".join(new), partners, others, page, self.text("remark"), self.line)
        if not self.wrong and not self._again(answer):
            self.target.answers.append(answer)

    def _name(self) -> str:
        """The id of the initiative, by the cell that names it; its key must not say another."""
        if not self.text("initiative"):
            self.fault("initiative", Wrong("missing-initiative"))
            return ""
        name = self.cell("initiative", self.checker.cells.initiative, "")
        key = self.text("key").partition("#")[0]
        if name and key and key != name and key in self.checker.register.initiatives:
            label = self.checker.register.label(f"initiative/{key}", self.checker.lang)
            self.fault("initiative", Wrong("other-key", self.text("initiative"), (label,)))
        return name

    def _was(self, name: str, key: str) -> bool:
        """Whether the form showed a status that is now gone."""
        return bool(key and self.checker.filled(self.target.municipality, name).get("status"))

    def _without_status(self, name: str, key: str) -> None:
        """A row without a status may hold a remark, and nothing else that is new."""
        shown = self.checker.filled(self.target.municipality, name) if name and key else {}
        if shown.get("status"):
            self.fault("status", Wrong("cleared-status", allowed=(self.shown("ended"),)))
        elif any(
            settled(self.text(one)) != settled(shown.get(one, ""))
            for one in ("since", "until", "solution", "partners", "source", "confirm")
        ):
            self.fault("status", Wrong("missing-status", allowed=tuple(choices(self.checker.lang, "status")[:4])))

    def _partners(self, cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        paths, new = self.checker.cells.partners(cell)
        own = f"municipality/{self.target.municipality}"
        if own in paths:
            raise Wrong("own-partner", self.checker.register.label(own, self.checker.lang))
        return paths, new

    def _years(self, status: str, since: int | None, until: int | None) -> None:
        """Note years that the status does not fit."""
        now = self.target.day.year
        if since and until and until < since:
            self.fault("until", Wrong("years-reversed", str(until), (str(since),)))
        elif status == "planned" and since and since < now:
            self.fault("since", Wrong("planned-past", str(since), (self.shown("active"),)))
        elif status == "active" and since and since > now:
            self.fault("since", Wrong("active-future", str(since), (self.shown("planned"),)))
        elif status == "active" and until and until < now:
            self.fault("until", Wrong("active-over", str(until), (self.shown("ended"),)))
        elif status in ("ended", "dropped") and until and until > now:
            self.fault("until", Wrong("ended-future", str(until), (self.shown("active"),)))

    def _denied(self, name: str) -> None:
        """Note what does not fit that a kommune has nothing of the kind and never had."""
        ended, withdrawn = (self.shown(key) for key in ("ended", "withdrawn"))
        shown = self.checker.filled(self.target.municipality, name) if self.text("key") else {}
        if self.target.respondent:
            self.fault("status", Wrong("none-of-another"))
        elif name and self._own(name, denied=False):
            self.fault("status", Wrong("none-but-said", self.text("status"), (ended,), (withdrawn,)))
        elif plain(self.text("status")) in ("nej", "no") and name in self.checker.register.adoptions.get(self.target.municipality, {}):
            self.fault("status", Wrong("ambiguous-no", self.text("status"), (ended,), (self.shown("none"),)))
        for key in ("since", "until", "solution", "partners"):
            if self.text(key) and settled(self.text(key)) != settled(shown.get(key, "")):
                self.fault(key, Wrong("none-with-more", self.text(key)))

    def _own(self, name: str, denied: bool = True) -> bool:
        """Whether the kommune, or whoever answers for it, has said something of the initiative in an earlier answer.

        Without `denied`, something else than that it has nothing of the kind.
        """
        register, code = self.checker.register, self.target.municipality
        said = (row for row in register.statements.values() if row["municipality"] == code and row["initiative"] == name)
        said = (row for row in said if denied or row["status"] != NONE)
        return any(register.answered_by(row["source"], self.target.respondent or code) for row in said)

    def _again(self, answer: Answer) -> bool:
        """Whether the file says the same twice, or two things that cannot both hold."""
        for other in self.target.answers:
            if other.initiative == answer.initiative and other.solutions == answer.solutions and other.new_solution == answer.new_solution:
                same = STAGES.get(other.status) == STAGES.get(answer.status)
                self.fault("status", Wrong("duplicate" if same else "contradicting", str(other.row)))
                return True
        return False


class MembershipRow(Row):
    """What a kommune says of one network."""

    def read(self) -> None:
        """Add the membership, or note what is wrong."""
        if self.untouched():
            self.target.untouched += 1
            return
        self.confirmed()
        if not self.text("organisation"):
            self.fault("organisation", Wrong("missing-organisation"))
        organisation = self.cell("organisation", self.checker.cells.organisation, "")
        if not self.text("membership") and "membership" in self.section.columns:
            self.fault("membership", Wrong("unknown-membership", "", tuple(choices(self.checker.lang, "membership"))))
        status = self.cell("membership", lambda cell: choice(cell, "membership", self.checker.lang), "member")
        since, until = self.cell("since", year, None), self.cell("until", year, None)
        if since and until and until < since:
            self.fault("until", Wrong("years-reversed", str(until), (str(since),)))
        if any(one.organisation == organisation for one in self.target.memberships):
            self.fault(
                "organisation", Wrong("duplicate", next(str(m.row) for m in self.target.memberships if m.organisation == organisation))
            )
        if not self.wrong:
            self.target.memberships.append(Membership(organisation, status, since, until, self.text("remark"), self.line))


class SurveyRow(Row):
    """An answer to a question of the survey."""

    def read(self) -> None:
        """Add the reply, or note what is wrong."""
        key, cell = self.text("key").partition("#")[0], self.text("answer")
        if not cell:
            return
        try:
            self.target.replies.append(survey.reply(key, cell, self.text("item"), self.checker.lang))
        except Wrong as wrong:
            self.fault("answer" if wrong.code == "unknown-answer" else "key", wrong)


READERS: dict[str, type[Row]] = {"initiatives": InitiativeRow, "memberships": MembershipRow, "survey": SurveyRow}
