"""Fixtures that every test may ask for."""

import os

from hypothesis import HealthCheck, settings

# Before any test imports gRPC by itself: see app/calling/grpc/__init__.py.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

# How long an example takes says more about the machine than about what is tested.
settings.register_profile("unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

pytest_plugins = ["tests.postgres"]
