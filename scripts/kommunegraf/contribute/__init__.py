"""Kommuner answer for themselves: a workbook out, its answers checked and taken in."""
