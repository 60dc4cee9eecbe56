"""A certificate for the talk between processes, and nothing to check theirs by."""

from __future__ import annotations

from pathlib import Path

from app import config
from app.host.secure import peers_tls

EXPECTED = """
    TLS between processes cannot be set up: peers.certificate is given and peers.private_key is not.
       fix: give peers.certificate, peers.private_key and peers.authority, PEM files all three, or none of them.
"""


def wrong(tmp_path: Path) -> object:
    given = {"peers.certificate": "own.pem"}
    return peers_tls(config.load(root=tmp_path, environment="testing", overrides=given, modules={}, environ={}))
