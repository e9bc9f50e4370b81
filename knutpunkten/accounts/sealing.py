"""What is kept so that a copied database opens nothing: secrets of authenticator apps, encrypted."""

import base64
from functools import cache

from cryptography.fernet import Fernet
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


def decrypt(text: str) -> str:
    """The secret again. Raises ``cryptography.fernet.InvalidToken`` for what this installation did not encrypt."""
    return cipher(settings.SECRET_KEY).decrypt(text.encode()).decode()
