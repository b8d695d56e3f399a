"""The customers' phones: what becomes of an eSIM profile that is released, and of a card that comes by post."""
