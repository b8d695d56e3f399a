"""Lines and numbers: bar, unbar, lock, unlock; who serves a number and what happens to it."""
