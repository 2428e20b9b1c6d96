"""The learned router: data, training, measures."""
