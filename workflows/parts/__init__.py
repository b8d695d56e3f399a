"""Parts of a process that several kinds of order have: eSIM, stock, identity, the end of a contract, the line's state."""
