"""The page of the Python interface: every public name of the package, from its docstring."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from markupsafe import Markup

import kommunegraf
from kommunegraf.site.render import Model, Page

_MODULES = re.compile(r"\b(?:[a-z_]+\.)+(?=[A-Z])")


@dataclass(frozen=True)
class Member:
    """An attribute or a method of a class: its name or call, and what it is."""

    call: str
    text: Markup


@dataclass(frozen=True)
class Entry:
    """A public name: how it is called or made, what its docstring says, and what a class has."""

    name: str
    call: str
    text: Markup
    members: list[Member]


@dataclass(frozen=True)
class Reference:
    """What `python.html` shows."""

    text: Markup
    entries: list[Entry]


def reference(page: Page, iri: str) -> Reference:
    """All public names, in the order of the package. It is in English, as docstrings are."""
    return _reference()


@cache
def _reference() -> Reference:
    return Reference(_html(kommunegraf.__doc__ or ""), [_entry(name, getattr(kommunegraf, name)) for name in kommunegraf.__all__])


def _entry(name: str, thing: Any) -> Entry:
    own = thing.__doc__ or ""
    return Entry(name, _call(name, thing), _html(inspect.cleandoc(own)), list(_members(thing)) if isinstance(thing, type) else [])


def _members(cls: type) -> Iterator[Member]:
    """What a class adds to its base that has a docstring, without what begins with an underscore."""
    for name, thing in vars(cls).items():
        told = inspect.getdoc(thing)
        if name.startswith("_") or not told:
            continue
        if isinstance(thing, property | cached_property):
            yield Member(name, _html(told))
        elif inspect.isfunction(thing):
            yield Member(_call(name, thing), _html(told))


def _call(name: str, thing: Any) -> str:
    """A function's or a class's name with its arguments, as they are written in its source; `self` is left out."""
    if isinstance(thing, type) and "__init__" not in vars(thing):
        return name
    signature = inspect.signature(thing)
    parameters = [parameter for parameter in signature.parameters.values() if parameter.name != "self"]
    arguments = [_argument(parameter) for parameter in parameters]
    named_only = [parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters]
    if True in named_only and not any(argument.startswith("*") for argument in arguments):
        arguments.insert(named_only.index(True), "*")
    result = signature.return_annotation
    ending = "" if isinstance(thing, type) or result is signature.empty else f" -> {_type(result)}"
    return f"{name}({', '.join(arguments)}){ending}"


def _argument(parameter: inspect.Parameter) -> str:
    stars = "*" * (parameter.kind is parameter.VAR_POSITIONAL) + "**" * (parameter.kind is parameter.VAR_KEYWORD)
    kind = "" if parameter.annotation is parameter.empty else f": {_type(parameter.annotation)}"
    default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
    if parameter.default is not parameter.empty and default.startswith(" = <"):  # made anew for each by a factory
        default = " = ..."
    return f"{stars}{parameter.name}{kind}{default}"


def _type(annotation: Any) -> str:
    """A type as its source writes it, without the modules of those that are not written so."""
    return annotation if isinstance(annotation, str) else _MODULES.sub("", inspect.formatannotation(annotation))


def _html(text: str) -> Markup:
    from markdown_it import MarkdownIt  # takes long to load, and few pages need it

    body = MarkdownIt("commonmark", {"html": False}).render(text)
    return Markup(body)  # noqa: S704 - made by markdown-it, which escapes text; it is our own docstrings


RESOURCES: dict[str, Model] = {}
DOCUMENTS: dict[str, Model] = {"python": ("python.html", reference)}
