"""Turns go round the clients; and what can go wrong has its words in both languages."""

import asyncio
import re
import resource
import string
from pathlib import Path

import pytest
from tests.helpers.coroutines import finish

from kommunegraf.languages import texts
from kommunegraf.server.engine.turns import Gate
from kommunegraf.server.http import problems
from kommunegraf.server.http.clients import client_of, most_connections
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings

SERVER = Path(problems.__file__).parents[1]


def test_turns_go_round_the_clients() -> None:
    async def scene() -> list[str]:
        gate = Gate(Settings(quick_queries=1))
        first = await gate.enter("hostile")
        order: list[str] = []

        async def come(client: str) -> None:
            ticket = await gate.enter(client)
            order.append(client)
            ticket.leave()

        waiting = [asyncio.create_task(come(client)) for client in ["hostile"] * 4 + ["normal"] + ["other"] * 2]
        await asyncio.sleep(0)
        first.leave()
        await asyncio.gather(*waiting)
        return order

    assert finish(scene()) == ["hostile", "normal", "other", "hostile", "other", "hostile", "hostile"]


def test_one_client_leaves_a_quick_place_and_a_slow_place_to_others() -> None:
    async def scene() -> None:
        gate = Gate(Settings(quick_queries=3, slow_queries=2))
        mine = [await gate.enter("a") for _ in range(2)]
        third = asyncio.create_task(gate.enter("a"))
        await asyncio.sleep(0)
        assert not third.done() and gate.crowded
        other = await asyncio.wait_for(gate.enter("b"), 1)
        assert mine[0].slow() and not mine[1].slow()
        await asyncio.wait_for(third, 1)
        assert other.slow()
        assert not (await asyncio.wait_for(gate.enter("c"), 1)).slow()

    finish(scene())


def test_who_gives_up_waiting_leaves_no_trace() -> None:
    async def scene() -> None:
        gate = Gate(Settings(quick_queries=1, client_queries=3, query_seconds=0.1))
        first = await gate.enter("a")
        waiting = [asyncio.create_task(gate.enter("a")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Problem, match="too-many-requests"):
            await gate.enter("a")
        waiting[0].cancel()
        with pytest.raises(Problem, match="busy"):
            await waiting[1]
        assert not gate.crowded
        first.leave()
        first.leave()
        second = await gate.enter("a")
        second.leave()
        assert await gate.enter("b")

    finish(scene())


def test_a_turn_that_comes_to_one_who_has_gone_goes_on_to_the_next() -> None:
    async def scene() -> None:
        gate = Gate(Settings(quick_queries=1))
        first = await gate.enter("a")
        gone, next_ = asyncio.create_task(gate.enter("b")), asyncio.create_task(gate.enter("c"))
        await asyncio.sleep(0)
        first.leave()
        gone.cancel()
        assert await asyncio.wait_for(next_, 1)

    finish(scene())


def test_a_turn_goes_on_to_the_same_clients_next_too() -> None:
    async def scene() -> None:
        gate = Gate(Settings(quick_queries=1))
        first = await gate.enter("a")
        gone, next_ = asyncio.create_task(gate.enter("b")), asyncio.create_task(gate.enter("b"))
        await asyncio.sleep(0)
        gone.cancel()
        first.leave()
        assert await asyncio.wait_for(next_, 1)

    finish(scene())


@pytest.mark.parametrize(("files", "most"), [(resource.RLIM_INFINITY, 1000), (1 << 20, 1000), (64, 28), (10, 1)])
def test_there_are_no_more_connections_than_the_system_allows_files(monkeypatch: pytest.MonkeyPatch, files: int, most: int) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (files, files))
    assert most_connections(Settings(quick_queries=3, slow_queries=2)) == most


@pytest.mark.parametrize(("address", "client"), [
    ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
    ("fe80::1%eth0", "fe80::/64"), ("", ""), ("no:address", "no:address"),
])
def test_a_client_is_an_address_or_a_network(address: str, client: str) -> None:
    assert client_of(address) == client


@pytest.mark.parametrize("name", texts("problems"))
def test_a_problem_says_the_same_in_danish_and_english(name: str) -> None:
    kind = texts("problems")[name]
    assert 400 <= kind["status"] < 600
    assert set(kind["title"]) == set(kind["detail"]) == {"da", "en"}
    fields = [{field for _, field, _, _ in string.Formatter().parse(kind["detail"][lang]) if field} for lang in ("da", "en")]
    assert fields[0] == fields[1]


def test_every_problem_that_is_raised_is_known_and_the_other_way_round() -> None:
    source = "\n".join(path.read_text("utf-8") for path in SERVER.rglob("*.py"))
    assert not [name for name in texts("problems") if f'"{name}"' not in source]
    assert set(re.findall(r'\bProblem\(\s*"([^"]+)"', source)) <= set(texts("problems"))
