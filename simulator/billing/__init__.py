"""Billing at the end of a contract: accounts, last invoices, disputes and refunds, which run by themselves."""

from simulator.billing.running import start

__all__ = ["start"]
