"""Many processes on one machine: starts them, shows what they say, restarts what crashes, stops all of them cleanly."""
