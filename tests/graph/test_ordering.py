"""Lines in order, whether they wait in memory or in files."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kommunegraf.graph import ordering
from kommunegraf.graph.ordering import ordered

LINES = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=4), max_size=60)


@given(LINES, st.integers(1, 20))
def test_files_and_memory_give_the_same_lines(tmp_path_factory: pytest.TempPathFactory, lines: list[str], most: int) -> None:
    folder = tmp_path_factory.getbasetemp()
    assert list(ordered(lines, folder, most)) == list(ordered(lines)) == sorted(set(lines))


def test_runs_longer_than_a_block_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering, "_BLOCK", 3)
    lines = [str(number * 7919 % 500) for number in range(1_000)]
    assert list(ordered(lines, tmp_path, 90)) == sorted(set(lines))
    assert not list(tmp_path.iterdir())
