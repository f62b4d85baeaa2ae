"""`python -m kommunegraf` is the command `kommunegraf`."""

from kommunegraf.cli.main import main

main()
