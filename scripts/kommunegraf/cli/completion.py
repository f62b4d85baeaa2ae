"""Completion of verbs, options and values in the user's shell: Click's own scripts, put where each shell looks for them."""

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from kommunegraf.cli.console import WrongCall

_VARIABLE = "_KOMMUNEGRAF_COMPLETE"
_PLACES = {
    "bash": (".local/share/bash-completion/completions/kommunegraf", "Open a new shell; it needs the package bash-completion."),
    "fish": (".config/fish/completions/kommunegraf.fish", "Open a new shell."),
    "zsh": (".zfunc/_kommunegraf", "Put this into ~/.zshrc, and open a new shell: fpath+=~/.zfunc; autoload -Uz compinit; compinit"),
}
"""For each shell the file in the home folder that it loads by itself, and what is left to do."""


def current() -> str:
    """The shell that the user works in, as the system knows it. Raises WrongCall for one without completion here."""
    shell = Path(os.environ.get("SHELL", "")).name
    if shell not in _PLACES:
        raise WrongCall(f"completion is for {', '.join(_PLACES)}, not {shell or 'an unnamed shell'}; name one as SHELL=bash")
    return shell


def script(app: click.Command, shell: str) -> str:
    """What makes a shell complete the command."""
    kind = get_completion_class(shell)
    assert kind is not None
    return kind(app, {}, "kommunegraf", _VARIABLE).source()


def install(app: click.Command, shell: str) -> str:
    """Write the script where the shell looks for it: what was done, and what is left to do. Raises OSError."""
    place, rest = _PLACES[shell]
    file = Path.home() / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(script(app, shell) + "\n", "utf-8")
    return f"Wrote {file}. {rest}"
