"""Elements, text and numbers of inline SVG: what every picture is made of. Colours stand in static/pictures.css."""

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDTHS = {**dict.fromkeys("ijl.,:;'|/I ", 0.34), **dict.fromkeys("frt-()[]!", 0.42), **dict.fromkeys("mwMW%æÆ@", 0.98)}
"""Of some signs in DejaVu Sans, which is wide, where the size is 1."""


def clean(text: str) -> str:
    """A text without the characters that XML 1.0 does not allow (section 2.2); each becomes U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def add(parent: Element, tag: str, text: str = "", **attributes: str | float) -> Element:
    """A new element at the end of its parent. In names of attributes `_` is `-`, and `class_` is `class`; numbers get one decimal."""
    written = {
        name.rstrip("_").replace("_", "-"): clean(value) if isinstance(value, str) else _short(value)
        for name, value in attributes.items()
    }
    element = SubElement(parent, tag, written)
    element.text = clean(text) or None
    return element


def picture(prefix: str, kind: str, title: str, description: str, size: tuple[float, float], links: bool) -> Element:
    """The outermost element, with its text alternative (SVG accessibility API mappings, W3C).

    Ids begin with `prefix`, which each picture on a page has for itself. What holds links is a group, since assistive
    technology does not look for links inside an image. Raises ValueError for a prefix that no id can begin with.
    """
    if not re.fullmatch(r"[A-Za-z][\w-]*", prefix, re.ASCII):
        raise ValueError(f"ids begin with a letter and have letters, digits, - and _, unlike {prefix!r}")
    names = {"aria-labelledby": f"{prefix}-title", "aria-describedby": f"{prefix}-desc"}
    box = f"0 0 {size[0]:g} {size[1]:g}"
    root = Element("svg", {"class": f"picture {kind}", "viewBox": box, "role": "group" if links else "img", **names})
    add(root, "title", title, id=f"{prefix}-title")
    add(root, "desc", description, id=f"{prefix}-desc")
    return root


def finished(*elements: Element) -> Markup:
    """Elements as text for a page. ElementTree has escaped all text in them."""
    return Markup("".join(tostring(element, "unicode") for element in elements))  # noqa: S704


def width(text: str, size: float) -> float:
    """About how wide a text is in a common sans-serif font of some size; rather too wide than too narrow."""
    return sum(_WIDTHS.get(sign, 0.63 if sign.islower() or sign.isdigit() else 0.72 if sign < "\u1100" else 1.0) for sign in text) * size


def wrap(text: str, size: float, limit: float) -> list[str]:
    """A text in lines that are not wider than a limit. What is wider than a line by itself is broken with a hyphen."""
    lines = [""]
    for word in _pieces(text.split(), size, limit):
        joined = f"{lines[-1]} {word}".lstrip()
        if width(joined, size) <= limit:
            lines[-1] = joined
        else:
            lines.append(word)
    return [line for line in lines if line]


def _pieces(words: Iterable[str], size: float, limit: float) -> Iterator[str]:
    for word in words:
        rest = word
        while width(rest, size) > limit:
            end = next(i for i in range(len(rest), 0, -1) if i == 1 or width(rest[:i] + "-", size) <= limit)
            yield rest[:end] + "-"
            rest = rest[end:]
        yield rest


def upright(parent: Element, class_: str, places: Iterable[float], y: float, height: float) -> None:
    """Upright lines at some places, all in one element: many elements would be most of a page's weight."""
    if drawn := "".join(f"M{_short(x)} {_short(y)}v{_short(height)}" for x in places):
        add(parent, "path", class_=class_, d=drawn)


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def lines(parent: Element, texts: Iterable[str], x: float, y: float, leading: float, class_: str) -> float:
    """Lines of text, the first with its baseline at y. Returns the baseline of the line after the last."""
    text = add(parent, "text", class_=class_)
    for line in texts:
        add(text, "tspan", line, x=x, y=y)
        y += leading
    return y
