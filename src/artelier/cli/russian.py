"""The Russian of the command line; written, not translated."""

RUSSIAN: dict[str, str] = {}
