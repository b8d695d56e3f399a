"""The nouns: identifiers, orders, ports, messages. Standard library, pydantic and python-stdnum's
check digits; imports nothing else of ours.
"""
