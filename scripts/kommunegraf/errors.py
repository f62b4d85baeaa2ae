"""The base of every error that the user can do something about."""


class KommunegrafError(Exception):
    """Something that the user gave cannot be used. The message says what, and what would be right.

    The command line shows it as one line and exits with code 1. Any other exception is a bug and ends with a traceback.
    """
