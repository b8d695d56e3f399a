"""The nouns: identifiers, orders, ports, messages. Standard library and pydantic only; imports nothing else of ours."""
