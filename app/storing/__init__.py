"""Pools, transactions and migrations: each module's own database, behind one pool per process and URL."""
