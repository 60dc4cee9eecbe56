"""The gRPC wire: channels and client, server, health. Nothing here is imported before a process needs the network."""

import os

os.environ.setdefault("GRPC_VERBOSITY", "ERROR")  # its core tells stderr about every connection that ends
