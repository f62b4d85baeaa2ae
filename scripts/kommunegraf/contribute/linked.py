"""An RDF file of another system in our vocabulary: checked by our shapes, then read as answers about the kommuner it names."""

from datetime import date
from pathlib import Path

from kommunegraf import paths
from kommunegraf.contribute.checking import Given
from kommunegraf.contribute.reading import Unreadable
from kommunegraf.contribute.register import Register, last
from kommunegraf.contribute.submission import Answer, Check, Submission
from kommunegraf.findings import as_text
from kommunegraf.graph import reader, validate
from kommunegraf.namespaces import BASE
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.formats import GRAPHS

_DERIVED = "verify/evidence-without-adoption"
"""The rule that evidence makes an adoption: what is sent makes none until it is taken in."""
SUFFIXES = tuple(format.suffix for format in GRAPHS)


def read(path: Path, register: Register, today: date, lang: str, given: Given) -> Check:
    """What an RDF file says, one submission for each kommune. Raises Unreadable where the shapes or the names do not fit."""
    if not given.respondent and not given.role:
        raise Unreadable("no-respondent")
    findings = [one for one in validate.files([path], paths.Folders.of(), lang) if one.severity == "violation" and one.rule != _DERIVED]
    if findings:
        raise Unreadable("no-shape", findings=as_text(findings[:20]))
    submissions: dict[str, Submission] = {}
    for iri, one in sorted(reader.evidence(Embedded.open(path)).items()):
        code, initiative = last(one.municipality), last(one.initiative)
        if code not in register.codes or initiative not in register.initiatives:
            raise Unreadable("unknown-resource", resource=iri)
        solutions = tuple(sorted(last(name) for name in one.solutions if name.removeprefix(BASE) in register.labels[lang]))
        role = given.role or "list"
        target = submissions.setdefault(code, Submission(code, role, given.day or today, given.respondent, lang))
        title = "" if solutions or one.title in register.labels[lang].values() else one.title
        target.answers.append(Answer(initiative, one.status, one.start, one.end, solutions, title))
    if not submissions:
        raise Unreadable("no-evidence")
    return Check(list(submissions.values()))
