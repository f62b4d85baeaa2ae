"""The form as an OpenDocument spreadsheet (ISO 26300), for offices that work in LibreOffice: the same sheets, lists and locks."""

import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from kommunegraf.contribute.forms import ANSWER, COLUMNS, EMPTY_ROWS, OPEN, Form, lines

_MEDIA = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}"'
    for prefix, name in (
        ("office", "office:1.0"), ("table", "table:1.0"), ("text", "text:1.0"), ("style", "style:1.0"),
        ("fo", "xsl-fo-compatible:1.0"), ("manifest", "manifest:1.0"),
    )
)  # fmt: skip
_STYLES = """<office:automatic-styles>
<style:style style:name="own" style:family="table-cell"><style:table-cell-properties style:cell-protect="none" \
fo:wrap-option="wrap"/></style:style>
<style:style style:name="shown" style:family="table-cell"><style:table-cell-properties style:cell-protect="protected" \
fo:background-color="#f0f0f0" fo:wrap-option="wrap"/></style:style>
<style:style style:name="wide" style:family="table-column"><style:table-column-properties style:column-width="5cm"/></style:style>
</office:automatic-styles>"""
_DATE = (2000, 1, 1, 0, 0, 0)


def make(form: Form) -> bytes:
    """The spreadsheet, the same bytes each time. Every cell is text."""
    output = BytesIO()
    with zipfile.ZipFile(output, "w") as pack:
        _put(pack, "mimetype", _MEDIA, zipfile.ZIP_STORED)
        _put(pack, "META-INF/manifest.xml", _manifest())
        _put(pack, "content.xml", "".join(_content(form)))
    return output.getvalue()


def _put(pack: zipfile.ZipFile, name: str, text: str, method: int = zipfile.ZIP_DEFLATED) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = method
    pack.writestr(entry, text)


def _manifest() -> str:
    files = {"/": _MEDIA, "content.xml": "text/xml"}
    entries = "".join(f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>' for path, media in files.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest {_SPACES} manifest:version="1.2">{entries}</manifest:manifest>'


def _content(form: Form) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES} office:version="1.2">{_STYLES}'
    yield f"<office:body><office:spreadsheet>{_validations(form)}"
    names = {name: form.text("sheets", name) for name in ("answer", "initiatives", "survey")}
    guide = [
        line.format(place=form.place, confirm=form.text("columns", "confirm"), **names) for line in lines(form.language, "form", "guide")
    ]
    yield from _table(form.text("sheets", "guide"), 1, ([(line, "shown", "")] for line in guide))
    fields = [name for name in ANSWER if name in form.fields or name in ("role", "date")]
    yield from _table(form.text("sheets", "answer"), 3, (_field(form, name) for name in fields))
    for name in form.sheets:
        yield from _table(form.text("sheets", name), len(COLUMNS[name]), _rows(form, name))
    yield "</office:spreadsheet></office:body></office:document-content>"


Cell = tuple[str, str, str]
"""A text, its style, and the list that it is chosen from."""


def _field(form: Form, name: str) -> list[Cell]:
    own = name in ("role", "date")
    chosen = "role" if name == "role" else ""
    return [
        (form.text("columns", name), "shown", ""), (form.fields.get(name, ""), "own" if own else "shown", chosen),
        (form.text("help", name) if own else "", "shown", ""),
    ]  # fmt: skip


def _rows(form: Form, name: str) -> Iterator[list[Cell]]:
    yield [(form.text("columns", column.key), "shown", "") for column in COLUMNS[name]]
    for row in [*form.sheets[name], *[{}] * (0 if name == "survey" else EMPTY_ROWS)]:
        cells = []
        for place, column in enumerate(COLUMNS[name]):
            fixed = not column.editable or (place == 1 and bool(row))
            fixed = fixed and not (column.key == "item" and row["key"].startswith(OPEN))
            chosen = row["list"] if column.key == "answer" else column.choices
            cells.append((row.get(column.key, ""), "shown" if fixed else "own", "" if fixed or chosen not in form.lists else chosen))
        yield cells


def _table(name: str, width: int, rows: Iterable[list[Cell]]) -> Iterator[str]:
    yield f'<table:table table:name={quoteattr(name)} table:protected="true">'
    yield f'<table:table-column table:style-name="wide" table:number-columns-repeated="{width}"/>'
    for row in rows:
        yield "<table:table-row>"
        for text, style, chosen in row:
            rule = f" table:content-validation-name={quoteattr(chosen)}" if chosen else ""
            content = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n")) if text else ""
            kind = ' office:value-type="string"' if text else ""
            yield f'<table:table-cell table:style-name="{style}"{rule}{kind}>{content}</table:table-cell>'
        yield "</table:table-row>"
    yield "</table:table>"


def _validations(form: Form) -> str:
    """Lists to choose from; what is not on a list is let through, as the check tells what is meant."""
    rules = []
    for name, options in form.lists.items():
        listed = ";".join('"' + option.replace('"', '""') + '"' for option in options)
        condition = quoteattr(f"cell-content-is-in-list({listed})")
        rules.append(
            f'<table:content-validation table:name={quoteattr(name)} table:condition={condition} table:allow-empty-cell="true">'
            '<table:error-message table:display="false"/></table:content-validation>'
        )
    return f"<table:content-validations>{''.join(rules)}</table:content-validations>"
