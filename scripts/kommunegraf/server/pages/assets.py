"""Files that the server's own pages load, at `/assets/`: style, script, and the query editor where it is installed."""

from pathlib import Path

from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

_FOLDER = Path(__file__).parent / "static"


def editor_installed() -> bool:
    """Whether `scripts/query-editor` has put Yasgui where it can be served."""
    return (_FOLDER / "editor" / "yasgui.min.js").is_file()


def routes() -> list[Mount]:
    """The files, with ETag and Last-Modified."""
    return [Mount("/assets", StaticFiles(directory=_FOLDER), name="assets")]
