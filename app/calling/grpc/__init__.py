"""The gRPC wire: channels and client, server, health. Nothing here is imported before a process needs the network."""
