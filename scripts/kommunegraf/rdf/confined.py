"""Work on what others wrote, in a process of its own with limits of time, memory and what it may write to files."""

import json
import math
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Literal

from kommunegraf.errors import KommunegrafError

_OUT_OF_MEMORY = (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV)
"""How a parser ends that gets no memory, where Python cannot say so."""


@dataclass(frozen=True)
class Limits:
    """What the work may take: `seconds` of the processor, and twice as many by the clock; `megabytes` of memory.

    `written` is how many bytes may go to a file; None for any number.
    """

    seconds: float
    megabytes: int
    written: int | None = 0


class Exceeded(KommunegrafError):
    """Work that came to one of its limits."""

    def __init__(self, limit: Literal["seconds", "megabytes"]) -> None:
        self.limit = limit
        super().__init__(f"it takes more {limit} than it may")


def run(module: str, data: bytes, limits: Limits) -> bytes:
    """What a module, which calls `answer`, makes of some bytes. Raises Exceeded."""
    command = [sys.executable, "-P", "-m", module]
    order = json.dumps(astuple(limits)).encode() + b"\n" + data
    environment = {**os.environ, "RUST_BACKTRACE": "0", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(command, input=order, capture_output=True, timeout=2 * limits.seconds, env=environment, check=False)
    except subprocess.TimeoutExpired:
        raise Exceeded("seconds") from None
    if done.returncode == -signal.SIGXCPU:
        raise Exceeded("seconds")
    if done.returncode in _OUT_OF_MEMORY or b"\nMemoryError" in done.stderr:
        raise Exceeded("megabytes")
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    return done.stdout


def answer(work: Callable[[bytes], bytes]) -> None:
    """In the process: standard input to standard output, within the limits that the first line of the input states."""
    seconds, megabytes, written = json.loads(b"".join(iter(lambda: os.read(0, 1), b"\n")))
    soft = math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, soft + 1))  # one more, so that the soft one says what it was
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if written is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    view = memoryview(work(b"".join(iter(lambda: os.read(0, 1 << 20), b""))))
    while view:
        view = view[os.write(1, view) :]
