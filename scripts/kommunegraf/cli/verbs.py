"""The verbs as Click knows them: one is imported when it is called, or when its options are completed."""

import sys
from importlib import import_module

import click

from kommunegraf import __version__
from kommunegraf.cli import completion
from kommunegraf.cli.console import INTERRUPTED
from kommunegraf.cli.overview import ABOUT, OPTIONS, VERBS, overview


class Verbs(click.Group):
    """The verbs of the table, each loaded when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in the order of the help."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A verb from its module. Raises NoSuchCommand, with verbs of like names; None for what is no name."""
        if cmd_name not in VERBS:
            if ctx.resilient_parsing or cmd_name.startswith("-"):
                return None
            raise click.exceptions.NoSuchCommand(cmd_name, possibilities=VERBS, ctx=ctx)
        module = import_module(f"kommunegraf.cli.{VERBS[cmd_name][0]}")
        return next(c for c in vars(module).values() if isinstance(c, click.Command) and c.name == cmd_name)

    def get_help(self, ctx: click.Context) -> str:
        """The overview, which needs none of them."""
        return overview()


def run(arguments: list[str]) -> int:
    """Run the command with some arguments: its exit code. What is wrong with them is told on standard error."""
    try:
        code = app.main(arguments, "kommunegraf", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _show(context: click.Context, option: click.Parameter, chosen: bool) -> None:
    if chosen:
        print(completion.script(app, completion.current()))
        context.exit()


def _install(context: click.Context, option: click.Parameter, chosen: bool) -> None:
    if chosen:
        print(completion.install(app, completion.current()))
        context.exit()


@click.group(cls=Verbs, help=ABOUT)
@click.version_option(__version__, message="%(prog)s %(version)s", help=OPTIONS["version"])
@click.option("--install-completion", is_flag=True, expose_value=False, callback=_install, help=OPTIONS["install-completion"])
@click.option("--show-completion", is_flag=True, expose_value=False, callback=_show, help=OPTIONS["show-completion"])
def app() -> None:
    """See ABOUT."""
