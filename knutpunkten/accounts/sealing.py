"""What is kept so that a copied database opens nothing: secrets of authenticator apps, encrypted."""

import base64
import secrets
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@cache
def cipher(secret_key: str) -> Fernet:
    """A cipher with a key of its own, derived from the installation's."""
    derived = HKDF(SHA256(), length=32, salt=None, info=b"second factors").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def encrypt(text: str) -> str:
    return cipher(settings.SECRET_KEY).encrypt(text.encode()).decode()


def opened(text: str) -> str | None:
    """The secret again; None where another key than the installation's now encrypted it."""
    try:
        return cipher(settings.SECRET_KEY).decrypt(text.encode()).decode()
    except InvalidToken:
        return None


def decrypt(text: str) -> str:
    """The secret again. What another key encrypted becomes a secret that nobody knows, so that every code is a wrong one."""
    secret = opened(text)
    return base64.b32encode(secrets.token_bytes(20)).decode() if secret is None else secret
