"""The command line: one of the two doors. It speaks only to the REST API."""
