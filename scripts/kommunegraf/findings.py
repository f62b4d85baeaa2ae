"""What a check found: how bad it is, what is wrong, what would be right, and where."""

import builtins
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from kommunegraf.errors import KommunegrafError

Severity = Literal["violation", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The worst first."""


@dataclass(frozen=True, order=True)
class Finding:
    """One finding. `line` counts from 1; `column` is a table's column; `resource` and `property` are IRIs of the graph.

    `value` is the term that is wrong, if one is, and `others` are IRIs of what else it is about.
    """

    severity: Severity
    rule: str
    message: str
    repair: str
    file: str = ""
    line: int = 0
    column: str = ""
    resource: str = ""
    property: str = ""
    value: str = ""
    others: tuple[str, ...] = ()

    @builtins.property
    def where(self) -> str:
        """`file:line column`, as far as known; otherwise the IRI of the resource."""
        place = self.file + (f":{self.line}" if self.line else "")
        return " ".join(part for part in (place, self.column and f"[{self.column}]") if part) or self.resource

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, for JSON."""
        return asdict(self)


def as_text(findings: Iterable[Finding]) -> str:
    """The findings, two lines each, and a last line that counts them."""
    listed = list(findings)
    count = {kind: sum(f.severity == kind for f in listed) for kind in SEVERITIES}
    lines = [f"{f.severity}: {_sentence(f)}\n    {f.repair}" for f in listed]
    return "\n".join([*lines, f"{count['violation']} violations, {count['warning']} warnings, {count['info']} remarks"])


def _sentence(finding: Finding) -> str:
    """Where it is and what is wrong. A message that names its resource first says so once."""
    name, colon, rest = finding.message.partition(": ")
    is_named = colon and finding.where == finding.resource and finding.resource.endswith(name)
    return f"{finding.where}: {rest if is_named else finding.message}"


class BadInput(KommunegrafError):
    """Input that cannot be used. Carries the findings that say why; nothing has been written."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        super().__init__("\n".join(map(_sentence, self.findings)))


def nearest(value: str, choices: Iterable[str], count: int = 3) -> list[str]:
    """The choices that look most like `value`, best first; empty when none is close."""
    from difflib import get_close_matches  # only mistakes need it

    return get_close_matches(value, sorted(choices), n=count, cutoff=0.6)
