"""The form of a kommune as a file: Excel, OpenDocument or separated text."""

from kommunegraf.contribute import forms, survey
from kommunegraf.contribute.register import Register

FORMATS = ("xlsx", "ods", "csv")


def make(register: Register, code: str, lang: str, form: str = "xlsx", year: int | None = None) -> bytes:
    """The form of a kommune, by its code, in a language and a format; with a year, the whole survey of a new round.

    The same register gives the same bytes.
    """
    made = forms.make(register, code, lang)
    if year:
        made.fields["round"] = str(year)
        made.sheets = {"memberships": made.sheets["memberships"]}
    survey.add(made, register, survey.FULL if year else survey.SHORT)
    if form == "ods":
        from kommunegraf.contribute import opendocument

        return opendocument.make(made)
    if form == "csv":
        from kommunegraf.contribute import separated

        return separated.make(made)
    from kommunegraf.contribute import workbook

    return workbook.make(made)
