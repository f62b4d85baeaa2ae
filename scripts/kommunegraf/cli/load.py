"""`kommunegraf load`: the graph into an organisation's own triple store, and kept up to date there."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kommunegraf.cli.console import BUILT, GraphFolder, bar, clear_errors, fail, graph_file, print_table, progress

if TYPE_CHECKING:
    from kommunegraf.stores.client import Store
    from kommunegraf.stores.load import Change


def load(
    endpoint: Annotated[str, typer.Option(help="Where the store takes queries (SPARQL 1.1).")] = "",
    update: Annotated[str, typer.Option(help="Where it takes updates; found for stores that are known.")] = "",
    credentials: Annotated[Path | None, typer.Option(help="A file with USER:PASSWORD that only you can read.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only this graph, such as evidence; as often as needed.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take our graphs out of the store again.")] = False,
    print_: Annotated[bool, typer.Option("--print", help="Print the commands of known stores for loading large data in bulk.")] = False,
    graph: GraphFolder = BUILT,
) -> None:
    """Bring the graph into a triple store, or bring the store up to date.

    Sends only what differs, touches no graph but ours, and ends by reading back what changed. A run after an interruption completes it.
    User and password come from KOMMUNEGRAF_STORE_USER and KOMMUNEGRAF_STORE_PASSWORD, or from a file.
    """
    from kommunegraf.stores import client
    from kommunegraf.stores.kinds import kinds

    if print_:
        print_table(["Store", "Command", "Union of graphs as default graph"], [(kind.name, kind.bulk, kind.union) for kind in kinds()])
        return
    with clear_errors():
        if not endpoint:
            raise client.StoreError("name the store with --endpoint")
        _load(client.Store(endpoint, update, client.Credentials.read(credentials)), graph_file(graph), only or [], dry_run, remove)


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
