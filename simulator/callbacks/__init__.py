"""Sends the outbox's callbacks to the addresses registered for them, each again and again until it is answered."""
