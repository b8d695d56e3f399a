"""Parts of a process that several kinds of order have: eSIM, stock, identity, contract end, line state."""
