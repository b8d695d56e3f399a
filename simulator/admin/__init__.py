"""Routes that show and change the simulated world: clock, operators, lines, numbers, effects, faults, reset."""
