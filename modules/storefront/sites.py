"""Which site a request comes from, and where it may be sent on to: never elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

OWN = ("same-origin", "none")
"""What `Sec-Fetch-Site` says of a page of ours, and of an address typed in (W3C Fetch Metadata)."""
USUAL = {"http": ":80", "https": ":443"}
"""The port that goes without saying."""
_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")
"""A path and query of this host: printable ASCII without backslashes, and no second slash at the front."""
_ONLY_POSTED = {"/cart/checkout": "/cart", "/cart/empty": "/cart", "/setCurrency": "/", "/account/password": "/account"}


def from_elsewhere(headers: Mapping[str, str]) -> bool:
    """Whether another site made the browser send this. Clients that are no browsers say nothing of it, and pass."""
    if site := headers.get("sec-fetch-site"):
        return site not in OWN
    if origin := headers.get("origin"):
        return _host_of(origin) != _own_host(headers, origin)
    return False


def local(path: str, otherwise: str) -> str:
    """A path of this shop as it is, anything else replaced."""
    return path if _LOCAL.fullmatch(path) else otherwise


def back(headers: Mapping[str, str]) -> str:
    """The page of ours that a form was sent from, by `Referer`; the first page where it is none of ours."""
    referer = headers.get("referer", "")
    if _host_of(referer) != _own_host(headers, referer):
        return "/"
    parts = urlsplit(referer)
    path = _ONLY_POSTED.get(parts.path, parts.path)
    return local(f"{path}?{parts.query}" if parts.query else path, "/")


def _host_of(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return _plain(parts.scheme, parts.netloc) if parts.scheme in USUAL else None


def _own_host(headers: Mapping[str, str], url: str) -> str:
    """Ours, as a URL of that scheme has it: some proxies hand it on with the port that browsers leave out."""
    return _plain(url.partition(":")[0].lower(), headers.get("host", ""))


def _plain(scheme: str, host: str) -> str:
    return host.lower().removesuffix(USUAL.get(scheme, ""))
