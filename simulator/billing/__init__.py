"""Billing at the end of a contract: accounts, last invoices, disputes and refunds."""
