"""What the law says: pure functions without clock or network; the caller passes legal time. Imports only `domain`.

`regime` is what a country fulfils and `plans` what it answers with; `regimes` chooses one and reads the operator's
figures.
"""
