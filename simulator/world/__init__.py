"""What exists in the simulated world: operators, numbers, lines, SIMs, a clock, and the log of everything that happened."""
