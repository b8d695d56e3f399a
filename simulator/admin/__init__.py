"""What the simulator shows and lets be set: clock, operators, lines, numbers, effects, faults, reset."""
