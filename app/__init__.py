"""Pangaea: a host for modular services."""
