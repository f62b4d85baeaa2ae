"""The graph as pages."""
