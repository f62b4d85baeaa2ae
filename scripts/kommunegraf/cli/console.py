"""What every verb of the command line shares: reading the graph, printing tables and progress, ending on bad input."""

import errno
import gc
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kommunegraf.errors import KommunegrafError

if TYPE_CHECKING:
    from kommunegraf.languages import Language
    from kommunegraf.questions.ask import Answer
    from kommunegraf.rdf.engines import Endpoint, Engine

_EXTRAS = {"jinja2": "publish", "markdown_it": "publish", "mcp": "mcp", "mcp_types": "mcp", "openpyxl": "contribute",
           "pandas": "pandas", "python_calamine": "contribute",
           "starlette": "serve", "uvicorn": "serve", "xlsxwriter": "excel"}
"""The packages that only some verbs need, and the extra that brings each."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What the system says when nothing more can be written; of standard output it names no file."""
INTERRUPTED = 128 + signal.SIGINT
"""The exit code of a command that its user has interrupted, as shells have it."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class WrongCall(KommunegrafError):
    """Options that are missing, wrong, or contradict each other. The message says what would be right."""


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn what the user can do something about into a message on standard error and exit code 1.

    That is a KommunegrafError, and what the operating system says of files. Anything else is a bug of ours and ends with a traceback.
    """
    try:
        yield
        if sys.stdout:  # it is None if it was closed
            sys.stdout.flush()
    except KommunegrafError as error:
        fail(_told(error))
    except BrokenPipeError:  # who reads our output has had enough, as `head` has
        _give_up_output()
        raise SystemExit(1) from None
    except OSError as error:
        if error.errno in _FULL and not error.filename:
            _give_up_output()
            fail(f"kommunegraf: standard output cannot be written: {error.strerror}")
        fail(f"kommunegraf: {error.filename}: {error.strerror}" if error.filename else f"kommunegraf: {error.strerror or error}")
    except MemoryError:
        fail("kommunegraf: there is not enough memory; raise the limit of this process (ulimit -v), or ask for less")
    except ModuleNotFoundError as error:
        if error.name not in _EXTRAS:
            raise
        fail(f"kommunegraf: this needs the package {error.name}; install kommunegraf[{_EXTRAS[error.name]}]")
    except Exception as error:
        error.add_note("\nThis is a bug in Kommunegraf, not a mistake of yours. Please report it, with the call and the lines above.")
        raise


def _told(error: KommunegrafError) -> str:
    """What an error says: its findings, or its message."""
    from kommunegraf.findings import BadInput, as_text  # takes as long to load as Python itself

    return as_text(error.findings) if isinstance(error, BadInput) else f"kommunegraf: {error}"


def _give_up_output() -> None:
    """Let what is left for standard output go nowhere, so that Python can flush it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def let_texts_fall_back() -> None:
    """Write `?` for a character that the terminal's encoding does not have. Data is written as bytes of UTF-8; see `write`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def fail(message: str) -> NoReturn:
    """End with a message on standard error and exit code 1."""
    print(message, file=sys.stderr)
    raise SystemExit(1)


def write(data: bytes) -> None:
    """Write bytes to standard output, as they are; nowhere when that is closed, as `print` does."""
    if sys.stdout:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def open_engine(endpoint: str, folder: Path, whole: bool = False, library: bool = True) -> "Engine":
    """The endpoint when one is named, otherwise the graph built in `folder`. Raises WrongCall when there is none.

    `whole`: most of the graph will be read, which is quicker in memory than from the compiled store. `library`: questions of the library
    will be asked, so an endpoint must hold the graph. Raises EngineError where it does not.
    """
    from kommunegraf.rdf import engines

    if endpoint:
        return _fit(engines.Endpoint(endpoint)) if library else engines.Endpoint(endpoint)
    path = graph_file(folder)
    return engines.Embedded.open(path) if whole else engines.Embedded.compiled(path)


def _fit(endpoint: "Endpoint") -> "Endpoint":
    """An endpoint that can answer the questions. One of another version is told of on standard error."""
    from kommunegraf import __version__
    from kommunegraf.stores import fit

    if (version := fit.check(endpoint)) != __version__:
        load = f"run 'kommunegraf load --endpoint {endpoint.url}'"
        print(f"kommunegraf: {endpoint.url} holds version {version}, the questions are of {__version__}; {load}", file=sys.stderr)
    return endpoint


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for garbage: what a verb reads stays until it ends, and searching all of it again and again takes a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def graph_file(folder: Path) -> Path:
    """The graph that `kommunegraf build` wrote to a folder, whose base the command takes. Raises WrongCall when there is none."""
    from kommunegraf.cli import base
    from kommunegraf.paths import NQUADS

    path = folder / NQUADS
    if not path.is_file():
        raise WrongCall(f"there is no graph in {folder}/; run 'kommunegraf build' first, or name its folder with --graph")
    base.adopt(path)
    return path


@contextmanager
def progress(text: str) -> Iterator[None]:
    """A moving line on a terminal; nothing when standard error is piped."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


@contextmanager
def bar(text: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, and what moves it on by a number; nothing when standard error is piped."""
    if not sys.stderr.isatty():
        yield lambda number: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(text, total=total)
        yield lambda number: shown.advance(task, number)


def print_table(header: list[str], rows: list[tuple[Any, ...]]) -> None:
    """Columns under their heads, folded to the width of the terminal; when piped, a line for each row."""
    cells = [["" if cell is None else _CONTROL.sub("\ufffd", str(cell)) for cell in row] for row in rows]
    if sys.stdout and sys.stdout.isatty():
        _print_folded(header, cells)
    else:
        lines = [[cell.replace("\n", " ") for cell in row] for row in [header, *cells]]
        widths = [max(map(len, column)) for column in zip(*lines)]
        print("\n".join("   ".join(map(str.ljust, line, widths)).rstrip() for line in lines) + "\n")


def _print_folded(header: list[str], rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    table = Table(header_style="bold", show_edge=False, pad_edge=False, box=None, padding=(0, 3, 0, 0))
    for head in header:
        table.add_column(escape(head), overflow="fold")  # on a narrow screen too, all of a value is there to tell rows apart
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console()
    console.print(table)
    console.print()


def print_answer(answer: "Answer", lang: "Language", rows: list[dict[str, Any]] | None = None) -> None:
    """The rows, or others in their place, as a table. An IRI column whose label stands beside it is left out."""
    if not answer.columns:
        print("yes" if answer.result else "no")
        return
    rows = answer.rows() if rows is None else rows
    shown = [c for c in answer.columns if f"{c}Label" not in answer.columns]
    heads = [answer.question.columns.get(c, {}).get(lang, c) for c in shown]
    print_table(heads, [tuple(row[c] for c in shown) for row in rows])
    if not rows:
        print("No rows.")
