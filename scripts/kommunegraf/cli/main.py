"""The command `kommunegraf`: what is called, and how a call ends."""

import signal
import sys

from kommunegraf.cli.console import INTERRUPTED, clear_errors, let_texts_fall_back
from kommunegraf.cli.overview import overview


def main() -> None:
    """Run the command. A user who interrupts it ends it without a traceback, with `INTERRUPTED`."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:  # as it was while modules were imported
        signal.signal(signal.SIGINT, signal.default_int_handler)
    let_texts_fall_back()
    try:
        with clear_errors():
            code = _run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    """The exit code. What has been printed may still wait for `clear_errors` to write it."""
    if arguments == ["--help"]:  # without the library of command lines, which takes three times as long to load as Python itself
        print(overview())
        return 0
    from kommunegraf.cli import verbs

    return verbs.run(arguments)
