"""Pictures of a project: its modules, what they need of each other, and where a topology places them."""
