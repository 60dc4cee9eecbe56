"""All stories, in the shop as a process for each module."""

# ruff: noqa: F403  # the stories are what is here to be run
from .stories.alike import *
from .stories.hostile_grpc import *
from .stories.hostile_rest import *
from .stories.over_grpc import *
from .stories.over_pages import *
from .stories.over_rest import *

TOPOLOGY = "microservices"
