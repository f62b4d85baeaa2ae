"""`kommunegraf load`: the graph into an organisation's own triple store, and kept up to date there."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kommunegraf.cli.console import bar, fail, graph_file, print_table, progress
from kommunegraf.cli.options import PATH, graph_folder

if TYPE_CHECKING:
    from kommunegraf.stores.client import Store
    from kommunegraf.stores.load import Change


@click.command()
@click.option("--endpoint", default="", help="Where the store takes queries (SPARQL 1.1).")
@click.option("--update", default="", help="Where it takes updates; found for stores that are known.")
@click.option("--credentials", type=PATH, help="A file with USER:PASSWORD that only you can read.")
@click.option("--only", multiple=True, metavar="GRAPH", help="Only this graph, such as evidence; as often as needed.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--remove", is_flag=True, help="Take our graphs out of the store again.")
@click.option("--print", "print_", is_flag=True, help="Print the commands of known stores for loading large data in bulk.")
@graph_folder
def load(
    endpoint: str, update: str, credentials: Path | None, only: tuple[str, ...], dry_run: bool, remove: bool, print_: bool, graph: Path,
) -> None:
    """Bring the graph into a triple store, or the store up to date.

    Sends only what differs, touches no graph but ours, and ends by reading back what changed. A run after an interruption completes it.
    User and password come from KOMMUNEGRAF_STORE_USER and KOMMUNEGRAF_STORE_PASSWORD, or from a file.
    """
    from kommunegraf.stores import client
    from kommunegraf.stores.kinds import kinds

    if print_:
        print_table(["Store", "Command", "Union of graphs as default graph"], [(kind.name, kind.bulk, kind.union) for kind in kinds()])
        return
    if not endpoint:
        raise client.StoreError("name the store with --endpoint")
    _load(client.Store(endpoint, update, client.Credentials.read(credentials)), graph_file(graph), list(only), dry_run, remove)


def _load(store: "Store", path: Path, only: list[str], dry_run: bool, remove: bool) -> None:
    from kommunegraf.namespaces import GRAPH
    from kommunegraf.stores import load, state

    with store:
        with progress("Comparing"):
            graphs = {} if remove else state.read(path)
            if unknown := [name for name in only if GRAPH + name not in graphs]:
                names = ", ".join(name.removeprefix(GRAPH) for name in graphs)
                fail(f"kommunegraf: there is no graph {unknown[0]!r}; there is {names}")
            version = state.version(graphs)
            changes = load.removal(store) if remove else load.plan(store, graphs, version, [GRAPH + name for name in only])
        _tell(changes)
        if dry_run or not changes:
            return
        with bar("Sending statements", sum(change.size for change in changes)) as advance:
            load.apply(store, changes, advance)
        with progress("Reading back"):
            load.prove(store, changes)
        done = "is taken out of" if remove else f"{version} stands in"
        print(f"Kommunegraf {done} {store.address}; {len(changes)} graphs were read back and are equal in number and digest.")


def _tell(changes: "list[Change]") -> None:
    from kommunegraf.namespaces import GRAPH

    if changes:
        rows = [(change.graph.removeprefix(GRAPH), len(change.added), len(change.removed)) for change in changes]
        print_table(["Graph", "Added", "Removed"], rows)
    else:
        print("The store holds this version already.")
