"""How the engine speaks to each outside system. Imports `domain` and libraries only; trouble is always one of
`parties.errors`.
"""
