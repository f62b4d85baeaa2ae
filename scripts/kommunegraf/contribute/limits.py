"""What a contributed file may cost, with units in the names: more than any honest form needs."""

FILE = 20 << 20
"""Bytes of a file."""
UNPACKED = 200 << 20
"""Bytes of a workbook when its parts are unpacked."""
ROWS = 50_000
"""Rows that hold something, all sheets together."""
COLUMNS = 100
"""Columns of a sheet that are read."""
CELL = 2_000
"""Characters of a cell."""
MEGABYTES = 1_024
"""Memory of the process that opens a workbook."""
SECONDS = 20
"""Processor time of that process; it waits no more than twice as long."""
