"""The token in which an agency says who has signed in there: whether it is theirs, for us, and for now."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt

from knutpunkten.accounts.agencies import Refused

# With a key that only the agency has: none that we share with it, and not without.
SIGNED_WITH = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
MUST_SAY = ("iss", "sub", "aud", "exp", "iat")
# How far apart the agency's clock and ours may be.
LEEWAY = timedelta(minutes=1)


def vouched(token: str, keys: Mapping[str, Any], *, issuer: str, audience: str) -> dict[str, Any]:
    """What *token* says, where one of the agency's *keys* (a JWK set) has signed it. Raises ``Refused``."""
    try:
        key = jwt.PyJWKSet.from_dict(dict(keys))[jwt.get_unverified_header(token)["kid"]]
        return jwt.decode(
            token,
            key,
            algorithms=SIGNED_WITH,
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY,
            options={"require": list(MUST_SAY)},
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise Refused("unclear") from None
