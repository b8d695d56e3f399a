"""What every order has: its log, its human task, its calls to parties, its inbox, legal time, and one base workflow."""
