"""Many processes on one machine: starts them, shows what they say, restarts what crashes, stops all of them cleanly."""

from .child import Child, children_of
from .followed import follow_parent
from .keeper import Patience, Supervisor

__all__ = ["Child", "Patience", "Supervisor", "children_of", "follow_parent"]
