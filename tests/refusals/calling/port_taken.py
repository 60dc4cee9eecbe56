"""Another program listens where the gRPC server was to."""

import socket

from app.calling.grpc.server import GrpcServer
from app.calling.schema.schema import Schema
from app.telling.steps import Teller

EXPECTED = """
    the grpc address 127.0.0.1:{port} is taken: another program listens there.
       fix: stop that program, or move this one with PANGAEA_GRPC_PORT.
"""


async def wrong() -> None:
    global EXPECTED
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        EXPECTED = EXPECTED.format(port=port)
        server = GrpcServer([], Schema(), address=f"127.0.0.1:{port}", tell=Teller(), edge="grpc",
                            setting="PANGAEA_GRPC_PORT")  # fmt: skip
        await server.start()
