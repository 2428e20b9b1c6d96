"""The vocabulary of the house: frozen values, no I/O, nothing but the standard library and msgspec."""
