"""The command kommunegraf: the only room that prints, reads arguments and exits."""
