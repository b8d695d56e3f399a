"""Accepts SIM replacements."""
