"""Every seam of the house as a small Protocol in our own values."""
