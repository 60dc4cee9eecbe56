"""TLS between the processes of a deployment, as configured: all of it or none."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from ..telling.refusals import Refused
from ..telling.refusals.running import BadPeersTls

if TYPE_CHECKING:
    from ..calling.lean.tls import Tls
    from ..config import Config

_KEYS = ("certificate", "private_key", "authority")


def peers_tls(config: Config) -> Tls | None:
    """What peers that are no unix sockets are talked to with; None where nothing is configured.

    Raises Refused (BadPeersTls) where only some of the files are given, or they cannot be used.
    """
    given = {key: getattr(config.peers, key) for key in _KEYS}
    missing = tuple(key for key, value in given.items() if not value)
    if len(missing) == len(_KEYS):
        return None
    if missing:
        said = tuple(key for key in _KEYS if key not in missing)
        raise Refused([BadPeersTls(why=f"peers.{said[0]} is given and peers.{missing[0]} is not")])
    from ..calling.lean.tls import Tls, TlsFiles

    files = TlsFiles(*(config.root / given[key] for key in _KEYS))
    try:
        return Tls(files)
    except FileNotFoundError as error:
        raise Refused([BadPeersTls(why=f"there is no file {error.filename}")]) from None
    except (OSError, ssl.SSLError) as error:
        why = error.reason if isinstance(error, ssl.SSLError) and error.reason else error.strerror or str(error)
        raise Refused([BadPeersTls(why=why.lower().replace("_", " "))]) from None
