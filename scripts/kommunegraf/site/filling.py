"""What Jinja does for every name and call of a page, done faster for the kinds of value that our templates use."""

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from types import FunctionType, MethodType
from typing import Any

import jinja2
from jinja2.runtime import Context
from markupsafe import Markup, escape

_SAFE = lru_cache(maxsize=20_000)(escape)
"""The text of labels and words, which stand on many pages; a text is made safe once."""
_LONG = 300
"""Characters from which a text is not kept."""


class Filled(Context):
    """A context that calls functions and methods at once.

    Jinja looks first whether what is called wants the context (`jinja2.pass_context` and the like); only what is neither, such as a
    macro, can. None of our functions does; `tests/site/test_filling.py` holds that.
    """

    def call(__self, __obj: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: B902, N805 (as in Jinja: a macro may take `self`)
        """The result of a call in a template."""
        if type(__obj) is not MethodType and type(__obj) is not FunctionType:
            return super().call(__obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return __obj(*args, **kwargs)


class Templates(jinja2.FileSystemLoader):
    """Templates of a folder that write their values by `safe` in the place of `markupsafe.escape`."""

    def load(
        self, environment: jinja2.Environment, name: str, globals: MutableMapping[str, Any] | None = None,
    ) -> jinja2.Template:
        """A template. Raises jinja2.TemplateNotFound."""
        template = super().load(environment, name, globals)
        namespace = template.root_render_func.__globals__
        if "escape" in namespace:  # the name by which compiled templates call it
            namespace["escape"] = safe
        return template


def safe(value: Any) -> str:
    """What `markupsafe.escape` makes of a value, without a new object for what is markup already or was made safe before."""
    if type(value) is Markup:
        return value
    if type(value) is str and len(value) < _LONG:
        return _SAFE(value)
    return escape(value)
