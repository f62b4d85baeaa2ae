"""What stands in lists of everything: the pages about no single resource, by name, and resources from A to Å."""

from collections import defaultdict
from collections.abc import Iterable

from kommunegraf.site.view import View

NAMED = ("kg:Municipality", "kg:Initiative", "kg:Solution", "org:Organization", "kg:MainArea", "kg:CaseExample")
"""The classes whose members stand in the list from A to Å."""
TITLES = {
    "question/index": "survey_title", "report-section/index": "section_title", "gap/index": "unknown_title", "case/index": "case_title",
    "matching": "menu_matching", "query/index": "query_title", "dump/index": "dump_title", "catalog": "catalog_title",
    "ontology/index": "menu_ontology", "cite": "cite_title", "contribute": "contribute_title", "changelog": "changes_title",
    "search": "search_title", "python": "python_title", "about": "about_title",
    "matrix": "matrix_title", "compare": "compare_title", "learn": "learn_title",
    "municipality/index": "menu_municipalities", "initiative/index": "menu_initiatives",
}
"""Pages about no single resource, with the words that name them: in the search, and in the list of everything."""

def letters(view: View, iris: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Resources by the first letter of their names as Danish readers sort it; what begins with no letter stands under #."""
    members: dict[str, list[str]] = defaultdict(list)
    for one in view.by_label(iris):
        label = view.label(one).lstrip("(\"'»“").casefold()
        first = "å" if label.startswith("aa") else label[:1]
        members[first.upper() if first.isalpha() else "#"].append(one)
    return list(members.items())
