"""What a template asks for is what its page's content has: names and fields are checked without rendering a page."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import jinja2
import jinja2.meta
import pytest
from jinja2 import nodes

from kommunegraf.matching.network import Claim
from kommunegraf.matching.opportunities import Opportunity
from kommunegraf.matching.peers import Plan
from kommunegraf.matching.register import Resource as Named
from kommunegraf.matching.results import Neighbour, Partner
from kommunegraf.matching.together import Vehicle
from kommunegraf.site import registry
from kommunegraf.site.render import Model, Page, environment

ALWAYS = {"page", "view", "w", "lang", "site"}
"""What `Page.html` gives every template."""
LATER = {c.__name__: c for c in (Plan, Claim, Neighbour, Partner, Opportunity, Vehicle)} | {"Resource": Named}
"""Types that pages import for type checking only."""
EVERY = [*((kind, model) for kind, model in registry.RESOURCES.items()), *registry.DOCUMENTS.items()]


def content(model: Model) -> tuple[type, ...]:
    """The dataclasses whose fields a template gets: what the page's function returns, and what all resources have."""
    function = model[1]
    own = get_type_hints(function, {**function.__globals__, **LATER})["return"]
    return (own, registry.Resource) if model in registry.RESOURCES.values() else (own,)


def types(classes: tuple[type, ...]) -> dict[str, Any]:
    """The type of each field, by its name; those of the first class win."""
    contracts: dict[str, Any] = {}
    for one in reversed(classes):
        module = __import__(one.__module__, fromlist=["x"])
        contracts |= get_type_hints(one, {**vars(module), **LATER})
    return contracts


def parts(name: str, templates: jinja2.Environment, replaced: frozenset[str] = frozenset()) -> Iterator[nodes.Template]:
    """A template with those that it extends or includes: they share their names. Blocks that another replaces are left out."""
    assert templates.loader
    tree = templates.parse(templates.loader.get_source(templates, name)[0])
    blocks = list(tree.find_all(nodes.Block))
    for block in blocks:
        block.body = [] if block.name in replaced else block.body
    yield tree
    others: list[nodes.Extends | nodes.Include] = [*tree.find_all(nodes.Extends), *tree.find_all(nodes.Include)]
    for node in others:
        assert isinstance(node.template, nodes.Const)
        yield from parts(node.template.value, templates, replaced | {block.name for block in blocks})


def names(name: str, templates: jinja2.Environment) -> set[str]:
    """The names that a template and its parts need from outside."""
    trees = list(parts(name, templates))
    tops = [node for tree in trees for node in tree.body]
    made = {node.target.name for node in tops if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name)}
    made |= {node.name for node in tops if isinstance(node, nodes.Macro)}
    made |= {node.target for tree in trees for node in tree.find_all(nodes.Import)}
    made |= {alias if isinstance(alias, str) else alias[1] for tree in trees for i in tree.find_all(nodes.FromImport) for alias in i.names}
    undeclared = {n for tree in trees for n in jinja2.meta.find_undeclared_variables(tree)}
    return undeclared - made - ALWAYS - set(templates.globals)


def asked(name: str, templates: jinja2.Environment) -> set[tuple[str, str]]:
    """The fields that a template and its parts ask of a name that they do not make themselves."""
    names = set()
    for tree in parts(name, templates):
        made = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
        for node in tree.find_all(nodes.Getattr):
            if isinstance(node.node, nodes.Name) and node.node.name not in made:
                names.add((node.node.name, node.attr))
    return names


def choices(kind: Any) -> tuple[Any, ...]:
    """The types that a type allows."""
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def lacking(model: Model, templates: jinja2.Environment) -> tuple[set[str], set[tuple[str, str]]]:
    """The names, and the fields of names, that a template asks for and its content does not have."""
    had = types(content(model))
    strange = set()
    for name, attribute in asked(model[0], templates):
        kinds = [one for one in choices(had.get(name)) if is_dataclass(one)]
        if kinds and not any(attribute in {*(field.name for field in fields(one)), *dir(one)} for one in kinds):
            strange.add((name, attribute))
    return names(model[0], templates) - set(had), strange


@pytest.mark.parametrize(("where", "model"), EVERY, ids=[where for where, _ in EVERY])
def test_a_template_asks_for_nothing_that_its_content_has_not(where: str, model: Model) -> None:
    assert lacking(model, environment()) == (set(), set())


@pytest.mark.parametrize(("where", "model"), EVERY, ids=[where for where, _ in EVERY])
def test_a_page_makes_no_content_that_its_template_does_not_show(where: str, model: Model) -> None:
    own = {field.name for field in fields(content(model)[0])}
    assert not own - names(model[0], environment())


def test_no_template_asks_whether_a_name_is_defined() -> None:
    loader = environment().loader
    assert loader
    for name in loader.list_templates():
        assert "is defined" not in loader.get_source(environment(), name)[0], name


@dataclass(frozen=True)
class _Inner:
    here: str


@dataclass(frozen=True)
class _Content:
    shown: str
    inner: _Inner | None


def _page(page: Page, iri: str) -> _Content:
    return _Content("", None)


def test_a_wrong_name_or_field_is_seen() -> None:
    texts = {"bad": "{{ shown }} {{ absent }} {{ inner.here }} {{ inner.gone }} {% for one in shown %}{{ one.any }}{% endfor %}"}
    bad = jinja2.Environment(loader=jinja2.DictLoader(texts), autoescape=True)
    assert lacking(("bad", _page), bad) == ({"absent"}, {("inner", "gone")})


MACROS = ["claims.html", "report-says.html", "printed.html", "case-parts.html", "places.html", "matrix.html", "downloads.html",
          "crumbs.html"]


@pytest.mark.parametrize("name", MACROS)
def test_macros_see_their_arguments_alone(name: str) -> None:
    assert not names(name, environment())
