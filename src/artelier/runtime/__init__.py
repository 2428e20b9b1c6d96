"""Assembles the house and keeps runs alive."""
