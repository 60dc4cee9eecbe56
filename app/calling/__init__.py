"""How a call CROSSES: bindings whose target can be swapped, local answers, gRPC client and server, policy, schema."""
