"""What a worker's engine writes on standard error before it dies: a mistake of its own and want of memory end with one signal."""

import os
import resource
import tempfile

_BYTES = 4096
"""How much is kept and read."""
_PANIC = b" panicked at "
"""What the engine, which is written in Rust, writes before it ends its process because of a mistake of its own."""


def file() -> int:
    """The descriptor of a new file for one worker; it has no name, and is gone when it is closed."""
    with tempfile.TemporaryFile() as new:
        return os.dup(new.fileno())


def bounded() -> None:
    """Let this process write no more to any file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (_BYTES, _BYTES))


def panicked(descriptor: int) -> bool:
    """Whether a mistake of the engine ended the worker. Closes its file."""
    try:
        return _PANIC in os.pread(descriptor, _BYTES, 0)
    finally:
        os.close(descriptor)
