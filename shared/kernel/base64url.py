"""Base64 as URLs and tokens hold it: two letters of its own, and no padding (RFC 7515)."""

import base64


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Just what `encoded` wrote; raises ValueError for other texts that come to the same bytes."""
    raw = base64.urlsafe_b64decode(padded(text))
    if encoded(raw) != text:
        raise ValueError("This is not how it is written.")
    return raw


def padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
