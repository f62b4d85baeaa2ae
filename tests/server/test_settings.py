"""Settings from the environment and from flags."""

import pytest

from kommunegraf.server.settings import BadSetting, Settings


def test_the_server_listens_on_this_machine_only_unless_told() -> None:
    assert Settings().host == "127.0.0.1"


def test_flags_go_before_the_environment_and_that_before_the_defaults() -> None:
    environment = {"KOMMUNEGRAF_TIMEOUT": "2.5", "KOMMUNEGRAF_PORT": "81", "KOMMUNEGRAF_PUBLIC": "https://e.org/"}
    read = Settings.from_environment(environment, port=82, host=None)
    assert (read.timeout, read.port, read.public, read.host) == (2.5, 82, "https://e.org/", "127.0.0.1")


@pytest.mark.parametrize(("name", "value", "said"), [
    ("TIMEOUT", "soon", "KOMMUNEGRAF_TIMEOUT is a number, not 'soon'"),
    ("WORKERS", "1.5", "KOMMUNEGRAF_WORKERS is a whole number, not '1.5'"),
    ("WORKERS", "0", "workers is a number above 0, not 0"),
    ("TIMEOUT", "nan", "timeout is a number above 0, not nan"),
    ("TIMEOUT", "inf", "timeout is a number above 0, not inf"),
    ("CACHE", "-1", "cache is a number from 0, not -1"),
    ("PORT", "70000", "port is a number from 0 to 65535, not 70000"),
    ("PUBLIC", "example.org", "public is an http or https address, not 'example.org'"),
    ("ENDPOINT", "/etc/passwd", "endpoint is an http or https address, not '/etc/passwd'"),
])
def test_a_setting_that_cannot_be_is_refused(name: str, value: str, said: str) -> None:
    with pytest.raises(BadSetting, match=said):
        Settings.from_environment({f"KOMMUNEGRAF_{name}": value})
