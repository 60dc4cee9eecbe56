"""How a process is JOINED: constructors read into a checked graph, a container built from it, and its life."""
