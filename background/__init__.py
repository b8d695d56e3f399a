"""What runs in the worker beside workflows: the clearing house's inbox, and the outbox of messages to customers."""
