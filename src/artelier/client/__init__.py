"""The typed client of the public API; it speaks HTTP only."""
