"""The SM-DP+ of every operator: the server from which phones fetch eSIM profiles (GSMA SGP.22, interface ES2+)."""
