"""The command `kommunegraf` as people type it, run in the process of the tests, where its libraries are loaded already."""

import contextlib
import io
import os
import subprocess
import sys
import traceback
from pathlib import Path
from unittest import mock

from kommunegraf.cli.main import main
from tests.helpers import ROOT


def run(*arguments: str, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """What the command does with some arguments in a working directory: its exit code and what it writes.

    A bug ends as it does in a process of its own: with a traceback on standard error and exit code 1.
    """
    output, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True) for _ in range(2))
    command = ["kommunegraf", *arguments]
    with (
        contextlib.chdir(cwd), contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors),
        mock.patch.object(sys, "argv", command), mock.patch.dict(os.environ, {"COLUMNS": "200"}),
    ):
        code = _code()
    return subprocess.CompletedProcess(command, code, *(stream.buffer.getvalue().decode("utf-8") for stream in (output, errors)))


def _code() -> int:
    """The code that the command exits with."""
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def good(*arguments: str, cwd: Path = ROOT) -> str:
    """The output of a command that succeeds and has nothing to say on standard error."""
    done = run(*arguments, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def bad(*arguments: str, cwd: Path = ROOT) -> str:
    """What a command that fails says on standard error."""
    done = run(*arguments, cwd=cwd)
    assert done.returncode in (1, 2) and "Traceback" not in done.stderr + done.stdout
    return done.stderr
