"""The agent loop: fold the journal, decide purely, perform through ports."""
