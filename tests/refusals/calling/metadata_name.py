"""Declared metadata whose names cannot travel."""

from app.ambient import Metadata
from app.calling.metadata import bad_metadata
from app.telling.refusals import Refused

EXPECTED = """
    2 things are wrong:

    1. the metadata 'Request ID' is no name for a header.
       fix: use small letters, digits, - and _, and no -bin at the end.

    2. the metadata 'grpc-timeout' has a name that the wire uses itself.
       fix: rename it.
"""


def wrong() -> None:
    declared = [Metadata("Request ID", str), Metadata("grpc-timeout", str)]
    refusals = [one for one in bad_metadata() if any(one.name == name.name for name in declared)]
    declared.clear()  # the traceback holds this frame: a host that starts next would be refused for them
    raise Refused(refusals)
