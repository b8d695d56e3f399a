"""The systems of an operator that an engine works for: care, logistics, equipment register, routing, notifications."""
