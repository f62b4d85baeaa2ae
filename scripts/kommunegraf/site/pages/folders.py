"""Lists of all resources of one kind: a few in one list, more of them by letter, and a great many over several pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from kommunegraf.site.parts import contents
from kommunegraf.site.render import Model, Page

FEW = 60
"""Up to so many members of a kind stand in one list without letters."""
PART = 400
"""How many members one page lists, so that it stays below 100 kB."""


@dataclass(frozen=True)
class Folder:
    """What `folder.html` shows of a kind: how many there are in all; those of one page, by letter; where each letter begins; the pages.

    A letter is numbered as among all members, so that its address is the same on whichever page it stands. `pages` are the paths of
    all pages with their first and last letter; none where there is one page.
    """

    title: str
    total: int
    letters: list[tuple[int, str, list[str]]]
    begins: list[tuple[int, str, str]]
    pages: list[tuple[str, str]]


def folder(page: Page, iri: str, path: str, iris: list[str], part: int = 0) -> Folder:
    """One page of the list of some resources; `path` is that of the first page, and `part` counts from 0."""
    kind = path.removesuffix("/index")
    members = [(number, letter, one) for number, (letter, some) in enumerate(contents.letters(page.view, iris), 1) for one in some]
    paged = [members[start:start + PART] for start in range(0, len(members), PART)]
    begins: dict[int, tuple[int, str, str]] = {}
    for place, some in enumerate(paged):
        for number, letter, _ in some:
            begins.setdefault(number, (number, letter, part_path(path, place)))
    here = [(number, letter, [one for *_, one in some]) for (number, letter), some in groupby(paged[part], key=lambda one: one[:2])]
    return Folder(
        title=page.w.get(f"kinds_{kind}", kind), total=len(members), letters=here,
        begins=list(begins.values()) if len(members) > FEW else [],
        pages=[(part_path(path, place), _range(some[0][1], some[-1][1])) for place, some in enumerate(paged)] if paged[1:] else [],
    )


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first}–{last}"


def part_path(path: str, part: int) -> str:
    """The path of a page of a list: the first has that of the list, the others a number behind it, from 2."""
    return f"{path}-{part + 1}" if part else path


def documents(path: str, iris: Iterable[str]) -> dict[str, Model]:
    """The pages that list some resources, the first at `path`."""
    listed = list(iris)
    parts = range(-(-len(listed) // PART))
    return {part_path(path, part): ("folder.html", partial(folder, path=path, iris=listed, part=part)) for part in parts}


RESOURCES: dict[str, Model] = {}
DOCUMENTS: dict[str, Model] = {}
