"""What forms cost: checking and taking in 10,000 rows, with time and peak memory, and a form for each of the 98 kommuner."""

import tracemalloc
from collections.abc import Callable
from datetime import date
from functools import partial
from io import BytesIO
from time import perf_counter
from typing import TypeVar

from rich.console import Console
from rich.table import Table
from xlsxwriter import Workbook

from kommunegraf.contribute import checking, reading, register, statements, template
from kommunegraf.contribute.checking import Given
from kommunegraf.contribute.register import Register
from tests.helpers import ROOT

ROWS = 10_000
GIVEN = Given(respondent="kl", role="list", day=date(2026, 11, 1))
T = TypeVar("T")


def rows(held: Register) -> list[list[str]]:
    """Simulated answers: kommuner and initiatives in turn, each with a name of its own."""
    places = [held.label(f"municipality/{code}", "da") for code in held.codes]
    names = [held.label(f"initiative/{name}", "da") for name in held.initiatives]
    head = ["Kommune", "Initiativ", "Status", "Begyndt (år)", "Løsning"]
    return [head] + [[places[n % 98], names[n // 98 % 42], "i gang", str(2000 + n % 20), f"ny: System {n}"] for n in range(ROWS)]


def workbook(listed: list[list[str]]) -> bytes:
    """The rows as an Excel workbook."""
    output = BytesIO()
    with Workbook(output) as book:
        sheet = book.add_worksheet("Liste")
        for number, row in enumerate(listed):
            sheet.write_row(number, 0, row)
    return output.getvalue()


def measured(work: Callable[[], T]) -> tuple[T, float, float]:
    """The result, seconds, and megabytes of Python's own memory at the peak, in a second run that counts it."""
    started = perf_counter()
    result = work()
    seconds = perf_counter() - started
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1] / (1 << 20)
    tracemalloc.stop()
    return result, seconds, peak


def main() -> None:
    """Measure and print."""
    held = register.read(ROOT / "data")
    listed = rows(held)
    table = Table("work", "seconds", "MB at the peak", title=f"{ROWS} rows, 98 kommuner")
    files = {"CSV": "\r\n".join(";".join(row) for row in listed).encode("cp1252"), "Excel": workbook(listed)}
    for name, content in files.items():
        sheets, seconds, peak = measured(partial(reading.sheets, content, name))
        table.add_row(f"read {name}", f"{seconds:.2f}", f"{peak:.0f}")
    checked, seconds, peak = measured(lambda: checking.check(sheets, held, date(2026, 11, 28), given=GIVEN))
    assert not checked.wrong, checked.wrong[:3]
    table.add_row("check", f"{seconds:.2f}", f"{peak:.0f}")
    (taken, changes), seconds, peak = measured(lambda: statements.take(held, checked.submissions))
    assert len(changes) >= ROWS
    table.add_row("import, without writing", f"{seconds:.2f}", f"{peak:.0f}")
    started = perf_counter()
    size = sum(len(template.make(held, code, "da")) for code in held.codes)
    table.add_row(f"98 forms, {size >> 10} KB", f"{perf_counter() - started:.2f}", "")
    Console().print(table)


if __name__ == "__main__":
    main()
