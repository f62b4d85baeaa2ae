"""Names are found as people type them, and a wrong one gets the nearest."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kommunegraf.names import Names, UnknownName, plain
from kommunegraf.namespaces import BASE
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Århus", "0751"), ("aarhus", "0751"), ("AARHUS", "0751"), ("0751", "0751"), ("751", "0751"), ("Aarhus Kommune", "0751"),
        ("Aarhus Municipality", "0751"), ("aarhus kommune", "0751"), ("Copenhagen", "0101"), ("København", "0101"), ("kobenhavn", None),
        ("koebenhavn", "0101"), ("101", "0101"), ("Høje Taastrup", "0169"), ("høje-tåstrup", "0169"), ("Lyngby-Tårbæk", "0173"),
        ("Ålborg", "0851"), ("ringkobing skjern", None), ("Ringkøbing Skjern", "0760"), ("Bornholm", "0400"),
        ("Bornholms", "0400"), ("Bornholms Regionskommune", "0400"), ("Nordfyn", "0480"), ("Vesthimmerland", "0820"),
        (unicodedata.normalize("NFD", "Vesthimmerlands Kommune"), "0820"), (unicodedata.normalize("NFD", "Århus"), "0751"),
        ("Assen", "0420"), ("Hors", None), (f"{BASE}municipality/0751", "0751"),
    ],
)
def test_a_kommune_is_found(engine: Embedded, typed: str, code: str | None) -> None:
    names = ask.names(engine, "municipality")
    if code:
        assert names.resolve(typed) == f"{BASE}municipality/{code}"
    else:
        with pytest.raises(UnknownName) as error:
            names.resolve(typed)
        assert error.value.suggestions


@pytest.mark.parametrize("typed", ["open-data", "Open data", "åbne data til rådighed", "Making open data available"])
def test_an_initiative_is_found_by_slug_and_by_label(engine: Embedded, typed: str) -> None:
    names = ask.names(engine, "initiative")
    if typed == "Open data":
        assert plain(typed) == plain("open-data")
    assert names.resolve(typed) == f"{BASE}initiative/open-data"


def test_an_unknown_name_gets_the_nearest(engine: Embedded) -> None:
    with pytest.raises(UnknownName, match="did you mean Aarhus"):
        ask.names(engine, "municipality").resolve("Arhuss")


def test_all_98_kommuner_are_found_by_every_label_and_code(engine: Embedded) -> None:
    names = ask.names(engine, "municipality")
    rows = ask.internal(engine, "names").rows()
    assert len({row["resource"] for row in rows}) == 98
    assert all(names.resolve(row["label"]) == row["resource"] for row in rows)


@pytest.mark.parametrize("kind", ["municipality", "initiative", "region", "solution", "organisation", "case", "question", "scheme"])
def test_what_is_looked_up_is_what_all_names_say(engine: Embedded, kind: str) -> None:
    every = ask.names(engine, kind)
    rows = ask.internal(engine, "names", **{"class": ask._class(kind)}).rows()
    assert rows
    typed = {name for row in rows[::9] for name in (row["label"], row["resource"], row["resource"].rsplit("/", 1)[-1])}
    hidden = {row["resource"] for row in rows} - {*every.iris}  # all their names stand for another resource too
    plainly = {name for name in typed if not any(iri.endswith(f"/{name}") or iri == name for iri in hidden)}
    assert {name: ask.resolve(engine, kind, name) for name in plainly} == {name: every.resolve(name) for name in plainly}
    assert len(hidden) < 5 and all(ask.resolve(engine, kind, iri) == iri for iri in hidden)


@pytest.mark.parametrize("typed", ["Aarhus", "København", "Aarhus Municipality", "0751", f"{BASE}municipality/0751"])
def test_a_name_as_it_is_written_needs_no_other_name(engine: Embedded, typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "names", lambda *_: pytest.fail("all names are read"))
    assert ask.resolve(engine, "municipality", typed).startswith(f"{BASE}municipality/0")


@pytest.mark.parametrize("typed", ['"', "a b\\", 'x" } DROP', "\n", "{", "%", "", "å"])
def test_no_text_breaks_the_lookup(engine: Embedded, typed: str) -> None:
    with pytest.raises(UnknownName):
        ask.resolve(engine, "municipality", typed)


@given(st.text())
def test_no_text_breaks_the_search(text: str) -> None:
    names = Names("kommune", [("x:municipality/0751", "Aarhus")])
    try:
        assert names.resolve(text) == "x:municipality/0751"
    except UnknownName as error:
        assert repr(text) in str(error)


def test_a_region_is_found_without_the_word() -> None:
    names = Names("region", [("r/1085", "Region Sjælland"), ("r/1085", "Region Zealand")])
    assert {names.resolve(name) for name in ("Sjælland", "region sjælland", "Zealand", "1085")} == {"r/1085"}
