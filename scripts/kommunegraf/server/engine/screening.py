"""What the tokens of a query (SPARQL 1.1, section 19.8) show before it runs: its form, its dataset, and whether it is refused."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from kommunegraf.server.http.problems import Problem

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
_CHANGING = {"NOW", "RAND", "UUID", "STRUUID", "BNODE"}
"""Functions that answer differently each time."""
_NAME = r"[\w.\u00b7\u203f\u2040-]"
_TOKEN = re.compile(
    rf"""
    (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
  | (?P<comment>\#[^\r\n]*)
  | (?P<text>\"\"\"(?:\"{{0,2}}(?:[^"\\]|\\.))*+(?:\"\"\")? | '''(?:'{{0,2}}(?:[^'\\]|\\.))*+(?:''')?
           | "(?:[^"\\\r\n]|\\.)*+"? | '(?:[^'\\\r\n]|\\.)*+'?)
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<prefixed>(?:[^\W\d]{_NAME}*+)?:(?:{_NAME}|:|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])*+)
  | (?P<word>[^\W\d]{_NAME}*+)
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<sign>[{{}}])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
Token = tuple[str, str]
"""Its kind, and its text."""


@dataclass(frozen=True)
class Screened:
    """A query that may run: its form, whether it names its dataset by FROM, and whether it answers the same on the same data."""

    form: str
    names_dataset: bool
    repeatable: bool

    @property
    def rows(self) -> bool:
        """Whether it answers with rows or yes and no, and not with a graph."""
        return self.form in ("SELECT", "ASK")


def screen(query: str, levels: int) -> Screened:
    r"""Look at a query. Raises Problem for an update, SERVICE, a text without a form, and brackets nested deeper than `levels`.

    Escapes such as `\u0045` are read both ways, as engines differ in whether they come before the tokens (SPARQL 1.1, section 19.2).
    """
    listed = tokens(query)
    plain = _ESCAPE.sub(_character, query)
    if _asks_service(listed) or (plain != query and _asks_service(tokens(plain))):
        raise Problem("service-refused")
    words = [word for kind, text in listed if kind == "word" for word in re.split(r"\W+", text.upper())]
    form = next((word for word in words if word not in ("BASE", "PREFIX", "VERSION")), "")
    if form in _UPDATES:
        raise Problem("read-only")
    if form not in FORMS:
        raise Problem("malformed-query", message=f"it begins with none of {', '.join(FORMS)}")
    if not all(_closed(text) for kind, text in listed if kind == "text"):
        raise Problem("malformed-query", message="a string is not closed")
    _check_depth(query, levels)
    return Screened(form, any(word.startswith("FROM") for word in words), not _CHANGING.intersection(words))


def tokens(query: str) -> list[Token]:
    """The tokens without comments; a name without a colon is a `word`, one with a colon `prefixed`."""
    return [(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(query) if match.lastgroup != "comment"]


def clauses(query: str, base: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The dataset that a query names itself, by FROM and FROM NAMED (section 13.2): its default graphs and its named graphs.

    `base` is that of relative IRIs if the query has none. A name whose prefix is not declared is left out: such a query is malformed.
    """
    graphs: dict[str, list[str]] = {"FROM": [], "NAMED": []}
    prefixes: dict[str, tuple[str, str]] = {}
    words = [*tokens(query), ("", "")]
    for place, (kind, text) in enumerate(words[:-1]):
        after = words[place + 1]
        word = text.upper() if kind == "word" else ""
        if word == "BASE" and after[0] == "iri":
            base = urljoin(base or "", after[1][1:-1])
        elif word == "PREFIX" and words[place + 2 : place + 3] and words[place + 2][0] == "iri":
            prefixes[after[1]] = base or "", words[place + 2][1][1:-1]
        elif word in graphs and (iri := _iri(after, prefixes, base)):
            graphs[word].append(iri)
    return tuple(graphs["FROM"]), tuple(graphs["NAMED"])


def _iri(token: Token, prefixes: dict[str, tuple[str, str]], base: str | None) -> str | None:
    kind, text = token
    if kind == "iri":
        return urljoin(base or "", text[1:-1])
    prefix, _, local = text.partition(":")
    declared = prefixes.get(f"{prefix}:") if kind == "prefixed" else None
    return urljoin(declared[0], declared[1] + local.replace("\\", "")) if declared else None


def _asks_service(listed: list[Token]) -> bool:
    """Whether SERVICE stands anywhere as a keyword, in any way in which an engine may divide the text into tokens.

    Engines that need no blanks between tokens find keywords in `trueSERVICE` and, before a bracket, in `SERVICE:name`.
    """
    for place, (kind, text) in enumerate(listed):
        if kind == "word" and "SERVICE" in text.upper():
            return True
        if kind == "iri" and _doubtful(text.upper()):
            return True
        if kind == "prefixed" and text.upper().partition(":")[0].endswith("SERVICE"):
            before = listed[place - 1][1].upper() if place else ""
            if listed[place + 1 : place + 2] == [("sign", "{")] and before not in ("GRAPH", "FROM", "NAMED"):
                return True
    return False


def _doubtful(iri: str) -> bool:
    """Whether an engine may read it as the end of a filter, SERVICE and a comment, as in `FILTER(1<2)SERVICE#>`."""
    bracket = iri.find(")")
    keyword = iri.find("SERVICE", bracket)
    return bracket >= 0 and keyword >= 0 and iri.find("#", keyword) >= 0


def _closed(text: str) -> bool:
    mark = text[:3] if text[:3] in ('"""', "'''") else text[0]
    return len(text) >= 2 * len(mark) and text.endswith(mark) or text in ('""', "''")


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number < 0x110000 else match[0]


def _check_depth(query: str, levels: int) -> None:
    """Brackets count wherever they stand, in strings too: parsing what is nested so deep would cost more than refusing it."""
    depth = 0
    for sign in re.findall(r"[({\[\])}]", query):
        depth += 1 if sign in "({[" else -1
        if depth > levels:
            raise Problem("too-deep")
