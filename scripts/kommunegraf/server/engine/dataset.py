"""The dataset that a query names itself, by FROM and FROM NAMED (SPARQL 1.1 Query, section 13.2)."""

from urllib.parse import urljoin

from kommunegraf.server.engine.screening import Token, tokens


def clauses(query: str, base: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The IRIs of the default graphs and of the named graphs, both empty where the query names none.

    `base` is that of relative IRIs where the query has none. A name whose prefix is not declared is left out: such a query is malformed.
    """
    found: dict[str, list[str]] = {"FROM": [], "NAMED": []}
    prefixes: dict[str, tuple[str, str]] = {}
    words = [*tokens(query), ("", "")]
    for place, (kind, text) in enumerate(words[:-1]):
        after = words[place + 1]
        word = text.upper() if kind == "word" else ""
        if word == "BASE" and after[0] == "iri":
            base = urljoin(base or "", after[1][1:-1])
        elif word == "PREFIX" and words[place + 2 : place + 3] and words[place + 2][0] == "iri":
            prefixes[after[1]] = base or "", words[place + 2][1][1:-1]
        elif word in found and (iri := _iri(after, prefixes, base)):
            found[word].append(iri)
    return tuple(found["FROM"]), tuple(found["NAMED"])


def _iri(token: Token, prefixes: dict[str, tuple[str, str]], base: str | None) -> str | None:
    kind, text = token
    if kind == "iri":
        return urljoin(base or "", text[1:-1])
    prefix, _, local = text.partition(":")
    declared = prefixes.get(f"{prefix}:") if kind == "prefixed" else None
    return urljoin(declared[0], declared[1] + local.replace("\\", "")) if declared else None
