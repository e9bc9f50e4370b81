"""The case page: who has read it most lately, and who has disclosed what once the meeting is behind."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knutpunkten.cases.models import Case
from knutpunkten.consents.models import Consent
from knutpunkten.desk import case_page
from knutpunkten.meetings.models import Knowledge
from knutpunkten.organisations.models import Membership, User
from knutpunkten.people.models import Person
from tests.builders import make_person
from tests.conftest import behind_the_wall
from tests.desk.test_start import words_of

pytestmark = pytest.mark.django_db
HIDDEN = "Delas inte med er enhet. Rubriken står här även när det inte finns något."


def part(client: Client, case: Case, heading: str) -> str:
    """The words of the section under the heading with that id."""
    page = client.get(reverse("case", args=[case.pk])).text
    return words_of(page.partition(f'aria-labelledby="{heading}"')[2].partition("</section>")[0])


@pytest.mark.clause("W4")
def test_the_latest_reader_beside_oneself_is_told(make_case, cast, sign_in) -> None:
    case = make_case("placed")
    karin, nadja, mats = sign_in(cast.karin), sign_in(cast.nadja), sign_in(cast.mats)
    assert "Läst senast:" not in part(karin, case, "handelser")
    assert "Läst senast: Karin Hallgren" in part(nadja, case, "handelser")
    assert "Läst senast: Nadja Berg" in part(mats, case, "handelser")
    assert "Läst senast: Mats Lindahl" in part(karin, case, "handelser")


@pytest.mark.clause("W4", "W5")
def test_the_person_is_not_named_where_their_own_reading_is_told(make_case, cast, sign_in, monkeypatch) -> None:
    with behind_the_wall():
        person = make_person("Amira", "Öqvist")
    case = make_case("active", person=person)
    with behind_the_wall():
        account = User.objects.create(email="mira@deltagare.example", name="Mira Qvist", password="!")
        Membership.objects.create(user=account, role="participant", starts_on=timezone.localdate())
        Person.objects.filter(pk=person.pk).update(account=account)
    assert sign_in(account).get(reverse("own_page")).status_code == 200
    johan = sign_in(cast.johan)
    assert "Läst senast: Personen själv" in part(johan, case, "handelser")
    events = johan.get(reverse("events", args=[case.pk]), {"visa": "last"}).text
    assert re.search(
        r'<span class="avatar[^>]*>PS</span><div><p><strong>Personen själv</strong> läste Min sida', events
    )
    assert "Mira Qvist" not in events
    assert "Här står bara det senaste." not in events
    monkeypatch.setattr(case_page, "EVENTS", 1)
    assert "Här står bara det senaste." in johan.get(reverse("events", args=[case.pk]), {"visa": "last"}).text


@pytest.mark.clause("W1", "W4")
def test_who_was_denied_stands_among_no_events(make_case, cast, sign_in) -> None:
    case = make_case("active")
    assert sign_in(cast.siv).get(reverse("case", args=[case.pk])).status_code == 404
    for reader in (cast.johan, cast.mats, cast.karin):
        for kind in ("", "last"):
            assert "Siv Aronsson" not in sign_in(reader).get(reverse("events", args=[case.pk]), {"visa": kind}).text


@pytest.fixture
def disclosed(make_case: Any, cast: Any) -> Any:
    """``disclosed(state)``: a case whose parties have disclosed their knowledge, but for what one has only written."""

    def disclosed(state: str) -> Case:
        case = make_case(state)
        at = timezone.now() - timedelta(days=9)
        rows = (("mats", "arbetsmarknad", True), ("ulrika", "halsa", True), ("mats", "arbete", False))
        with behind_the_wall():
            consent = Consent.objects.get(case=case).pk
            for name, category, is_disclosed in rows:
                user = getattr(cast, name)
                written = {"category": category, "text": f"Text om {category}", "written_at": at, "written_by": user}
                told = {"disclosed_at": at, "disclosed_by": user, "disclosed_under": consent} if is_disclosed else {}
                Knowledge.objects.create(case=case, author_unit=user.memberships.get().unit, **written, **told)
        return case

    return disclosed


@pytest.mark.clause("W1")
@pytest.mark.parametrize("state", ["placed", "allocated"])
def test_who_disclosed_what_stands_with_the_consent_and_what_is_not_shared_is_said(
    state: str, disclosed, cast, sign_in
) -> None:
    case = disclosed(state)
    day = f"{timezone.localdate() - timedelta(days=9):%Y-%m-%d}"
    seen = part(sign_in(cast.nadja), case, "samtycke")
    assert f"Arbetsmarknad – utlämnad av Mats Lindahl {day} Läs" in seen
    assert f"Fysisk och psykisk hälsa – utlämnad av Ulrika Fors {day} Läs" in seen
    assert "Tidigare arbete" not in seen
    assert HIDDEN not in seen

    seen = part(sign_in(cast.ulrika), case, "samtycke")
    assert f"Fysisk och psykisk hälsa – utlämnad av Ulrika Fors {day} Läs" in seen
    assert "Mats Lindahl" not in seen
    assert f"Arbetsmarknad · {HIDDEN}" in seen


def test_the_link_leads_to_the_text(disclosed, cast, sign_in) -> None:
    case = disclosed("placed")
    nadja = sign_in(cast.nadja)
    page = nadja.get(reverse("case", args=[case.pk])).text
    anchor = page.partition(f'href="{reverse("knowledge", args=[case.pk])}#')[2].partition('"')[0]
    text = nadja.get(reverse("knowledge", args=[case.pk])).text
    assert "Text om halsa" in text.partition(f'id="{anchor}"')[2].partition("</details>")[0]


def test_while_the_queue_is_waited_in_the_rows_are_left_out(disclosed, cast, sign_in) -> None:
    assert "utlämnad av" not in part(sign_in(cast.nadja), disclosed("queued"), "samtycke")
