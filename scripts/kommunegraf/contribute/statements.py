"""A contributor's answers as rows of the tables, with the answer as their source. Nothing that others say is touched."""

import re
from collections import defaultdict

from kommunegraf.contribute import sentences
from kommunegraf.contribute.forms import word
from kommunegraf.contribute.register import ANSWERS, Register, Row, last
from kommunegraf.contribute.rowset import Rows
from kommunegraf.contribute.submission import STAGES, Answer, Change, Membership, Submission
from kommunegraf.languages import LANGUAGES

LINKS = ("evidence-addresses", "evidence-municipal-partners", "evidence-partners", "evidence-solutions")
"""The tables whose rows belong to a row of evidence."""
Thing = tuple[tuple[str, ...], Row]
"""Solutions, and the columns of a title."""


def take(register: Register, submissions: list[Submission], lang: str = "da") -> tuple[Rows, list[Change]]:
    """The tables with some submissions taken in, and what that changes. The register itself is not changed."""
    rows = Rows(register)
    changes: list[Change] = []
    for submission in sorted(submissions, key=lambda one: (one.municipality, one.day, one.role)):
        changes += _Taking(register, rows, submission, lang).run()
    return rows, changes


class _Taking:
    """One submission on its way into the tables."""

    def __init__(self, register: Register, rows: Rows, submission: Submission, lang: str) -> None:
        self.register, self.rows, self.submission, self.lang = register, rows, submission, lang
        self.stated: list[Row] = []
        self.changes: list[Change] = []
        self.said = self._said_before()

    def run(self) -> list[Change]:
        """Take everything in. Raises nothing: a submission has been checked."""
        spoken = defaultdict(list)
        for answer in self.submission.answers:
            spoken[answer.initiative].append(answer)
        for name, answers in spoken.items():
            for answer in answers:
                self._notes(f"initiative/{name}", answer.remark, (*filter(None, [answer.new_solution]), *answer.new_partners))
                if answer.status == "withdrawn":
                    self._withdraw(name)
                elif answer.status:
                    self._state(answer, alone=len(answers) == 1)
            self._drop(name)
        for membership in self.submission.memberships:
            self._notes(f"organisation/{membership.organisation}", membership.remark, ())
            self._join(membership)
        return self.changes

    def _change(self, kind: str, about: str, before: str = "", after: str = "") -> None:
        self.changes.append(Change(kind, self.submission.municipality, about, before, after))

    def _notes(self, about: str, remark: str, names: tuple[str, ...]) -> None:
        if remark:
            self._change("note", about, after=word(self.lang, "changes", "remark").format(text=remark))
        for name in names:
            self._change("note", about, after=word(self.lang, "changes", "new_name").format(text=name))

    def _said_before(self) -> dict[str, list[Row]]:
        """By initiative: what this respondent said of this kommune in earlier answers, and in this one if it was taken before."""
        joined: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows.of("evidence").values():
            if row["municipality"] == self.submission.municipality and self._own(row["source"]):
                joined[row["initiative"]].append(row)
        return joined

    def _row(self, answer: Answer, solutions: tuple[str, ...], title: Row) -> Row:
        texts = {f"summary_{lang}": self._who(lang) + self._what(answer, lang) for lang in LANGUAGES}
        return {
            "municipality": self.submission.municipality, "initiative": answer.initiative, "status": STAGES[answer.status],
            "year_from": str(answer.since or ""), "year_to": str(answer.until or ""), **title, **texts,
            "source": self.submission.source, "confidence": "medium" if self.submission.respondent else "high",
        }  # fmt: skip

    def _who(self, lang: str) -> str:
        return sentences.who(self.register, self.submission, lang)

    def _what(self, answer: Answer, lang: str) -> str:
        return sentences.of_answer(self.register, self.submission, answer, lang)

    def _put(self, row: Row, answer: Answer, solutions: tuple[str, ...]) -> None:
        """Add a row of evidence under a number that was never used, with its links and its source."""
        place = (row["municipality"], row["initiative"])
        number = str(self._number(*place))
        self._source()
        made = {"title": "", "title_da": "", "title_en": "", **row, "number": number}
        self.rows.add("evidence", made)
        self.said[row["initiative"]].append(made)
        self.stated.append(made)
        key = {"municipality": place[0], "initiative": place[1], "number": number}
        for solution in solutions:
            self.rows.add("evidence-solutions", {**key, "solution": solution})
        for path in answer.partners:
            kind, _, name = path.partition("/")
            table, column = ("evidence-partners", "organisation") if kind == "organisation" else ("evidence-municipal-partners", "partner")
            self.rows.add(table, {**key, column: name})
        if answer.address and not any(answer.address == one["url"] for one in self.register.sources.values()):
            self.rows.add("evidence-addresses", {**key, "url": answer.address})

    def _number(self, municipality: str, initiative: str) -> int:
        used = [int(key[2]) for key in self.rows.beginning("evidence", (municipality, initiative))]
        pattern = re.compile(rf"{municipality}-{initiative}-(\d+)")
        used += [int(match[1]) for key in self.rows.of("withdrawn-statements") if (match := pattern.fullmatch(key[1]))]
        return max(used, default=0) + 1

    def _year(self, row: Row) -> int:
        return int(self.rows.of("sources")[row["source"],]["year"])

    def _links(self, row: Row, table: str, column: str) -> tuple[str, ...]:
        key = (row["municipality"], row["initiative"], row["number"])
        places = self.rows.beginning(table, key[:2])
        return tuple(sorted(self.rows.of(table)[place][column] for place in places if place[:3] == key))

    def _about(self, row: Row) -> tuple[tuple[str, ...], str]:
        """By what a statement is known to be about the same thing: its solutions, and its title where it names none."""
        return self._links(row, "evidence-solutions", "solution"), self._title(row)

    @staticmethod
    def _title(row: Row) -> str:
        return "".join(row.get(key, "") for key in ("title", "title_da", "title_en"))

    def _equal(self, earlier: Row, row: Row, answer: Answer) -> bool:
        """Whether an earlier statement of the same year says the same."""
        partners = {f"organisation/{one}" for one in self._links(earlier, "evidence-partners", "organisation")}
        partners |= {f"municipality/{one}" for one in self._links(earlier, "evidence-municipal-partners", "partner")}
        address = "".join(self._links(earlier, "evidence-addresses", "url"))
        same = all(earlier[key] == row[key] for key in ("status", "year_from", "year_to")) and partners == set(answer.partners)
        return same and earlier["summary_da"].endswith(self._what(answer, LANGUAGES[0])) and address in ("", answer.address)

    def _newest_before(self, initiative: str) -> str:
        adoption = self.register.adoptions.get(self.submission.municipality, {}).get(initiative)
        return self.register.statements[adoption.deciding.iri][f"summary_{self.lang}"] if adoption else ""

    def _withdraw(self, initiative: str) -> None:
        for row in list(self.said[initiative]):
            self._retire(row)
            self._change("withdrawn", f"initiative/{initiative}", row[f"summary_{self.lang}"])

    def _drop(self, initiative: str) -> None:
        """Retire what the same answer said when it was taken in before, and says no more."""
        for row in [one for one in self.said[initiative] if one["source"] == self.submission.source and one not in self.stated]:
            self._retire(row)
            self._change("withdrawn", f"initiative/{initiative}", row[f"summary_{self.lang}"])

    def _retire(self, row: Row) -> None:
        """Move a statement of the respondent's own to those that were withdrawn, with the answer that did it."""
        key = (row["municipality"], row["initiative"], row["number"])
        for table in LINKS:
            self.rows.remove(table, [place for place in self.rows.beginning(table, key[:2]) if place[:3] == key])
        self.rows.remove("evidence", [key])
        self.said[row["initiative"]].remove(row)
        self._source()
        texts: dict[str, str] = {lang: row[f"summary_{lang}"] for lang in LANGUAGES}
        self._keep("evidence", "-".join(key), f"initiative/{row['initiative']}", texts, row["source"])

    def _source(self) -> None:
        self.rows.add("sources", sentences.source(self.register, self.submission))

    def _state(self, answer: Answer, alone: bool) -> None:
        """One answer as a statement; that something is over is said of everything that is known of it."""
        about = f"initiative/{answer.initiative}"
        for solutions, title in self._things(answer, alone):
            row = self._row(answer, solutions, title)
            same_year = [one for one in self.said[answer.initiative] if self._year(one) == self.submission.day.year]
            earlier = next((one for one in same_year if self._about(one) == (solutions, self._title(row))), None)
            if earlier and self._equal(earlier, row, answer):
                self.stated.append(earlier)
                self._change("unchanged", about, after=row[f"summary_{self.lang}"])
                continue
            if earlier:
                self._retire(earlier)
            self._put(row, answer, solutions)
            before = earlier[f"summary_{self.lang}"] if earlier else self._newest_before(answer.initiative)
            self._change("changed" if earlier else "added", about, before, row[f"summary_{self.lang}"])

    def _things(self, answer: Answer, alone: bool) -> list[Thing]:
        """What an answer speaks of: its solutions, else the initiative as a whole; the end of all of it, of each thing known of it."""
        label = {f"title_{LANGUAGES[0]}": self.register.label(f"initiative/{answer.initiative}", LANGUAGES[0])}
        named: Thing = ((), {"title": answer.new_solution} if answer.new_solution else label)
        if answer.solutions:
            named = self._solved(answer.initiative, answer.solutions)
        if STAGES[answer.status] != "ended" or not alone:
            return [named]
        others = self._known(answer)
        whole = not answer.solutions and not answer.new_solution
        if whole and others and named not in others:  # the things that are known are the whole
            return others
        return [named, *(thing for thing in others if thing != named)]

    def _solved(self, initiative: str, solutions: tuple[str, ...]) -> Thing:
        """Some solutions, under a title of their own: what has one of their names as its title may be another thing."""
        lang = LANGUAGES[0]
        names = ", ".join(self.register.label(f"solution/{one}", lang) for one in solutions)
        return solutions, {f"title_{lang}": f"{self.register.label(f'initiative/{initiative}', lang)}: {names}"}

    def _known(self, answer: Answer) -> list[Thing]:
        """What somebody said is planned or active: the solutions that the answer does not name, and the titles of what has none."""
        adoption = self.register.adoptions.get(self.submission.municipality, {}).get(answer.initiative)
        open_ones = [one for one in adoption.evidence if one.status != "ended"] if adoption else []
        solutions = {last(solution) for one in open_ones for solution in one.solutions} - set(answer.solutions)
        titles = [self.register.statements[one.iri] for one in open_ones if not one.solutions]
        things: list[Thing] = [self._solved(answer.initiative, tuple(sorted(solutions)))] if solutions else []
        for row in titles:
            thing: Thing = ((), {key: row[key] for key in ("title", "title_da", "title_en") if row[key]})
            if thing not in things:
                things.append(thing)
        return things

    def _join(self, membership: Membership) -> None:
        """A membership. One that another source states stays as it is; one's own earlier answer gives way, and stays as history."""
        one, about = self.submission, f"organisation/{membership.organisation}"
        key = (membership.organisation, one.municipality)
        until = str(membership.until or (one.day.year if membership.status == "former" else ""))
        row = {"organisation": key[0], "municipality": key[1], "year_from": str(membership.since or ""), "year_to": until}
        old = self.rows.of("memberships").get(key)
        texts: dict[str, str] = {lang: self._member(membership.organisation, membership.status == "former", lang) for lang in LANGUAGES}
        if old and (old["year_from"], old["year_to"]) == (row["year_from"], row["year_to"]):
            self._change("unchanged", about, after=texts[self.lang])
        elif old and not self._own(old["source"]):
            elsewhere = word(self.lang, "changes", "member_elsewhere").format(source=old["source"])
            self._change("note", about, after=f"{texts[self.lang]} ({elsewhere})")
        else:
            self._source()
            gone = bool(old and old["year_to"])
            before: dict[str, str] = {lang: self._member(membership.organisation, gone, lang) if old else "" for lang in LANGUAGES}
            if old:
                self._keep("membership", "-".join((*key, old["source"])), about, before, old["source"])
            self.rows.add("memberships", {**row, "source": one.source})
            self._change("changed" if old else "added", about, before[self.lang], texts[self.lang])

    def _own(self, source: str) -> bool:
        """Whether a source is an answer of the same respondent."""
        row = self.rows.of("sources")[source,]
        respondent = self.submission.respondent or self.submission.municipality
        return source.startswith(ANSWERS) and respondent in (row["publisher"], row["publisher_municipality"])

    def _member(self, organisation: str, former: bool, lang: str) -> str:
        return sentences.of_membership(self.register, self.submission, organisation, former, lang)

    def _keep(self, kind: str, name: str, about: str, text: dict[str, str], source: str) -> None:
        """Keep what no longer counts, as history."""
        self.rows.add("withdrawn-statements", {
            "kind": kind, "id": name, "municipality": self.submission.municipality, "about": about,
            **{f"text_{lang}": text[lang] for lang in LANGUAGES}, "source": source, "withdrawn_by": self.submission.source,
        })  # fmt: skip
