"""Accepts ports in, and ports back of numbers that left by mistake."""
