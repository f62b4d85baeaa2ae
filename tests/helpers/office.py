"""LibreOffice without a window, as a contributor uses it: open a form, type into cells, save. Debian's Python runs it, which has `uno`.

`/usr/bin/python3 office.py FILE ORDERS.json` does in its own process what `typed` asks for.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_PYTHON = "/usr/bin/python3"
Change = tuple[str, str, str, str]
"""A sheet, the text in the row's second cell (its first for a field about the answer), the heading of the column, and what is typed."""


def missing() -> str:
    """Why LibreOffice cannot be driven here; empty where it can."""
    if shutil.which("soffice") is None:
        return "needs Debian's package libreoffice-calc-nogui"
    done = subprocess.run([_PYTHON, "-c", "import uno"], capture_output=True, check=False)
    return "" if done.returncode == 0 else "needs Debian's package python3-uno"


def typed(path: Path, changes: list[Change]) -> None:
    """Open a file in LibreOffice, type into cells and save it in its own format."""
    with tempfile.TemporaryDirectory() as folder:
        order = Path(folder, "order.json")
        order.write_text(json.dumps(changes), "utf-8")
        subprocess.run([_PYTHON, __file__, str(path), str(order)], check=True, timeout=180)


def _main(path: Path, changes: list[Change]) -> None:
    import uno  # type: ignore[import-not-found,unused-ignore]
    from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found,unused-ignore]

    with tempfile.TemporaryDirectory() as profile:
        pipe = f"kommunegraf{Path(profile).name}"
        command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}", f"--accept=pipe,name={pipe};urp;"]
        office = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            desktop = _desktop(uno, pipe)
            hidden = PropertyValue(Name="Hidden", Value=True)
            document = desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, (hidden,))
            for change in changes:
                _type(document, *change)
            kind = PropertyValue(Name="FilterName", Value={".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}[path.suffix])
            document.storeToURL(path.as_uri(), (kind,))
            document.close(True)
            desktop.terminate()
            office.wait(60)
        finally:
            office.kill()


def _desktop(uno: Any, pipe: str) -> Any:
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    for _ in range(240):
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
        except Exception:  # it has not started yet
            time.sleep(0.25)
    raise TimeoutError("LibreOffice does not start")


def _type(document: Any, sheet: str, name: str, heading: str, value: str) -> None:
    page = document.Sheets.getByName(sheet)
    cursor = page.createCursor()
    cursor.gotoEndOfUsedArea(False)
    rows, columns = cursor.RangeAddress.EndRow + 1, cursor.RangeAddress.EndColumn + 1
    place = 0 if not heading else 1
    row = next((row for row in range(rows) if page.getCellByPosition(place, row).String == name), None)
    if row is None:  # the next empty row, as a contributor uses it
        row = next(row for row in range(1, rows + 1) if not any(page.getCellByPosition(place, row).String for place in (0, 1)))
        page.getCellByPosition(1, row).String = name
    column = 1 if not heading else next(place for place in range(columns) if page.getCellByPosition(place, 0).String == heading)
    cell = page.getCellByPosition(column, row)
    assert not cell.CellProtection.IsLocked, f"{sheet}, {name}, {heading} is locked"
    cell.FormulaLocal = value  # as if typed


if __name__ == "__main__":
    _main(Path(sys.argv[1]), [tuple(change) for change in json.loads(Path(sys.argv[2]).read_text("utf-8"))])
