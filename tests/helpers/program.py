"""The server as an operator runs it, for tests: the program in processes of its own, with its log."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.helpers import ROOT

PROGRAM = (sys.executable, "-m", "kommunegraf")


@dataclass(frozen=True)
class Running:
    """A server that runs: its address, its process, and the file with its log."""

    base: str
    process: "subprocess.Popen[str]"
    log: Path

    def told(self, least: int) -> list[dict[str, Any]]:
        """The access log, when it has at least so many lines: one is written when its answer is sent."""
        for _ in range(100):
            lines = [line for line in self.log.read_text("utf-8").splitlines() if line.startswith("{") and '"status":' in line]
            if len(lines) >= least:
                return [json.loads(line) for line in lines]
            time.sleep(0.1)
        raise RuntimeError(f"the access log has only {len(lines)} lines")


@contextmanager
def running(place: Path, *arguments: str, before: Sequence[str] = (), **variables: str) -> Iterator[Running]:
    """`kommunegraf serve` with arguments and variables, after the words `before`, on a free port; ended by SIGTERM, which it obeys."""
    log = place / "log"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "KOMMUNEGRAF_PORT": "0", **variables}
    command = [*before, *PROGRAM, "serve", *arguments]
    with log.open("w") as errors, subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if " is at " not in line:
                raise RuntimeError(f"the server did not start: {log.read_text('utf-8')}")
            yield Running(_address(process.pid), process, log)
        finally:
            process.terminate()
            process.wait(30)


def _address(pid: int) -> str:
    """Where a process listens: what it prints is the public address, which may be another."""
    inodes = {os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir()}
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        _, local, _, state, *_, inode = line.split()[:10]
        if state == "0A" and f"socket:[{inode}]" in inodes:
            return f"http://127.0.0.1:{int(local.split(':')[1], 16)}"
    raise RuntimeError("the server listens nowhere")
