"""What the SM-DP+ and logistics report by themselves."""
