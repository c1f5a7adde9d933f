"""The secret in an address that opens something without an account: 256 bits, of which the database holds the SHA-256."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from django.conf import settings


def make_token() -> str:
    return secrets.token_urlsafe(32)


def make_nonce() -> str:
    """Return what `token_from` makes an address of, for one that must be written at the moment a message leaves."""
    return secrets.token_urlsafe(32)


def token_from(nonce: str, *, purpose: str) -> str:
    """Return the address that belongs to ``nonce``: the same each time a message is tried, and none without the key."""
    known = f"{purpose}\0{nonce}".encode()
    made = hmac.new(settings.SECRET_KEY.encode(), known, hashlib.sha256).digest()
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def digest_of_token(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
