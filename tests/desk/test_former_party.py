"""Once a party, and no more: on every page of the case one meets what one's own unit wrote, and nothing else (W1)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Level, Party, Section
from knutpunkten.documents.actions import store_file
from knutpunkten.documents.models import StoredFile
from knutpunkten.documents.uploads import check_upload
from knutpunkten.meetings.actions import plan_meetings
from knutpunkten.meetings.models import Knowledge, Meeting
from knutpunkten.notices.actions import tell
from knutpunkten.review.models import LogRow
from knutpunkten.review.words import what_was_done
from knutpunkten.routine import engine
from tests.builders import make_person, sign_for
from tests.conftest import behind_the_wall
from tests.meetings.pages import put

OURS = "Inskriven sedan 2024."
THEIRS = "Ryggvärk efter två timmar."
# Whom and what a party that is one no more must not meet: the others, the state, whose turn it is, by when.
HIDDEN = (
    *(THEIRS, "Johan Wik", "Karin Hallgren", "Elin Strand", "Ulrika Fors", "Försörjningsstöd", "Öppenpsykiatrin"),
    *("Anmäld", "anmäld", "Deltar", "Har plats", "dagordning", "Nytt samtycke", "tagit tillbaka", "Mötet har lämnat"),
)
PAGES = ("case", "events", "consent", "read_referral", "knowledge", "mapping", "plan", "follow_up", "closing")
CLOSED = (
    *("consent_pdf", "referral_pdf", "plan_pdf", "compare_plans", "report_pdf", "contract_pdf", "first_meeting_ics"),
    *("withdraw_consent", "upload_file"),
)


@pytest.fixture
def mats(sign_in: Callable[..., Client], cast: Any) -> Client:
    return sign_in(cast.mats)


@pytest.fixture(params=["announced", "active"])
def former(request: pytest.FixtureRequest, make_case: Callable[..., Any], cast: Any) -> Any:
    """Arbetsförmedlingen wrote what it knew and was then taken out of the consent; the others are parties still."""
    tomorrow = timezone.now() + timedelta(days=1)
    held = {"meeting_on": tomorrow.date(), "mapped_at": timezone.now(), "first_meeting_at": tomorrow}
    with behind_the_wall():
        person = make_person("Amira", "Öqvist")
    case = make_case(request.param, person=person, **held)
    with acting_as(cast.mats) as who:
        Knowledge.objects.create(
            case=case,
            author_unit_id=who.unit_id,
            category="arbetsmarknad",
            text=OURS,
            written_at=timezone.now(),
            written_by=cast.mats,
        )
    with acting_as(cast.johan) as who:
        Section.objects.create(
            case=case,
            key="situation_health",
            category="grund",
            author_unit_id=who.unit_id,
            data={"hinders": THEIRS, "words": THEIRS},
            saved_at=timezone.now(),
            saved_by=cast.johan,
            disclosed_at=timezone.now(),
            disclosed_by=cast.johan,
        )
        unit = cast.unit("Arbetsförmedlingen").pk
        engine.withdraw_consent(case.pk, unit_ids=[unit], how="phone", taken_by="Johan Wik", by=who, at=timezone.now())
    return case


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_a_former_party_meets_name_number_and_its_own_words_alone(former, mats) -> None:
    pages = {name: mats.get(reverse(name, args=[former.pk])) for name in PAGES}
    assert {name: page.status_code for name, page in pages.items()} == dict.fromkeys(PAGES, 200)
    assert [name for name, page in pages.items() if "Amira Öqvist" not in page.text] == []
    assert [(name, hidden) for name, page in pages.items() for hidden in HIDDEN if hidden in page.text] == []


@pytest.mark.clause("W1")
@pytest.mark.django_db
@pytest.mark.parametrize("page", ["start", "inbox"])
def test_a_former_party_is_told_no_more_what_happened_to_the_person_while_it_was_one(
    page, former, mats, sign_in, cast
) -> None:
    with behind_the_wall():
        for event in ("announce", "follow_up"):
            tell([cast.mats.pk, cast.ulrika.pk], event=event, case=former, at=timezone.now())
    told = strip_tags(mats.get(reverse(page)).text)
    assert "Ett ärende är anmält till gruppen" in told
    assert "Något hände i ärendet medan din enhet var part" in told
    assert "Planen är uppföljd" not in told
    assert "Planen är uppföljd" in strip_tags(sign_in(cast.ulrika).get(reverse(page)).text), "a party still"


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_a_former_party_that_a_new_consent_names_is_told_from_which_day(former, mats, cast) -> None:
    pages = [reverse(name, args=[former.pk]) for name in ("case", "read_referral", "knowledge")]
    begins = timezone.localdate() + timedelta(days=10)
    assert [page for page in pages if "Din enhet är inte part längre." not in mats.get(page).text] == []
    with behind_the_wall():
        new = sign_for(former, {"Arbetsförmedlingen": ["grund"]}, cast, Level.TEXT, begins + timedelta(days=90))
        Party.objects.filter(consent_id=new.pk).update(valid_from=begins)
    told = f"Din enhet är part från {begins}. Till dess ser ni bara det ni själva har skrivit."
    for page in pages:
        seen = mats.get(page).text
        assert told in strip_tags(seen), page
        assert "inte part längre" not in seen, page
        assert [hidden for hidden in HIDDEN if hidden in seen] == [], page


@pytest.mark.clause("W1", "W4")
@pytest.mark.django_db
def test_the_log_tells_that_a_former_party_opened_a_page_and_was_shown_nothing(former, mats, sign_in, cast) -> None:
    for name in ("plan", "read_referral", "consent", "knowledge"):
        mats.get(reverse(name, args=[former.pk]))
    johan = sign_in(cast.johan)
    told = johan.get(reverse("case_reads", args=[former.pk])).text.lower()
    counted = {
        read["unit"].full_name: read["times"]
        for read in johan.get(reverse("shared", args=[former.pk])).context["reads"]
    }
    assert counted["Arbetsförmedlingen"] == 1, "its own form"
    for page in ("planen", "remissen", "samtycket"):
        assert f"öppnade sidan med {page}, men fick inte se något" in told
        assert f"läste {page}" not in told
    with behind_the_wall():
        opened = Entry.objects.of_case(former.pk).filter(user_id=cast.mats.pk, event="read")
        rows = [LogRow(event=entry.event, what=entry.detail["what"]) for entry in opened.order_by("at")]
    assert [what_was_done(row) for row in rows] == [
        "Öppnade sidan med planen, men fick inte se något",
        "Öppnade sidan med remissen, men fick inte se något",
        "Öppnade sidan med samtycket, men fick inte se något",
        "Läste sin egen enhets formulär med uppgifter till mötet",
    ]


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_a_former_party_that_has_a_file_of_its_own_in_the_referral_has_read_it(former, mats, cast) -> None:
    with acting_as(cast.mats) as who:
        upload = check_upload(SimpleUploadedFile("Intyg.pdf", b"%PDF-1.7 prov"))
        store_file(former, upload, purpose="investigation", category="arbete", by=who, at=timezone.now())
    assert "Intyg.pdf" in mats.get(reverse("read_referral", args=[former.pk])).text
    with behind_the_wall():
        opened = Entry.objects.of_case(former.pk).get(user_id=cast.mats.pk, event="read")
    assert opened.detail["what"] == "referral"


@pytest.mark.clause("W1")
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["case", "knowledge"])
def test_a_former_party_keeps_what_it_wrote(name: str, former, mats) -> None:
    assert OURS in mats.get(reverse(name, args=[former.pk])).text


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_papers_and_forms_of_the_case_are_as_if_they_were_not_there(former, mats) -> None:
    answers = {name: mats.get(reverse(name, args=[former.pk])).status_code for name in CLOSED}
    assert answers == dict.fromkeys(CLOSED, 404)


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_a_former_party_writes_and_takes_nothing_more(former, mats, cast) -> None:
    mats.post(reverse("knowledge", args=[former.pk]), {"text_arbetsmarknad": "Något nytt.", "can_arbetsmarknad": ""})
    file = SimpleUploadedFile("Intyg.pdf", b"%PDF-1.7 prov")
    assert mats.post(reverse("upload_file", args=[former.pk]), {"file": file, "category": "halsa"}).status_code == 404
    whole = {"what": "whole", "how": "phone", "taken_by": "Mats Lindahl"}
    assert mats.post(reverse("withdraw_consent", args=[former.pk]), whole).status_code == 404
    with behind_the_wall():
        assert Knowledge.objects.get(case=former).text == OURS
        assert not StoredFile.objects.filter(case=former).exists()
        assert former.consents.get().withdrawn_at is None


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_a_former_party_in_the_room_sees_the_number(former, mats, sign_in, cast) -> None:
    now = timezone.now()
    with behind_the_wall():
        plan_meetings(cast.knutpunkten, timezone.localdate(now) + timedelta(days=100), now)
        meeting = Meeting.objects.filter(programme=cast.knutpunkten).ahead(now)[0]
        put(former, meeting)
    address = reverse("agenda", args=[meeting.pk])
    seen = mats.get(address).text
    assert former.number in seen
    assert "Öqvist" not in seen
    assert "Amira Öqvist" in sign_in(cast.ulrika).get(address).text
