"""The question API and the query page."""
