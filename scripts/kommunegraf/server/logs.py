"""The log of the server: one JSON object in a line, whoever writes it."""

import json
import logging
from datetime import UTC, datetime
from typing import Any, TextIO

_QUIET = {"uvicorn": logging.ERROR, "httpx": logging.WARNING, "httpcore": logging.WARNING, "asyncio": logging.ERROR}
"""From which level on libraries are heard. Below it they complain of clients, and advise to install packages."""


class Lines(logging.Formatter):
    """Writes a record as a JSON object: `time`, then `level`, `logger` and `message`, or the fields that the record itself is made of."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        fields: dict[str, Any] = {"time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")}
        if isinstance(record.msg, dict):
            fields |= record.msg
        else:
            fields |= {"level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return json.dumps(fields, default=str)


def set_up(level: int, stream: TextIO) -> None:
    """Write all records from a level on to a stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(True)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(level, least))
