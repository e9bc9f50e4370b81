"""Answers that finish each part of a referral, and filling them in through the pages."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from knutpunkten.consents.forms import INCLUDED, PREFIX
from knutpunkten.consents.mark import fingerprint
from knutpunkten.consents.rules import draft_of
from tests.conftest import behind_the_wall


def day(days_ago: int) -> str:
    return (timezone.localdate() - timedelta(days=days_ago)).isoformat()


def answers() -> dict[str, dict[str, Any]]:
    """By part: what finishes it."""
    return {
        "talk": {"with_whom": "Nadja Berg", "on": day(9), "how": "phone"},
        "visit": {"made": "yes", "on": day(6), "wish": "apply"},
        "own_words": {"words": "Jag vill jobba igen.", "will": "Bad själv om att få söka.", "hours": "12"},
        "target_group": {
            "has_addiction": "no",
            "open_with": ["Arbetsförmedlingen", "Försäkringskassan"],
            "need": "En gemensam planering.",
        },
        "situation": {
            "works": "Kommer alltid i tid.",
            "living": "Bor ensam i Gamleby.",
            "hinders": "Ryggvärk efter två timmar.",
            "possibilities": "Snickare i tjugo år.",
            "tried": "Praktik på byggvaruhus.",
            "means": ["Försörjningsstöd"],
            "since": day(400),
        },
        "contacts": {
            "rows": "1",
            "agency-0": "Arbetsförmedlingen",
            "unit-0": "",
            "name-0": "Mats Lindahl",
            "phone-0": "070-174 06 30",
            "about-0": "Inskriven sedan i våras",
        },
        "question": {"question": "Hur kan Leif pröva sin arbetsförmåga tryggt?"},
    }


def consultation_answers() -> dict[str, dict[str, Any]]:
    return {
        "voice": {"words": "Jag vill veta vem som bestämmer."},
        "present": {"living": "Sjukpenningen har upphört.", "health": "Långvarig smärta."},
        "contacts": answers()["contacts"],
        "question": {"question": "Hur går vi vidare?"},
    }


def part_url(case: Any, key: str) -> str:
    return reverse("referral_part", args=[case.pk, key])


def fill_all(client: Any, case: Any, parts: dict[str, dict[str, Any]] | None = None) -> None:
    """Fill every part in through its page, as the caseworker."""
    for key, data in (parts or answers()).items():
        response = client.post(part_url(case, key), data)
        assert response.status_code == 302, (key, response.content.decode())


def consent_answers(cast: Any, **units: list[str]) -> dict[str, Any]:
    """The consent's form: *units* by name with their categories; the team and Arbetsförmedlingen if none are given."""
    named = units or {"Knutpunktsteamet": ["planering"], "Arbetsförmedlingen": ["arbetsmarknad"]}
    boxes = {f"{PREFIX}{cast.unit(name).pk}": [INCLUDED, *categories] for name, categories in named.items()}
    until = timezone.localdate() + timedelta(days=180)
    return {"purpose": "Att samordna stödet.", "valid_from": day(0), "valid_until": until.isoformat(), **boxes}


def printed(case: Any) -> dict[str, str]:
    """What the page sends along of the paper that was printed: nothing before there is one."""
    with behind_the_wall():
        draft = draft_of(case)
    return {"fingerprint": fingerprint(draft)} if draft else {}


def sign_consent(client: Any, case: Any, cast: Any, **units: list[str]) -> None:
    """Write the consent and register that it was signed, through the pages."""
    assert client.post(reverse("consent", args=[case.pk]), consent_answers(cast, **units)).status_code == 302
    register(client, case)


def register(client: Any, case: Any) -> None:
    """That the consent as it is written was signed today."""
    with behind_the_wall():
        case.refresh_from_db()
    signed = {"signed_on": day(0), "witness": "Sara Lind", "has_notice": "on", "version": case.version, **printed(case)}
    response = client.post(reverse("step", args=[case.pk, "sign_consent"]), signed)
    assert response.status_code == 302, response.content.decode()


def hand_over(client: Any, case: Any, step: str = "hand_over") -> Any:
    """The button at the end of the check page."""
    with behind_the_wall():
        case.refresh_from_db()
    onward = {"version": case.version, "next": reverse("referral_receipt", args=[case.pk])}
    return client.post(reverse("step", args=[case.pk, step]), onward)
