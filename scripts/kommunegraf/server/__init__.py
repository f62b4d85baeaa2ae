"""The same pages, data and questions over HTTP, and a SPARQL endpoint."""
