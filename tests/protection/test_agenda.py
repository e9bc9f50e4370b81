"""A protected person's case on the agenda, as those read it who are not named: its number, and why it is no more (W5)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from knutpunkten.cases.models import Party
from knutpunkten.meetings.actions import plan_meetings
from knutpunkten.meetings.models import Knowledge, Meeting
from tests.conftest import behind_the_wall
from tests.meetings.pages import put
from tests.protection.conftest import NAME, NUMBER
from tests.protection.test_naming import naming

pytestmark = [pytest.mark.django_db, pytest.mark.clause("W5")]
NO_PARTY, NOBODY, OTHERS = (
    "enhet är inte part",
    "en på din enhet är utsedd att läsa",
    "ågon annan på din enhet är utsedd",
)


@pytest.fixture
def on_agenda(protected_case: Callable, cast: Any) -> Callable[..., tuple[Any, Meeting]]:
    """``on_agenda(readers=[cast.disa])``: the protected person's case, and the meeting that decides."""

    def make(**fields: Any) -> tuple[Any, Meeting]:
        with behind_the_wall():
            plan_meetings(cast.knutpunkten, timezone.localdate() + timedelta(days=90), timezone.now())
            meeting = Meeting.objects.filter(programme=cast.knutpunkten).ahead(timezone.now())[0]
        case = protected_case("announced", meeting_on=timezone.localdate(meeting.starts_at), **fields)
        with behind_the_wall():
            put(case, meeting)
        return case, meeting

    return make


@pytest.mark.parametrize("name", ["mats", "karin", "helena"])
def test_who_is_not_named_reads_why_and_whoever_may_is_led_to_naming(
    name: str, on_agenda: Callable, cast: Any, sign_in: Callable
) -> None:
    case, meeting = on_agenda()
    user = getattr(cast, name)
    client, unit = sign_in(user), user.memberships.get().unit or cast.unit("Knutpunktsteamet")
    is_party = name != "helena"
    for address in (reverse("agenda", args=[meeting.pk]), reverse("meeting_case", args=[meeting.pk, case.pk])):
        page = client.get(address).text
        assert case.number in page
        assert (NOBODY in page) is is_party
        assert (naming(case, unit) in page) is is_party
        assert (NO_PARTY in page) is not is_party
        assert not any(part in page for part in (*NAME.split(), NUMBER[2:8]))


def test_whose_colleague_is_named_reads_that(on_agenda: Callable, cast: Any, sign_in: Callable) -> None:
    case, meeting = on_agenda(readers=[cast.disa])
    mats = sign_in(cast.mats)
    for address in (reverse("agenda", args=[meeting.pk]), reverse("meeting_case", args=[meeting.pk, case.pk])):
        page = mats.get(address).text
        assert OTHERS in page
        assert NO_PARTY not in page
        assert "Disa" not in page


def test_a_unit_that_is_no_party_any_more_reads_that(on_agenda: Callable, cast: Any, sign_in: Callable) -> None:
    _, meeting = on_agenda(parties={"Försörjningsstöd": ["grund"], "Knutpunktsteamet": ["grund"]})
    assert NO_PARTY in sign_in(cast.mats).get(reverse("agenda", args=[meeting.pk])).text


def test_so_does_whoever_is_named_to_read_what_the_unit_wrote_itself(
    on_agenda: Callable, cast: Any, sign_in: Callable
) -> None:
    case, meeting = on_agenda(readers=[cast.mats])
    office = cast.unit("Arbetsförmedlingen")
    with behind_the_wall():
        written = {"text": "Inskriven.", "written_at": timezone.now(), "written_by": cast.mats}
        Knowledge.objects.create(case=case, author_unit=office, category="arbetsmarknad", **written)
        Party.objects.filter(case=case, unit=office, basis="consent").update(withdrawn_at=timezone.now())
    for address in (reverse("agenda", args=[meeting.pk]), reverse("meeting_case", args=[meeting.pk, case.pk])):
        page = sign_in(cast.mats).get(address).text
        assert NO_PARTY in page
        assert OTHERS not in page
