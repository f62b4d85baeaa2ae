"""Run a program within what a systemd unit allows: some system calls and address families, no new code in memory, no new privileges.

`python confine.py CALLS FAMILIES COMMAND...`: a file with the names of the calls, one a line; the families, with commas.
What is not allowed fails with EPERM, as with systemd. Says `confined` on standard error when all is put on, by libseccomp and
prctl of Linux 6.3 or newer.
"""

import ctypes
import os
import socket
import sys

NO_NEW_PRIVILEGES, DENY_WRITE_EXECUTE, NO_GAIN = 38, 65, 1
ALLOW, EPERM = 0x7FFF0000, 0x00050001
EQUAL = 4


class Comparison(ctypes.Structure):
    """`scmp_arg_cmp` of libseccomp: which argument, how, with what."""

    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def confine(calls: list[str], families: list[str]) -> None:
    """Put the limits on this process, and on all that it begins."""
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in ((NO_NEW_PRIVILEGES, 1), (DENY_WRITE_EXECUTE, NO_GAIN)):
        if libc.prctl(option, value, 0, 0, 0):
            raise SystemExit(f"prctl {option}: {os.strerror(ctypes.get_errno())}")
    try:
        seccomp = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        raise SystemExit("libseccomp is not installed") from None
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(EPERM))
    for name in calls:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if name == "socket" or number < 0:
            continue
        if seccomp.seccomp_rule_add(context, ALLOW, number, 0):
            raise SystemExit(f"no rule for {name}")
    number = seccomp.seccomp_syscall_resolve_name(b"socket")
    for family in families:
        rule = Comparison(0, EQUAL, int(getattr(socket, family)), 0)
        seccomp.seccomp_rule_add_array(context, ALLOW, number, 1, ctypes.byref(rule))
    if seccomp.seccomp_load(context):
        raise SystemExit("the kernel does not take the filter")


if __name__ == "__main__":
    with open(sys.argv[1], encoding="ascii") as file:
        names = file.read().split()
    confine(names, sys.argv[2].split(","))
    print("confined", file=sys.stderr, flush=True)
    os.execvp(sys.argv[3], sys.argv[3:])
