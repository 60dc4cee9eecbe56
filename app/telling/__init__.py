"""What the host SAYS: steps (what happened), refusals (what is wrong before anything starts), and how both are drawn."""
