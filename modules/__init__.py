"""The modules of this code base."""
