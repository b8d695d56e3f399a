"""What runs in the worker beside workflows: the clearing house's inbox, the outbox of messages to customers, and the
schedule of the quarantine.
"""
