"""Artelier: a self-hosted runtime for teams of AI agents."""

__version__ = "0.1.0"
