"""What can be wrong with a question that is asked over HTTP, beside what can go wrong with any query."""

from collections.abc import Iterable

from kommunegraf.languages import texts
from kommunegraf.server.http.problems import Problem


class Refused(Problem):
    """A question that cannot be asked so. `name` is a key of refusals.yaml, `values` fill in its text.

    `suggestions` are what may have been meant, in the place of the value of `parameter`, as it was written, where there is one.
    """

    def __init__(self, kind: str, suggestions: Iterable[str] = (), parameter: str = "", **values: str) -> None:
        super().__init__(kind)
        self.values = values
        self.suggestions = list(suggestions)
        self.parameter = parameter

    @property
    def status(self) -> int:
        """See Problem."""
        return 404 if self.name.startswith("unknown-") and self.name != "unknown-parameter" else 400

    @property
    def headers(self) -> dict[str, str]:
        """See Problem."""
        return {}

    def text(self, lang: str) -> tuple[str, str]:
        """See Problem."""
        kind = texts("refusals")[self.name]
        return kind["title"][lang], kind["detail"][lang].format(**self.values)
