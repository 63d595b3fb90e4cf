"""A stored value as JSON shows it."""

import base64
import math
from datetime import datetime
from typing import Any

from google.events.cloud.firestore import Value

from shared.kernel.clock import rfc3339
from shared.platform.values import plain


def shown(value: bytes | None) -> Any:
    """Times in RFC 3339, bytes in base64, numbers that JSON does not know as text."""
    return None if value is None else _shown(plain(Value.pb().FromString(value)))


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shown(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
