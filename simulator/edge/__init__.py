"""The HTTP layer: connections that can be broken on purpose, faults, and the form of errors."""
