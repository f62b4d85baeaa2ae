"""A Virtuoso server for tests, on free ports of this machine, as Debian's package virtuoso-opensource has it."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.webservers import free_port, wait


@contextmanager
def serving(nquads: Path, rows: int) -> Iterator[str]:
    """The address of a Virtuoso endpoint over an N-Quads file; it gives at most so many rows. Skips where Virtuoso is missing."""
    with tempfile.TemporaryDirectory(prefix="virtuoso-") as name:
        folder = Path(name)
        shutil.copy(nquads, folder / "data.nq")
        with running(folder, rows) as server:
            load = f"exec=DB.DBA.TTLP_MT(file_to_string_output('{folder}/data.nq'), '', 'http://default/', 512); checkpoint;"
            subprocess.run(["isql-vt", f"127.0.0.1:{server.sql}", "dba", "dba", load], check=True, capture_output=True)
            yield server.address


@dataclass(frozen=True)
class Running:
    """A server that runs: its address for queries, its port for SQL, its process."""

    address: str
    sql: int
    process: "subprocess.Popen[bytes]"


@contextmanager
def running(folder: Path, rows: int) -> Iterator[Running]:
    """A server over the database in a folder, which it makes if there is none. Skips where Virtuoso is missing."""
    if not shutil.which("virtuoso-t") or not shutil.which("isql-vt"):
        pytest.skip("needs Debian's package virtuoso-opensource")
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(f"""
[Database]
DatabaseFile = {folder}/data.db
ErrorLogFile = {folder}/log
LockFile = {folder}/lock
TransactionFile = {folder}/log.trx
xa_persistent_file = {folder}/log.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {folder}
NumberOfBuffers = 20000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = {rows}
""", "utf-8")
    command = ["virtuoso-t", "+configfile", str(folder / "virtuoso.ini"), "+foreground", "+wait"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait(http, "Virtuoso", 60)
            yield Running(f"http://127.0.0.1:{http}/sparql", sql, server)
        finally:
            server.terminate()
