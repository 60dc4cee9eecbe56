"""Configuration: dynaconf's layers made into frozen typed sections, each value with its origin. `load` is the door."""

from .reading import Config, load

__all__ = ["Config", "load"]
