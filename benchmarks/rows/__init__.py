"""Every row by name, in the order of the table."""

from __future__ import annotations

from ..row import Setup
from . import call, container, grpc_face, moleculer, rest, start, stream

ROWS: dict[str, Setup] = {
    **call.ROWS,
    **stream.ROWS,
    **moleculer.ROWS,
    **grpc_face.ROWS,
    **rest.ROWS,
    **container.ROWS,
    **start.ROWS,
}
