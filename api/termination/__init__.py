"""Accepts ends of contracts."""
