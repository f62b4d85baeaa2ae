"""Settings from the environment and from flags."""

from dataclasses import Field, fields
from typing import Any

import pytest
from tests.server import test_edges

from kommunegraf.server.settings import BadSetting, Settings


def test_the_server_listens_on_this_machine_only_unless_told() -> None:
    assert Settings().host == "127.0.0.1"


def test_flags_go_before_the_environment_and_that_before_the_defaults() -> None:
    environment = {"KOMMUNEGRAF_QUERY_SECONDS": "2.5", "KOMMUNEGRAF_PORT": "81", "KOMMUNEGRAF_PUBLIC": "https://e.org/"}
    read = Settings.from_environment(environment, port=82, host=None)
    assert (read.query_seconds, read.port, read.public, read.host) == (2.5, 82, "https://e.org/", "127.0.0.1")


@pytest.mark.parametrize(("name", "value", "message"), [
    ("QUERY_SECONDS", "soon", "KOMMUNEGRAF_QUERY_SECONDS is a number, not 'soon'"),
    ("QUICK_QUERIES", "1.5", "KOMMUNEGRAF_QUICK_QUERIES is a whole number, not '1.5'"),
    ("QUICK_QUERIES", "0", "quick_queries is a number from 1 to 1000, not 0"),
    ("QUERY_SECONDS", "nan", "query_seconds is a number from 0.1 to 3600, not nan"),
    ("QUERY_SECONDS", "inf", "query_seconds is a number from 0.1 to 3600, not inf"),
    ("CACHED_ANSWERS_MEGABYTES", "-1", "cached_answers_megabytes is a number from 0 to 1048576, not -1"),
    ("PROXIES", "nginx", "proxies are addresses or networks"),
    ("PORT", "70000", "port is a number from 0 to 65535, not 70000"),
    ("PUBLIC", "example.org", "public is an http or https address, not 'example.org'"),
    ("ENDPOINT", "/etc/passwd", "endpoint is an http or https address, not '/etc/passwd'"),
])
def test_a_setting_that_cannot_be_is_refused(name: str, value: str, message: str) -> None:
    with pytest.raises(BadSetting, match=message):
        Settings.from_environment({f"KOMMUNEGRAF_{name}": value})


NUMBERS = [field for field in fields(Settings) if field.type in (int, float)]


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
def test_each_number_has_a_range_whose_ends_are_checked(field: Field[Any]) -> None:
    least, most = field.metadata["least"], field.metadata["most"]
    for value in (least, most):
        assert getattr(Settings(**{field.name: value}), field.name) == value
    for value in (least - 1, most + 1):
        with pytest.raises(BadSetting, match=f"{field.name} is a number from"):
            Settings(**{field.name: value})


LIMITS = [field.name for field in NUMBERS if field.name != "port"]


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_reached_at_its_edge_by_a_test_of_its_name(name: str) -> None:
    assert callable(getattr(test_edges, f"test_{name}", None))


@pytest.mark.parametrize("name", LIMITS)
def test_the_name_of_a_limit_says_what_is_counted(name: str) -> None:
    counted = ("seconds", "kilobytes", "megabytes", "queries", "connections", "parameters", "rows", "levels")
    assert name.rpartition("_")[2] in counted
