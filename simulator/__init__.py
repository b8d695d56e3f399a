"""The simulated outside world: clearing house, operators and home systems as one HTTP service.

It knows nothing of the engine.
"""
