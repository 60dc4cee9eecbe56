"""The gRPC wire: channels and client, server, health. Nothing here is imported before a process needs the network."""

import os

os.environ.setdefault("GRPC_VERBOSITY", "ERROR")  # its core tells stderr about every connection that ends
# Its core hooks into fork() and can crash what a process with open channels starts; nobody here forks without exec.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
