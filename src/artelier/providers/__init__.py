"""Models: one wire format a file, the offline models, and wrappers of the provider port."""
