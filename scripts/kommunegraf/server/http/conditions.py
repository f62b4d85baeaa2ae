"""Whether a client wants what it may have already: its conditions on an answer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def status(headers: Mapping[str, str], tag: str, changed: str = "") -> int:
    """200, 304 where the client has the answer already, 412 where it wants another one (RFC 9110, section 13.2.2).

    `headers` are those of a GET or HEAD, `tag` and `changed` what its answer has as ETag and Last-Modified.
    """
    if (wanted := headers.get("if-match")) is not None:
        if tag.startswith("W/") or not _names(wanted, tag):
            return 412
    elif _after(changed, headers.get("if-unmodified-since")) is True:
        return 412
    if (known := headers.get("if-none-match")) is not None:
        return 304 if _names(known.replace("W/", ""), tag.removeprefix("W/")) else 200
    return 304 if _after(changed, headers.get("if-modified-since")) is False else 200


def _names(condition: str, tag: str) -> bool:
    """Whether a list of entity tags has one, or is `*`."""
    named = [one.strip() for one in condition.split(",")]
    return named == ["*"] or tag in named


def _after(changed: str, date: str | None) -> bool | None:
    """Whether a change came after a date; None where either is none."""
    then, now = _date(date), _date(changed)
    return None if then is None or now is None else now > then


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
