"""What every order shares: its acceptance, its view, its list, its events."""
