"""Who may do what: the local owner today."""
