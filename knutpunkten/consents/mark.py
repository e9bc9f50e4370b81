"""What tells one consent's paper from another: all that it says, in a digest and in a mark to read aloud (S4, K2)."""

import json
from hashlib import sha256

from knutpunkten.consents.models import Consent

# No sign that is taken for another (0 O, 1 I, 2 Z, 5 S, 8 B), and no vowel: a mark is never a word.
SIGNS = "23456789CDFGHJKLMNPQRTVWX"
LENGTH = 4


def fingerprint(consent: Consent) -> str:
    """Another as soon as anything of what is signed is another, and another for each consent."""
    said = {
        "consent": str(consent.pk),
        "parties": sorted(consent.draft_parties, key=lambda row: row["unit"]),
        "from": consent.valid_from.isoformat(),
        "until": consent.valid_until.isoformat(),
        "purpose": consent.purpose,
        "guardian": consent.guardian,
        "notice": consent.notice_version,
        **({"words": consent.words} if consent.words else {}),
    }
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def mark(consent: Consent) -> str:
    """The fingerprint in a few signs, such as "7K3F": printed on the paper, and shown where it is registered."""
    number, signs = int(fingerprint(consent), 16), ""
    for _ in range(LENGTH):
        number, place = divmod(number, len(SIGNS))
        signs += SIGNS[place]
    return signs
