"""`python -m kommunegraf` is the command `kommunegraf`."""

from kommunegraf.cli import main

main()
