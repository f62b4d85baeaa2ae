"""The graph in an organisation's own triple store: loaded, kept up to date, and proved equal."""
