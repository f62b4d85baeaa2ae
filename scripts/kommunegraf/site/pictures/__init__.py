"""Inline SVG: charts, maps and networks that follow light, dark and print."""
