"""The verbs: the table that the help is made of, what is wrong with a call, and completion in the user's shell."""

from pathlib import Path

import click
import pytest
from tests.helpers.command import bad, good

from kommunegraf.cli.overview import VERBS
from kommunegraf.cli.verbs import app


def verb(name: str) -> click.Command:
    """A verb, from its module."""
    command = app.get_command(click.Context(app), name)
    assert command is not None
    return command


@pytest.mark.parametrize("name", VERBS)
def test_the_overview_says_of_each_verb_what_its_own_help_says_first(name: str) -> None:
    assert (verb(name).help or "").splitlines()[0] == VERBS[name][1]
    assert f"  {name} " in good("--help") and len(VERBS[name][1]) <= 66


@pytest.mark.parametrize("name", VERBS)
def test_each_option_and_argument_of_a_verb_says_what_it_is(name: str) -> None:
    own = verb(name)
    for command in own.commands.values() if isinstance(own, click.Group) else [own]:
        assert [option.name for option in command.params if not option.help] == []


@pytest.mark.parametrize(("call", "hint"), [
    (("mtch",), "Did you mean 'match'?"), (("--hlep",), "Did you mean '--help'?"), (("match", "--lagn", "da"), "'--lang', '--plan'?"),
    (("match", "Sorø", "--format", "x"), "'x' is not one of 'text', 'csv'"), (("query", "run", "regions", "--limit", "-1"), "x>=0"),
    (("check",), "Missing argument 'FILES...'"), ((), "Usage: kommunegraf"), (("query", "rnu"), "Did you mean 'run'?"),
])
def test_a_call_that_no_verb_takes_says_what_would_be_right(call: tuple[str, ...], hint: str) -> None:
    assert hint in bad(*call)


@pytest.mark.parametrize(("words", "completed"), [
    ("kommunegraf mat", {"match"}), ("kommunegraf match --format x", {"xlsx"}), ("kommunegraf query run --fo", {"--format"}),
])
def test_bash_completes_verbs_options_and_values(monkeypatch: pytest.MonkeyPatch, words: str, completed: set[str]) -> None:
    monkeypatch.setenv("_KOMMUNEGRAF_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    assert {line.removeprefix("plain,") for line in good().splitlines()} == completed


@pytest.mark.parametrize("shell", ["bash", "fish", "zsh"])
def test_completion_is_installed_where_the_shell_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    monkeypatch.setenv("SHELL", f"/usr/bin/{shell}")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert str(tmp_path) in good("--install-completion")
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file.read_text("utf-8") == good("--show-completion") and "_KOMMUNEGRAF_COMPLETE" in file.read_text("utf-8")


def test_a_shell_without_completion_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/usr/bin/tcsh")
    assert "bash, fish, zsh, not tcsh" in bad("--show-completion")
