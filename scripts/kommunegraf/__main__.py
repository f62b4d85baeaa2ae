"""`python -m kommunegraf` is the command `kommunegraf`."""

import signal
import sys

if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # an interrupt while modules are imported ends the process without a traceback
if sys.path and not sys.flags.safe_path and __name__ == "__main__":
    del sys.path[0]  # the working folder, which Python puts there for -m: modules in it are not ours

from kommunegraf.cli.main import main  # noqa: E402

if __name__ == "__main__":
    main()
