"""What exists in the simulated world.

Operators, numbers, lines, SIMs, a clock, and the log of everything that happened.
"""
