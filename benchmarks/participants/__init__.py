"""What a benchmark lets run side by side: each a process of its own that prints one JSON object."""
