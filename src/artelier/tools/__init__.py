"""The tools that agents call, one family a file."""
