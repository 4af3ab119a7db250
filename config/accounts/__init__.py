"""Accounts: signing in, one-time links, the owner and the roles."""
