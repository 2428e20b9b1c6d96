"""What may run: a pure judgement over rules."""
