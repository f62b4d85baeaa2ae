"""Kommunegraf: the linked-open-data knowledge graph of Smart City initiatives in Denmark's kommuner."""

__version__ = "0.1.0"
