"""Reproducible measurements, with peers side by side."""
