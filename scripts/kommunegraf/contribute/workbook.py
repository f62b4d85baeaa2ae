"""The form as an Excel workbook: lists to choose from, locked keys, and no text that a program could run."""

from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from kommunegraf.contribute.forms import ANSWER, COLUMNS, EMPTY_ROWS, OPEN, Column, Form, lines
from kommunegraf.rdf.encode import EPOCH, WORKBOOK

_FREE = {  # what a contributor may do to a locked sheet
    "format_columns": True, "format_rows": True, "sort": True, "autofilter": True, "insert_rows": True, "select_locked_cells": True,
}  # fmt: skip


def make(form: Form) -> bytes:
    """The workbook, the same bytes each time. Text is written as text, whatever it begins with."""
    output = BytesIO()
    with Workbook(output, WORKBOOK) as book:
        book.set_properties({"title": form.text("form", "title").format(place=form.place), "created": EPOCH})
        styles = _styles(book)
        _guide(book.add_worksheet(form.text("sheets", "guide")), form, styles)
        _answer(book.add_worksheet(form.text("sheets", "answer")), form, styles)
        for name in form.sheets:
            _rows(book.add_worksheet(form.text("sheets", name)), form, name, styles)
        _lists(book.add_worksheet(form.text("sheets", "lists")), form)
    return output.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    wrapped = {"text_wrap": True, "valign": "top"}
    return {
        "head": book.add_format({**wrapped, "bold": True, "bg_color": "#dfe7ef", "border": 1}),
        "shown": book.add_format({**wrapped, "bg_color": "#f0f0f0"}),
        "own": book.add_format(
            {**wrapped, "locked": False, "num_format": "@"}
        ),  # text: no program makes dates of years or numbers of codes
        "title": book.add_format({"bold": True, "font_size": 16}),
        "text": book.add_format(wrapped),
    }


def _guide(sheet: Any, form: Form, styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 100)
    sheet.write_string(0, 0, form.text("form", "title").format(place=form.place), styles["title"])
    names = {name: form.text("sheets", name) for name in ("answer", "initiatives", "survey")}
    for number, line in enumerate(lines(form.language, "form", "guide"), 1):
        sheet.write_string(number, 0, line.format(place=form.place, confirm=form.text("columns", "confirm"), **names), styles["text"])
    sheet.protect("", _FREE)


def _answer(sheet: Any, form: Form, styles: dict[str, Any]) -> None:
    """One field a row: its name, its value, and what to write."""
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 44)
    sheet.set_column(2, 2, 70)
    for row, name in enumerate(key for key in ANSWER if key in form.fields or key in ("role", "date")):
        own = name in ("role", "date")
        sheet.write_string(row, 0, form.text("columns", name), styles["head"])
        _text(sheet, row, 1, form.fields.get(name, ""), styles["own" if own else "shown"])
        if own:
            sheet.write_string(row, 2, form.text("help", name), styles["shown"])
        if name == "role":
            sheet.data_validation(row, 1, row, 1, _choice(form, "role", form.text("help", name)))
    sheet.protect("", _FREE)


def _rows(sheet: Any, form: Form, name: str, styles: dict[str, Any]) -> None:
    columns, rows = COLUMNS[name], form.sheets[name]
    spare = 0 if name == "survey" else EMPTY_ROWS
    sheet.freeze_panes(1, 2)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, form.text("columns", column.key), styles["head"])
        for number, row in enumerate([*rows, *[{}] * spare], 1):
            fixed = not column.editable or (place == 1 and bool(row))  # what a filled row is about stays
            fixed = fixed and not (column.key == "item" and row["key"].startswith(OPEN))
            _text(sheet, number, place, row.get(column.key, ""), styles["shown" if fixed else "own"])
        _validate(sheet, form, column, place, len(rows), spare)
    sheet.autofilter(0, 0, len(rows) + spare, len(columns) - 1)
    sheet.protect("", _FREE)


def _validate(sheet: Any, form: Form, column: Column, place: int, rows: int, spare: int) -> None:
    if column.key == "answer":
        for number, row in enumerate(form.sheets["survey"], 1):
            sheet.data_validation(number, place, number, place, _choice(form, row["list"], form.text("help", "answer")))
    elif column.choices:
        first = rows + 1 if place == 1 else 1
        sheet.data_validation(first, place, rows + spare, place, _choice(form, column.choices, form.text("help", column.key)))


def _choice(form: Form, name: str, message: str) -> dict[str, Any]:
    """A list to choose from. Other text is let through: people write as they do, and the check tells what is meant."""
    letter = xl_col_to_name(list(form.lists).index(name))
    source = f"='{form.text('sheets', 'lists')}'!${letter}$1:${letter}${len(form.lists[name])}"
    return {"validate": "list", "source": source, "ignore_blank": True, "input_message": message[:255], "show_error": False}


def _lists(sheet: Any, form: Form) -> None:
    for place, options in enumerate(form.lists.values()):
        for number, text in enumerate(options):
            sheet.write_string(number, place, text)
    sheet.hide()
    sheet.protect("")


def _text(sheet: Any, row: int, column: int, text: str, style: Any) -> None:
    if text:
        sheet.write_string(row, column, text[:32_000], style)
    else:
        sheet.write_blank(row, column, None, style)
