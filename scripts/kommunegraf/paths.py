"""Where the ontology, the tables and the queries are: inside the package in a wheel, at the top of a checkout."""

from pathlib import Path

METADATA = "csv-metadata.json"
"""The file in `data/` that describes the tables (W3C CSVW)."""


def root() -> Path:
    """The folder that holds `ontology/`, `data/`, `queries/`, `docs/` and the changelog."""
    package = Path(__file__).resolve().parent
    bundled = package / "_root"
    return bundled if bundled.is_dir() else package.parents[1]
