"""Where requests come in: connections that can be broken on purpose, faults, and the shape of errors."""
