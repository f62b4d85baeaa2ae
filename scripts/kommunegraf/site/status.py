"""The years that stand behind a status, wherever one is shown: `planlagt (2015)`, `afsluttet 2014, begyndt 2012`."""

from kommunegraf.graph.adoption import Adoption, Evidence
from kommunegraf.languages import Words


def when(adoption: Adoption, w: Words) -> str:
    """The years of an adoption, to be written directly behind the label of its status. All come from the deciding evidence's thing."""
    year = _year(adoption.deciding, w)
    if adoption.status == "ended" and adoption.until:
        year = f" {adoption.until}"
    begun = f", {w.begun_in.format(adoption.since)}" if adoption.since and adoption.status in ("active", "ended") else ""
    return (year + begun if year else begun) or f", {w.source_undated}"


def year(evidence: Evidence, w: Words) -> str:
    """The year that one statement speaks for, to be written directly behind the label of its status."""
    return _year(evidence, w) or f", {w.source_undated}"


def _year(evidence: Evidence, w: Words) -> str:
    if evidence.basis == "published":
        return f" ({evidence.year})"
    if evidence.basis == "not-before":
        return f" ({w.year_or_later.format(evidence.year)})"
    return ""
