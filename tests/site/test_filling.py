"""What templates write and call is what Jinja would write and call."""

from collections.abc import Callable
from typing import Any

import jinja2
import pytest
from markupsafe import Markup, escape
from tests.helpers import ROOT

from kommunegraf.site.filling import Filled, Templates, safe


class Own(str):
    """A text of a class of its own, which says how it is written."""

    def __html__(self) -> str:
        return "<own>"


@pytest.mark.parametrize("value", ["", "<a href='x'>\"&", "æøå", "<" * 1_000, Markup("<b>"), Own("<"), None, 3, 2.5, True, ["<"]])
def test_a_value_is_written_as_jinja_writes_it(value: Any) -> None:
    assert [safe(value), safe(value)] == [escape(value)] * 2 and isinstance(safe(value), Markup)


def environment(loader: Callable[[str], jinja2.BaseLoader], folder: str) -> jinja2.Environment:
    return jinja2.Environment(loader=loader(folder), autoescape=True, undefined=jinja2.StrictUndefined)


TEMPLATE = """{% macro one(x) %}[{{ x }}{% if caller is defined %}{{ caller() }}{% endif %}]{% endmacro %}
{% set kept %}<i>{{ text }}</i>{% endset %}
{{ one(text) }}{% call one("&") %}{{ text }}{% endcall %}{{ kept }}{{ method("<") }}{{ function(1, last="<") }}{{ kind("<") }}
{% for x in [1, 2] %}{{ loop.cycle("a", "<") }}{{ function(x) }}{% endfor %}{{ text|upper }}{{ text.format() }}"""


def test_a_template_gives_what_it_gives_in_jinja_alone(tmp_path: Any) -> None:
    (tmp_path / "page.html").write_text(TEMPLATE)
    values = {"text": "<&>", "method": "a{}".format, "function": lambda x, last="": f"{x}{last}", "kind": Markup}
    plain = environment(jinja2.FileSystemLoader, str(tmp_path))
    ours = environment(Templates, str(tmp_path))
    ours.context_class = Filled
    assert ours.get_template("page.html").render(values) == plain.get_template("page.html").render(values)


def test_an_unknown_name_is_refused(tmp_path: Any) -> None:
    (tmp_path / "page.html").write_text("{{ missing }}")
    with pytest.raises(jinja2.UndefinedError):
        environment(Templates, str(tmp_path)).get_template("page.html").render()


def test_no_function_of_ours_wants_the_context_of_a_template() -> None:
    texts = [path.read_text("utf-8") for path in (ROOT / "scripts/kommunegraf").rglob("*.py") if path.name != "filling.py"]
    assert not [text for text in texts if "pass_context" in text or "pass_eval_context" in text or "pass_environment" in text]
