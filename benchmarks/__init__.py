"""How fast the whole is: real processes under load, beside a bare saga of the same shape. `python -m benchmarks`."""
