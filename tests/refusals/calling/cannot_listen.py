"""The gRPC server's address is not one that can be listened at."""

from app.calling.grpc.server import GrpcServer
from app.calling.schema.schema import Schema
from app.telling.steps import Teller

EXPECTED = """
    the peers address 127.0.0.1:99999 cannot be listened at: '99999' is no port.
       fix: choose an address of this machine.
"""


async def wrong() -> None:
    await GrpcServer([], Schema(), address="127.0.0.1:99999", tell=Teller()).start()
