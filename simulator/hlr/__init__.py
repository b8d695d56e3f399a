"""Each network's HLR on TCP, speaking the Osmocom control protocol with the habits of OsmoHLR."""
