"""From tables and ontology to one checked graph."""
