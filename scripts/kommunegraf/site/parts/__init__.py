"""What several kinds of page share: claims, printed figures, maps, rows of tables, lists."""
