"""What several tests share: servers, browsers, stores, readers."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The top of the checkout."""
