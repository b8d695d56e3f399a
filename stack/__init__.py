"""The development stack: starts Temporal, the simulator, the API and a worker on this machine, and keeps them running.

`python -m stack` is what `make run` starts; tests and benchmarks use `stack.stack.Stack`.
"""
