"""What workflows have done: thin, message → party → message, one class per party, an idempotency key on every write."""
