"""Another program listens where the gRPC server was to."""

import socket

from app.calling.grpc.server import GrpcServer
from app.calling.schema.schema import Schema
from app.telling.steps import Teller

EXPECTED = """
    the grpc address 127.0.0.1:52919 is taken: another program listens there.
       fix: stop that program, or move this one with PANGAEA_GRPC_PORT.
"""


async def wrong() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", 52919))
        other.listen()
        server = GrpcServer([], Schema(), address="127.0.0.1:52919", tell=Teller(), edge="grpc",
                            setting="PANGAEA_GRPC_PORT")  # fmt: skip
        await server.start()
