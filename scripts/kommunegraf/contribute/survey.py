"""The questions of the survey of 2014, asked again: the sheet that asks them, and what an answer means."""

from functools import cache

import pyoxigraph as ox

from kommunegraf import paths
from kommunegraf.contribute.forms import NAME, Form, word
from kommunegraf.contribute.register import Register
from kommunegraf.contribute.submission import Reply
from kommunegraf.contribute.values import Wrong, choice
from kommunegraf.languages import LANGUAGES, texts
from kommunegraf.names import plain
from kommunegraf.namespaces import SHARED, SKOS

CHOSEN = {
    "smart-city-status": ("coordinated-work", "individual-activities", "planned-within-12-months", "neither-nor-planned"),
    "relevance": ("whole-municipality", "town-and-country", "largest-towns"),
    "political-anchoring": ("very-high", "high", "some", "awaiting-political-treatment"),
    "organisation-form": ("cross-department-project-organisation", "individual-departments", "other-organisation"),
    "future-activity": ("much-more", "more", "unchanged", "less"),
}
"""The questions with one answer, and the answers."""
SCHEMES = {"political-anchoring": "political-anchoring-level"}
"""The code list of the answers where it has another name than the question."""
GRADED = {
    "motivation": ("degree", (
        "environment-climate", "optimisation-efficiency", "local-business", "technological-opportunities",
        "city-experience-quality-of-life", "citizen-engagement-co-ownership", "marketing", "welfare-areas", "data-sharing",
    )),
    "administrative-anchoring": ("mark", ("municipal-director", "department-director", "subordinate-unit", "external-organisation")),
    "opt-out-reason": ("mark", (
        "activities-without-the-name", "lack-of-political-focus", "concept-too-vague", "does-not-fit-municipality",
        "lack-of-administrative-focus",
    )),
    "knowledge-source": ("mark", (
        "national-networks", "business-collaboration", "regional-networks", "local-networks", "research-education-contacts",
    )),
    "network-wish": ("degree", (
        "business-networks", "thematic-networks", "research-education-networks", "same-region-networks", "international-networks",
        "annual-conference",
    )),
}  # fmt: skip
"""The questions that are answered item by item: the list of the answers, and the items."""
INITIATIVES = "initiative-status"
OPEN_PLACES = 4
"""Places of the survey's 31 initiatives that the report does not name."""
SHORT = ("smart-city-status", "motivation", "political-anchoring", "administrative-anchoring", "organisation-form")
"""What the form of a kommune asks; a new round asks everything."""
FULL = (
    "smart-city-status", "relevance", "motivation", "opt-out-reason", "political-anchoring", "administrative-anchoring",
    "organisation-form", "future-activity", INITIATIVES, "knowledge-source", "network-wish",
)  # fmt: skip


def add(form: Form, register: Register, questions: tuple[str, ...] = SHORT) -> None:
    """Add the sheet of some questions to a form, unanswered."""
    rows = []
    for question in questions:
        title = label(f"question/{question}", form.language)
        if question in CHOSEN:
            rows.append({"key": question, "question": title, "item": word(form.language, "form", "question_single"), "list": question})
            form.lists[question] = [label(path, form.language) for path in _answers(question)]
            continue
        options, items = _asked(question, register)
        form.lists[options] = [str(text[form.language]) for text in texts(NAME)[options].values()]
        rows += [{"key": f"{question}:{path}", "question": title, "item": _item(path, form, register), "list": options} for path in items]
    form.sheets["survey"] = rows


def _asked(question: str, register: Register) -> tuple[str, list[str]]:
    """The list of the answers to a question, and the paths of its items."""
    if question == INITIATIVES:
        return "standing", [f"initiative/{name}" for name in register.asked] + [f"open/{number}" for number in range(1, OPEN_PLACES + 1)]
    options, items = GRADED[question]
    return options, [f"{question}/{item}" for item in items]


def _item(path: str, form: Form, register: Register) -> str:
    if path.startswith("open/"):
        return form.text("form", "open_place")
    return register.label(path, form.language) if path.startswith("initiative/") else label(path, form.language)


def _answers(question: str) -> list[str]:
    return [f"{SCHEMES.get(question, question)}/{name}" for name in CHOSEN[question]]


def reply(key: str, cell: str, item: str, lang: str) -> Reply:
    """What an answer in the row of a key means; an open place is named by its item. Raises Wrong."""
    question, _, path = key.partition(":")
    if question in CHOSEN and not path:
        written = {plain(label(path, one)): path for path in _answers(question) for one in LANGUAGES}
        if plain(cell) not in written:
            raise Wrong("unknown-answer", cell, tuple(label(path, lang) for path in _answers(question)))
        return Reply(question, written[plain(cell)])
    options = "standing" if question == INITIATIVES else GRADED.get(question, ("",))[0]
    if not options or not path:
        raise Wrong("unknown-survey-key", key)
    try:
        return Reply(question, path if not path.startswith("open/") else f"open/{item}", choice(cell, options, lang))
    except Wrong as wrong:
        raise Wrong("unknown-answer", cell, wrong.allowed, wrong.near) from None


def label(path: str, lang: str) -> str:
    """The name of a concept of the code lists, by the path of its IRI."""
    return _labels()[path, lang]


@cache
def _labels() -> dict[tuple[str, str], str]:
    """The names of all concepts, as the ontology gives them."""
    labels = {}
    for triple in ox.parse(path=paths.root() / "ontology" / "concepts.ttl", format=ox.RdfFormat.TURTLE):
        name = triple.object
        if triple.predicate.value == f"{SKOS}prefLabel" and isinstance(triple.subject, ox.NamedNode) and isinstance(name, ox.Literal):
            labels[triple.subject.value.removeprefix(SHARED), name.language or ""] = name.value
    return labels
