"""The graph as pages, pictures and files that any web host can carry."""
