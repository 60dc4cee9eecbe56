"""Programs that run beside the measuring process: callers, bare services, and how to talk with them."""
