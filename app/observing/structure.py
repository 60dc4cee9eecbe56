"""Imports structlog without what it would only drag in: rich, for tracebacks that show locals and so leak secrets."""

from __future__ import annotations

import sys

if "structlog" in sys.modules or "rich" in sys.modules:
    import structlog
else:
    # structlog's development tools import rich where they find it: 110 ms and 3 MB in every process, for nothing.
    sys.modules["rich"] = None  # type: ignore[assignment]  # how Python spells "not to be found"
    try:
        import structlog
    finally:
        del sys.modules["rich"]

__all__ = ["structlog"]
