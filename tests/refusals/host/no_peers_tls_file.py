"""Files for TLS between processes that are not where they should be."""

from __future__ import annotations

from pathlib import Path

from app import config
from app.host.secure import peers_tls

EXPECTED = """
    TLS between processes cannot be set up: there is no file own.pem.
       fix: give peers.certificate, peers.private_key and peers.authority, PEM files all three, or none of them.
"""


def wrong(tmp_path: Path) -> object:
    given = {"peers.certificate": "own.pem", "peers.private_key": "own.key", "peers.authority": "authority.pem"}
    return peers_tls(config.load(root=tmp_path, environment="testing", overrides=given, modules={}, environ={}))
