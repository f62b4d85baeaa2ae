"""Whether this process may have memory, asked before a library that would end the process where it may not."""

import sys
from pathlib import Path

if sys.platform == "linux":
    import resource

NUMPY = 150_000_000
"""Bytes of addresses that numpy and scipy take; their OpenBLAS ends the process where it gets none."""
_STATUS = Path("/proc/self/statm")


def require(size: int) -> None:
    """Raises MemoryError where the limit of this process (`ulimit -v`) leaves no room for so many bytes more.

    Nothing is known of it on systems other than Linux.
    """
    if sys.platform != "linux":
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    used = int(_STATUS.read_text("ascii").split()[0]) * resource.getpagesize()
    if limit != resource.RLIM_INFINITY and used + size > limit:
        raise MemoryError
