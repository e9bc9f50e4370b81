"""Each piece of a case says by whom it was disclosed, when and under which consent; and where not, that it is not shared."""

import io
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone

from knutpunkten.activities.models import Attendance, Session
from knutpunkten.cases.models import Basis, Party, Section
from knutpunkten.cases.provenance import consent_from
from knutpunkten.closing.models import Closing
from knutpunkten.documents.models import StoredFile
from knutpunkten.first_meeting.models import FirstMeeting, ServiceDecision
from knutpunkten.followup.models import FollowUp
from knutpunkten.meetings.models import Knowledge
from knutpunkten.plans.models import MappingArea, Plan
from tests.conftest import behind_the_wall

DAY = timedelta(days=1)


@pytest.fixture
def told(make_case: Any, cast: Any) -> Any:
    """An active case in which each kind of thing has been written and disclosed ten days ago."""
    case = make_case(
        "active",
        mapped_at=timezone.now(),
        plan_agreed_at=timezone.now(),
        placed_at=timezone.now() - 10 * DAY,
        first_meeting_at=timezone.now() - 10 * DAY,
    )
    at = timezone.now() - 10 * DAY
    with behind_the_wall():
        consent = case.consents.get()
        shared = {"disclosed_at": at, "disclosed_under": consent.pk}
        unit, team = case.referring_unit, case.programme.team
        saved = {"saved_at": at, "saved_by": cast.johan}
        Section.objects.create(
            case=case, key="question", category="grund", author_unit=unit, data={"question": "FRÅGAN"}, is_done=True,
            disclosed_by=cast.johan, **saved, **shared,
        )  # fmt: skip
        StoredFile.objects.create(
            case=case, name="Utlåtande.pdf", category="halsa", author_unit=unit, purpose="investigation",
            content=b"%PDF-1.7", content_type="application/pdf", size=8, uploaded_at=at, uploaded_by=cast.johan,
            sha256="0" * 64, disclosed_by=cast.johan, **shared,
        )  # fmt: skip
        Knowledge.objects.create(
            case=case, author_unit=cast.unit("Arbetsförmedlingen"), category="arbetsmarknad", text="INSKRIVEN",
            written_at=at, written_by=cast.mats, disclosed_by=cast.mats, **shared,
        )  # fmt: skip
        MappingArea.objects.create(
            case=case, area="physical", category="halsa", author_unit=team, own_words="RYGGEN",
            saved_at=at, saved_by=cast.elin, disclosed_by=cast.elin, **shared,
        )  # fmt: skip
        plan = Plan.objects.create(
            case=case, author_unit=team, version=1, agreed_on=timezone.localdate(at), begun_at=at, begun_by=cast.elin,
            participation="Med", who_took_part="Leif", next_follow_up_on=timezone.localdate() + 5 * DAY,
        )  # fmt: skip
        FollowUp.objects.create(
            case=case, author_unit=team, plan=plan, held_on=timezone.localdate(at), next_on=timezone.localdate() + DAY,
            who_took_part="Leif", agreed="FORTSÄTTA", recorded_at=at, recorded_by=cast.elin,
        )  # fmt: skip
        FirstMeeting.objects.create(
            case=case, author_unit=team, starts_at=at, ends_at=at + timedelta(hours=1), place="Stora salen",
            invited=[{"name": "MÖTESGÄSTEN"}], booked_at=at, booked_by=cast.elin,
        )  # fmt: skip
        ServiceDecision.objects.create(
            case=case, author_unit=unit, decided_on=timezone.localdate(at), by_whom="BESLUTSFATTAREN",
            own_reference="IFO 1", recorded_at=at, recorded_by=cast.johan,
        )  # fmt: skip
    return case


def text(answer: Any) -> str:
    assert answer.status_code == 200
    whole = re.sub(r'<span class="nowrap">([^<]*)</span>', r"\1", answer.text)
    return " ".join(re.sub(r"<[^>]+>", " ", whole).split())


def under(case: Any) -> str:
    return f"med stöd av samtycket från {timezone.localdate(case.created_at)}"


def on() -> str:
    return (timezone.localdate() - 10 * DAY).isoformat()


# Page, reader, and the sentence that stands at what was disclosed.
SHOWN = [
    ("read_referral", "karin", "Utlämnad av Johan Wik, Västerviks kommun, Försörjningsstöd, {on}, {under}"),
    ("knowledge", "johan", "Utlämnad av Mats Lindahl, Arbetsförmedlingen, {on}, {under}"),
    ("mapping", "ulrika", "Utlämnad av Elin Strand, Knutpunkten, Knutpunktsteamet, {on}, {under}"),
    ("plan", "ulrika", "Skrivet av Elin Strand, Knutpunkten, Knutpunktsteamet, {on}, delat {under}"),
    ("follow_up", "ulrika", "Skrivet av Elin Strand, Knutpunkten, Knutpunktsteamet, {on}, delat {under}"),
    ("case", "ulrika", "Första mötet: Skrivet av Elin Strand, Knutpunkten, Knutpunktsteamet, {on}, delat {under}"),
    (
        "case",
        "karin",
        "Beslut om insats: Skrivet av Johan Wik, Västerviks kommun, Försörjningsstöd, {on}, delat {under}",
    ),
]


@pytest.mark.clause("W1", "S5")
@pytest.mark.django_db
@pytest.mark.parametrize(("page", "name", "expected"), SHOWN)
def test_what_is_shared_says_by_whom_when_and_under_which_consent(
    page: str, name: str, expected: str, told: Any, cast: Any, sign_in: Any
) -> None:
    seen = text(sign_in(getattr(cast, name)).get(reverse(page, args=[told.pk])))
    assert expected.format(on=on(), under=under(told)) in seen


@pytest.mark.django_db
@pytest.mark.parametrize(("page", "name", "expected"), SHOWN)
def test_its_dates_never_break_over_a_line(
    page: str, name: str, expected: str, told: Any, cast: Any, sign_in: Any
) -> None:
    seen = sign_in(getattr(cast, name)).get(reverse(page, args=[told.pk])).text
    said = re.sub(r"\d{4}-\d\d-\d\d", r'<span class="nowrap">\g<0></span>', expected.format(on=on(), under=under(told)))
    assert said in seen


@pytest.mark.clause("W1", "S5")
@pytest.mark.django_db
def test_so_does_a_file_and_the_referral_on_paper(told: Any, cast: Any, sign_in: Any) -> None:
    ulrika = sign_in(cast.ulrika)
    seen = text(ulrika.get(reverse("read_referral", args=[told.pk])))
    # The question, and the file about health, each with its own sentence.
    assert seen.count(f"Utlämnad av Johan Wik, Västerviks kommun, Försörjningsstöd, {on()}, {under(told)}") == 2
    assert "Utlåtande.pdf" in seen


# What each kind of thing holds, and who may read it: the usual consent gives Mats labour market, work and planning,
# Ulrika health and planning, and both what is basic.
KINDS = {
    "FRÅGAN": ("read_referral", {"karin", "mats", "ulrika"}),
    "Utlåtande.pdf": ("read_referral", {"karin", "ulrika"}),
    "INSKRIVEN": ("knowledge", {"karin", "mats"}),
    "RYGGEN": ("mapping", {"karin", "ulrika"}),
    "FORTSÄTTA": ("follow_up", {"karin", "mats", "ulrika"}),
    "MÖTESGÄSTEN": ("case", {"karin", "mats", "ulrika"}),
    "BESLUTSFATTAREN": ("case", {"karin", "mats", "ulrika"}),
}


@pytest.mark.clause("W1")
@pytest.mark.django_db
@pytest.mark.parametrize("words", KINDS)
def test_each_kind_is_read_by_those_the_consent_gives_it_and_by_no_other(
    words: str, told: Any, cast: Any, sign_in: Any
) -> None:
    page, readers = KINDS[words]
    for name in ("karin", "mats", "ulrika", "siv", "agneta", "tove"):
        answer = sign_in(getattr(cast, name)).get(reverse(page, args=[told.pk]))
        assert (words in answer.text) == (name in readers), (words, name)


@pytest.mark.clause("W1")
@pytest.mark.django_db
@pytest.mark.parametrize("words", KINDS)
def test_written_is_not_shared_until_it_is_disclosed_and_the_heading_does_not_tell(
    words: str, told: Any, cast: Any, sign_in: Any
) -> None:
    """Of each kind that its unit discloses by itself: undisclosed, it is as if it were not written."""
    page, readers = KINDS[words]
    nothing = {"disclosed_at": None, "disclosed_by": None, "disclosed_under": None}
    with behind_the_wall():
        for model in (Section, StoredFile, Knowledge, MappingArea):
            model.objects.filter(case=told).update(**nothing)
    if words in ("FRÅGAN", "Utlåtande.pdf", "INSKRIVEN", "RYGGEN"):
        for name in readers - ({"mats"} if words == "INSKRIVEN" else {"karin"} if words == "RYGGEN" else set()):
            assert words not in sign_in(getattr(cast, name)).get(reverse(page, args=[told.pk])).text, name
    # Who lacks the category reads the same, whether or not there is anything under it.
    client = sign_in(cast.mats)
    before = text(client.get(reverse("mapping", args=[told.pk])))
    with behind_the_wall():
        MappingArea.objects.filter(case=told).update(own_words="")
    assert text(client.get(reverse("mapping", args=[told.pk]))) == before
    assert "Delas inte med er enhet" in before


def row(begins: int, ends: int, withdrawn: datetime | None = None, consent: Any = None) -> Party:
    today = timezone.localdate()
    return Party(
        basis=Basis.CONSENT,
        valid_from=today + begins * DAY,
        valid_until=today + ends * DAY,
        withdrawn_at=withdrawn,
        consent_id=consent,
    )


def test_what_is_written_is_carried_by_the_consent_that_held_at_that_moment() -> None:
    now, today = timezone.now(), timezone.localdate()
    first, second = row(-30, -11, consent=uuid4()), row(-5, 20, consent=uuid4())
    assert consent_from([first, second], now - 20 * DAY) == today - 30 * DAY
    assert consent_from([first, second], now - 8 * DAY) is None
    assert consent_from([first, second], now) == today - 5 * DAY
    taken_back = row(-30, 20, withdrawn=now - 3 * DAY)
    assert consent_from([taken_back], now - 4 * DAY) == today - 30 * DAY
    assert consent_from([taken_back], now - 2 * DAY) is None
    # Taken back later today, and then a new one: what was written before that went out under the first.
    older, new = row(-30, 20, withdrawn=now + DAY / 24, consent=uuid4()), row(0, 20, consent=uuid4())
    assert consent_from([older, new], now) == today - 30 * DAY
    assert consent_from([older, new], now + DAY / 12) == today


def printed(answer: Any) -> str:
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.django_db
def test_the_paper_says_it_too(told: Any, cast: Any, sign_in: Any) -> None:
    with behind_the_wall():
        Section.objects.create(
            case=told, key="situation", category="social", author_unit=told.referring_unit, is_done=True,
            data={"living": "BOSTADEN"}, saved_at=timezone.now(), saved_by=cast.johan, disclosed_by=cast.johan,
            disclosed_at=timezone.now(), disclosed_under=told.consents.get().pk,
        )  # fmt: skip
    paper = printed(sign_in(cast.karin).get(reverse("referral_pdf", args=[told.pk])))
    assert "Utlämnad av Johan Wik" in paper
    assert under(told) in paper
    assert "nowrap" not in paper
    assert Closing.objects.count() == 0


def on_paper(client: Any, name: str, case: Any) -> str:
    """The document without its blanks, for a line may break anywhere."""
    return printed(client.get(reverse(name, args=[case.pk]))).replace(" ", "")


@pytest.mark.clause("W1", "S14")
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["johan", "mats", "ulrika", "elin"])
def test_so_do_the_plan_and_the_final_report_on_paper(name: str, told: Any, cast: Any, sign_in: Any) -> None:
    at = timezone.now() - 10 * DAY
    with behind_the_wall():
        Closing.objects.create(
            case=told, author_unit=told.programme.team, is_planned=True, result="BRA", judgement="KLARAR", outcome="work",
            saved_at=at, saved_by=cast.elin, handed_over_at=at,
        )  # fmt: skip
    said = f"Skrivet av Elin Strand, Knutpunkten, Knutpunktsteamet, {on()}, delat {under(told)}.".replace(" ", "")
    client = sign_in(getattr(cast, name))
    assert said in on_paper(client, "plan_pdf", told)
    assert said in on_paper(client, "report_pdf", told)


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_a_draft_on_paper_says_that_nobody_shares_it_yet(told: Any, cast: Any, sign_in: Any) -> None:
    with behind_the_wall():
        Plan.objects.filter(case=told).update(agreed_on=None)
    paper = on_paper(sign_in(cast.elin), "plan_pdf", told)
    assert "delas" not in paper
    assert "Skrivetav" not in paper


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_attendance_is_the_teams_alone_and_what_has_been_shared_of_it_says_so(
    told: Any, cast: Any, sign_in: Any
) -> None:
    """No page shows it to another unit; that it is written down, and by whom, stands among what has been shared."""
    at = timezone.now() - 10 * DAY
    with behind_the_wall():
        session = Session.objects.create(
            programme=told.programme, on_date=timezone.localdate(at), part="early", theme="TEMAT", room="Salen"
        )
        Attendance.objects.create(
            case=told, session=session, author_unit=told.programme.team, came="all", minutes=110,
            recorded_at=at, recorded_by=cast.elin,
        )  # fmt: skip
    shared = text(sign_in(cast.johan).get(reverse("shared", args=[told.pk])))
    assert re.search(rf"Närvaro .*Elin Strand.*{on()}", shared)
    for page in ("week", "participants"):
        for name in ("johan", "mats", "ulrika"):
            assert sign_in(getattr(cast, name)).get(reverse(page)).status_code == 403
