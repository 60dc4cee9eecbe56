"""To be filled."""

from app import Module

module = Module()
