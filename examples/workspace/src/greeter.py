"""Greets people."""

GREETINGS = {"en": "Hello", "ru": "Привет"}


def greet(name: str, language: str = "en") -> str:
    """Return a greeting in one of the known languages."""
    # TODO: a third language
    return f"{GREETINGS[language]}, {name}!"
