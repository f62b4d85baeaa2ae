"""Work spread over processes comes back whole and in order, and leaves no process behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from kommunegraf.publish.processes import WORTH, aside, dealt, spread

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the work is done in one process")
MANY = range(2 * WORTH)


@pytest.fixture(autouse=True)
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2})


def done(work: Callable[[int], Any], items: Sequence[int]) -> list[Any]:
    """All results."""
    with spread(work, items) as results:
        return list(results)


def gone() -> bool:
    """Whether all processes that were started here end within a few seconds."""
    for _ in range(100):
        if not active_children():
            return True
        time.sleep(0.05)
    return False


def test_results_come_in_the_order_of_the_items_from_other_processes() -> None:
    found = done(lambda number: (number, "æøå" * (number % 7), os.getpid()), MANY)
    assert [(number, text) for number, text, _ in found] == [(number, "æøå" * (number % 7)) for number in MANY]
    assert len({pid for *_, pid in found}) == 3 and os.getpid() not in {pid for *_, pid in found}


def test_items_of_a_kind_are_done_by_the_same_half_of_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2, 3})
    kinds = {0: 0, 1: 1, 2: None}
    with spread(lambda number: (number, os.getpid()), MANY, lambda number: kinds[number % 3]) as results:
        done_by = list(results)
    assert [number for number, _ in done_by] == list(MANY)
    first, second, anyone = ({pid for number, pid in done_by if number % 3 == kind} for kind in range(3))
    assert len(first) == len(second) == 2 and not first & second and anyone == first | second


def test_kinds_do_not_count_where_processes_cannot_be_halved() -> None:
    assert list(dealt([0, 1, None, 0, 0, 0], 3)) == [0, 1, 2, 0, 1, 2]


def test_little_work_and_work_on_one_processor_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(done(lambda _: os.getpid(), range(WORTH - 1))) == {os.getpid()}
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0})
    assert set(done(lambda _: os.getpid(), MANY)) == {os.getpid()}


def test_results_larger_than_a_pipe_come_whole() -> None:
    with spread(lambda number: bytes([number % 256]) * 300_000, MANY) as results:
        assert all(data == bytes([number % 256]) * 300_000 for number, data in enumerate(results))


def test_a_process_that_is_killed_is_told_of_and_the_others_end() -> None:
    def work(number: int) -> int:
        if number == 700:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    with pytest.raises(OSError, match="a process that made part of the site has died"):
        done(work, MANY)
    assert gone()


def test_who_wants_no_more_leaves_no_process_behind() -> None:
    with spread(lambda number: bytes(100_000), MANY) as results:  # more than a pipe takes, so that no process is done yet
        assert next(results) and len(active_children()) == 3
    assert gone()


SCRIPT = """
import os, sys, time
from kommunegraf.publish.processes import spread
os.sched_getaffinity = lambda pid: {0, 1, 2}
with spread(lambda number: (os.getpid(), "x" * 10_000)[0], range(1_000_000)) as found:
    for pid in found:
        print(pid, flush=True)
"""


@pytest.fixture
def running() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_when_the_process_that_wants_the_work_is_killed_the_others_end(running: subprocess.Popen[str]) -> None:
    assert running.stdout
    workers = {int(running.stdout.readline()) for _ in range(3)}
    assert len(workers) == 3
    running.kill()
    for _ in range(100):
        if not any(runs(pid) for pid in workers):
            return
        time.sleep(0.05)
    pytest.fail("a process outlives the one that wants its work")


def runs(pid: int) -> bool:
    """Whether there is a process of a number; one that has ended and is not yet buried is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_bug_in_a_process_is_raised_with_its_traceback_and_is_no_lack_of_memory() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        done(lambda number: 1 // (700 - number), MANY)
    assert gone()


def test_work_aside_is_done_by_another_process_and_its_result_comes_back() -> None:
    with aside(lambda: ("æ" * 300_000, os.getpid())) as result:
        text, pid = result()
    assert text == "æ" * 300_000 and pid != os.getpid() and gone()


@pytest.mark.parametrize("end", [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: 1 / 0])
def test_work_aside_that_fails_there_is_done_here(end: Callable[[], Any]) -> None:
    own = os.getpid()
    with aside(lambda: "here" if os.getpid() == own else end()) as result:
        assert result() == "here"


def test_work_aside_raises_here_what_it_raises() -> None:
    with aside(lambda: 1 / 0) as result, pytest.raises(ZeroDivisionError):
        result()


def test_work_aside_that_nobody_asks_for_leaves_no_process() -> None:
    with aside(lambda: "x" * 10_000_000):
        pass
    assert gone()
