"""`python -m kommunegraf` is the command `kommunegraf`."""

import sys

if not sys.flags.safe_path:
    del sys.path[0]  # the working folder, which Python puts there for -m: modules in it are not ours

from kommunegraf.cli.main import main  # noqa: E402

main()
