"""The graph over HTTP: documents, SPARQL and questions, read-only."""
