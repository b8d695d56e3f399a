"""The REST API: accepts orders, shows them, and sends requests to running ones. Errors are RFC 9457 problems."""
