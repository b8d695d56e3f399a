"""The systems of an operator that an engine works for: customer care, logistics, routing, notifications."""
