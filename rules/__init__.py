"""What the law says: pure functions without clock, network or files; the caller passes legal time. Imports only
`domain`.
"""
