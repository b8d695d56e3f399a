"""The REST door: accepts orders, shows them, and forwards what people ask of a running one. Errors are RFC 9457
problems.
"""
