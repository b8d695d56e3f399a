"""The clearing house, over COIN's number portability protocol, version 3: signed requests, and an event stream whose
messages are confirmed.
"""
