"""How many examples hypothesis tries: all in the run of everything, a tenth in the quick run."""

import pytest
from hypothesis import settings

_QUICK = "not slow and not faults"
"""The marks of the quick run, as pyproject.toml has them."""
_USUAL = 100
"""What hypothesis tries where nothing else is said."""


def configure(config: pytest.Config) -> None:
    """Set how thoroughly this run tries; before tests are imported, which say their share of it."""
    settings.register_profile("quick", max_examples=_USUAL // 10, deadline=None)
    if config.option.markexpr == _QUICK:
        settings.load_profile("quick")


def examples(most: int) -> settings:
    """So many examples in the run of everything, without a limit of time for each."""
    return settings(max_examples=max(20, most * settings.default.max_examples // _USUAL), deadline=None)  # type: ignore[union-attr]
