"""The home systems of each operator: care, logistics, equipment register, routing, notifications."""
