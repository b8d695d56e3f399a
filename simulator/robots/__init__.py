"""The robots: they act as porting desks of the operators for which no engine and no client acts."""
