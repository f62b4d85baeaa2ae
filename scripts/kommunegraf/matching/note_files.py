"""The note for a meeting as a web page that prints on one sheet, as Markdown, or as an Excel workbook."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from kommunegraf import languages
from kommunegraf.matching import note, text
from kommunegraf.matching.note import Note, Part

_TEMPLATE = Path(__file__).with_name("note.html")
COLUMNS = ("municipality", "status", "what", "solutions", "partners", "source")
"""What a row says of a kommune."""


def as_html(content: Note) -> str:
    """A page that needs nothing else: links, style for screen and paper, no script. Needs the extra `publish`."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    words = languages.words(content.lang, "matching")
    template = environment.from_string(_TEMPLATE.read_text("utf-8"))
    return template.render(note=content, w=words, columns=COLUMNS, rows=[(part, _row(part, content.lang)) for part in content.parts])


def as_markdown(content: Note) -> str:
    """Markdown with one table; what stands in the data is text and never markup."""
    return "\n".join(_markdown(content)) + "\n"


def _markdown(content: Note) -> Iterator[str]:
    words = languages.words(content.lang, "matching")
    yield from (f"# {_plain(content.title)}", "", _plain(content.as_of), "", f"## {words.note_known}", "")
    yield "| " + " | ".join(words[f"note_{column}"] for column in COLUMNS) + " |"
    yield "|" + "---|" * len(COLUMNS)
    for part in content.parts:
        row = _row(part, content.lang)
        address = f" <{_address(row['address'])}>" if row["address"] else ""
        yield "| " + " | ".join(_plain(row[column]) for column in COLUMNS) + f"{address} |"
    for heading, lines in _lists(content):
        start = "1. " if heading == words.note_ask else "- "
        yield from ("", f"## {heading}", "", *(start + _plain(line) for line in lines))


def as_workbook(content: Note) -> bytes:
    """An Excel workbook of one sheet that prints on one page, the same bytes each time. Needs the extra `excel`."""
    import xlsxwriter

    from kommunegraf.rdf.encode import EPOCH, WORKBOOK

    words = languages.words(content.lang, "matching")
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, WORKBOOK) as book:
        book.set_properties({"title": content.title, "created": EPOCH})
        sheet = book.add_worksheet(words.note_sheet)
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 1)
        for place, width in enumerate((18, 24, 50, 20, 26, 50)):
            sheet.set_column(place, place, width)
        sheet.write_row(0, 0, [content.title], book.add_format({"bold": True, "font_size": 14}))
        sheet.write_row(1, 0, [content.as_of])
        sheet.write_row(3, 0, [words[f"note_{column}"] for column in COLUMNS], bold)
        line = 4
        for part in content.parts:
            row = _row(part, content.lang)
            source = "\n".join(value for value in (row["source"], row["address"]) if value)
            sheet.write_row(line, 0, [*(row[column] for column in COLUMNS[:-1]), source], wrapped)
            line += 1
        for heading, lines in _lists(content):
            sheet.write_row(line + 1, 0, [heading], bold)
            for number, value in enumerate(lines, 1):
                sheet.merge_range(line + 1 + number, 0, line + 1 + number, len(COLUMNS) - 1, value, wrapped)
            line += len(lines) + 2
    return output.getvalue()


def _row(part: Part, lang: str) -> dict[str, str]:
    words, source = languages.words(lang, "matching"), note.source(part)
    claim = part.claim
    title = claim.adoption.deciding.title if claim else ""
    return {
        "municipality": text.name(part.municipality), "status": note.status(part, words),
        "what": ". ".join(value.rstrip(".") for value in (title, part.says) if value), "partners": ", ".join(part.partners),
        "solutions": ", ".join(solution.label for solution in claim.solutions) if claim else "",
        "source": f"{source.title}, {text.year(source.year or source.not_before, words)}" if source else "",
        "address": source.address if source else "",
    }


def _lists(content: Note) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The lists below the table, with their headings; an empty one is left out."""
    words = languages.words(content.lang, "matching")
    sites = tuple(f"{text.name(part.municipality)}: {part.website or words.note_no_website}" for part in content.parts)
    each = (
        (words.note_together, content.together), (words.note_open, content.open), (words.note_ask, content.questions),
        (words.note_write, (*sites, words.note_write_source)), (words.note_sure, content.sure),
    )
    yield from ((heading, lines) for heading, lines in each if lines)


def _plain(value: str) -> str:
    """A text in which Markdown sees no markup."""
    return re.sub(r"([\\`*_{}\[\]<>#|!~])", r"\\\1", " ".join(value.split()))


def _address(value: str) -> str:
    """An address in which nothing ends the link or the cell that it stands in."""
    return value.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
