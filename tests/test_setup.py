"""A fresh checkout can be set up again: each dependency has bounds, and requirements.lock names a version within them."""

import re
import tomllib
from collections.abc import Iterable, Iterator

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.helpers import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DECLARED = sorted({*PROJECT["dependencies"], *(line for extra in PROJECT["optional-dependencies"].values() for line in extra)})
LOCK = (ROOT / "requirements.lock").read_text("utf-8").splitlines()


def faults(declared: Iterable[str], lock: Iterable[str]) -> Iterator[str]:
    """What stands in the way of making the same environment again."""
    pinned: dict[str, set[str]] = {}
    for line in lock:
        match = re.fullmatch(r"([\w.-]+)==([\w.+!]+)( ; .+)?", line)
        if match is None:
            yield f"{line} is no pinned version"
        else:
            pinned.setdefault(match[1], set()).add(match[2])
    for requirement in map(Requirement, declared):
        name, operators = canonicalize_name(requirement.name), {one.operator for one in requirement.specifier}
        if name == "kommunegraf":
            continue
        if operators != {">=", "<"}:
            yield f"{name} has no lower and upper bound"
        if name not in pinned:
            yield f"{name} is not locked"
        yield from (f"{name} {version} is out of bounds" for version in pinned.get(name, ()) if version not in requirement.specifier)


def test_every_dependency_is_bounded_and_locked() -> None:
    assert list(faults(DECLARED, LOCK)) == []


@pytest.mark.parametrize(
    ("declared", "lock", "fault"),
    [
        ("rdflib>=7.6", "rdflib==7.6.0", "rdflib has no lower and upper bound"),
        ("rdflib>=7.6,<8", "rich==15.0.0", "rdflib is not locked"),
        ("rdflib>=7.6,<8", "rdflib==8.0.0", "rdflib 8.0.0 is out of bounds"),
        ("rdflib>=7.6,<8", "--index-url https://example.org/simple", "--index-url https://example.org/simple is no pinned version"),
    ],
)
def test_a_fault_of_the_lock_is_seen(declared: str, lock: str, fault: str) -> None:
    assert fault in list(faults([declared], [lock]))
