"""Folders that agents work in: files beneath one root, searches, and commands."""
