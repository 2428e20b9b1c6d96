"""The only doors to the outside: the address guard, the guarded client, the guarded proxy, and the browser behind it."""
