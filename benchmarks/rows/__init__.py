"""Every row by name, in the order of the table."""

from __future__ import annotations

from ..row import Setup
from . import call, container, grpc_face, moleculer, rest, start, stream, wire, wire_bulk

ROWS: dict[str, Setup] = {
    **call.ROWS,
    **stream.ROWS,
    **moleculer.ROWS,
    **grpc_face.ROWS,
    **wire.ROWS,
    **wire_bulk.ROWS,
    **rest.ROWS,
    **container.ROWS,
    **start.ROWS,
}
