"""The robots: they play the porting desks that no engine and no client plays."""
