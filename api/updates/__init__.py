"""What people send to running orders."""
