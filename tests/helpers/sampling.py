"""What is tried of many members where kinds matter: some of each kind, the same ones in every run. KOMMUNEGRAF_TRY_ALL=1 tries all."""

import os
from collections.abc import Callable, Hashable, Iterable
from itertools import chain
from typing import TypeVar

ALL = os.environ.get("KOMMUNEGRAF_TRY_ALL", "") not in ("", "0")
"""Whether a run tries every member of every kind."""
Member = TypeVar("Member")


def sample(members: Iterable[Member], kind: Callable[[Member], Hashable], every: int) -> list[Member]:
    """Each kind's first member and one in `every` of the rest; all members where a run tries all."""
    groups: dict[Hashable, list[Member]] = {}
    for member in members:
        groups.setdefault(kind(member), []).append(member)
    return list(chain.from_iterable(group[:: 1 if ALL else every] for group in groups.values()))
