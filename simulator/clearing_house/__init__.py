"""The clearing house: the national hub that all porting messages pass through, and its reference database."""
