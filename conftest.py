"""Fixtures that every test may ask for."""

import os

# Before any test imports gRPC by itself: see app/calling/grpc/__init__.py.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

pytest_plugins = ["tests.postgres"]
