"""What is trained, from data in this folder; no part of the package."""
