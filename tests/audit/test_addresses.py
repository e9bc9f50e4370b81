"""Everything that somebody signed in does leaves its row in the audit (W4): address by address."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone

from config.wsgi import behind_proxies
from knutpunkten.access.address import client_address
from knutpunkten.audit.models import READINGS, Entry
from knutpunkten.documents.models import StoredFile
from knutpunkten.meetings.actions import plan_meetings
from knutpunkten.meetings.models import Meeting
from knutpunkten.organisations.models import RoutineDocument, User
from knutpunkten.queue.actions import set_places
from knutpunkten.visits.actions import plan_slots
from knutpunkten.visits.models import Slot
from tests import builders
from tests.audit.addresses import ADDRESSES
from tests.conftest import behind_the_wall
from tests.referrals.filling import consent_answers
from tests.test_architecture import routes

# Whose page it is and the state of the case it is about, where a page can be shown with no more than that.
SHOWN = [
    *[(name, "karin", "") for name in ("start", "cases", "search", "who_has_read", "hats", "routines", "meetings")],
    *[(name, "karin", "") for name in ("contact_list", "how_it_works", "accessibility", "inbox", "queue", "week")],
    *[(name, "karin", "") for name in ("visits", "figures", "routine_document", "agenda", "change_meeting")],
    *[
        (name, "karin", "")
        for name in ("meeting_mode", "meeting_attendance", "call_off_meeting", "move_slot", "new_meeting", "statuses")
    ],
    *[(name, "johan", "") for name in ("new_referral", "book_visit")],
    *[(name, "elin", "") for name in ("participants", "new_session")],
    *[(name, "johan", "active") for name in ("case", "events", "case_reads", "read_referral", "referral_pdf")],
    *[(name, "johan", "active") for name in ("withdraw_consent", "consent", "consent_pdf", "knowledge", "upload_file")],
    *[(name, "johan", "draft") for name in ("referral", "check_referral")],
    *[(name, "elin", "active") for name in ("mapping", "plan", "follow_up", "closing", "contract_pdf", "file")],
    ("own_page", "amira", "active"),
    ("own_reads", "amira", "active"),
    ("own_account", "amira", "active"),
]


@pytest.fixture
def world(make_case: Callable[..., Any], cast: Any) -> dict[str, Any]:
    """A case in each state that is needed, of one person with an account, and what the pages without a case are about."""
    now = timezone.now()
    with behind_the_wall():
        until = timezone.localdate() + timedelta(days=120)
        plan_meetings(programme=cast.knutpunkten, until=until, at=now)
        plan_slots(programme=cast.knutpunkten, until=until, at=now)
        set_places(programme=cast.knutpunkten, at=now)
        account = User.objects.create_user("amira.oqvist@person.example", "Amira Öqvist")
        amira = builders.make_person("Amira", "Öqvist", account=account)
        cast.people["amira"] = account
    cases = {state: make_case(state, person=amira) for state in ("draft", "active")}
    with behind_the_wall():
        case = cases["active"]
        file = StoredFile.objects.create(
            case=case,
            author_unit=case.referring_unit,
            category="grund",
            name="utredning.pdf",
            content_type="application/pdf",
            content=b"%PDF-1.7",
            size=8,
            purpose=StoredFile.Purpose.INVESTIGATION,
            sha256="0" * 64,
            uploaded_by=cast.johan,
            uploaded_at=now,
            disclosed_at=now,
        )
        meeting = Meeting.objects.filter(programme=cast.knutpunkten, starts_at__gt=now).earliest("starts_at")
        slot = Slot.objects.filter(programme=cast.knutpunkten, starts_at__gt=now).earliest("starts_at")
        document = RoutineDocument.objects.first()
    about = {"meeting_id": meeting.pk, "slot_id": slot.pk, "document_id": document.pk, "file_id": file.pk}
    return {"cases": cases, **about}


def address_of(name: str, case: Any, world: dict[str, Any]) -> str:
    """The address with the ids it asks for."""
    pattern = next(p for _, p in routes(get_resolver().url_patterns) if p.name == name)
    wanted = get_resolver().reverse_dict.getlist(name)[0][0][0][1] if pattern else []
    known = {**world, "case_id": case.pk if case else None}
    return reverse(name, kwargs={key: known[key] for key in wanted})


def rows(user: Any) -> list[Entry]:
    with behind_the_wall():
        return list(Entry.objects.filter(user_id=user.pk).order_by("recorded_at"))


@pytest.mark.django_db
def test_who_is_only_led_on_has_opened_nothing(cast, sign_in) -> None:
    assert sign_in(cast.lotta).get(reverse("start")).status_code == 302
    assert rows(cast.lotta) == []


@pytest.mark.slow("every page that can be shown")
@pytest.mark.clause("W4")
@pytest.mark.django_db
def test_a_page_writes_what_the_table_says_once_and_under_its_hat(world, cast, sign_in) -> None:
    wrong = {}
    for name, whose, state in SHOWN:
        user, case = getattr(cast, whose), world["cases"].get(state)
        before = len(rows(user))
        response = sign_in(user).get(address_of(name, case, world))
        found = rows(user)[before:]
        said = [f"{row.event} {row.detail['what']}" if row.event == "read" else row.event for row in found]
        if said != [ADDRESSES[name].shown] or response.status_code != 200:
            wrong[name] = (response.status_code, said)
        for row in found:
            assert row.is_reading == (row.event in READINGS)
            assert row.role
            assert row.address == "127.0.0.1"
            assert whose == "amira" or (row.hat_id and row.unit_id), name
            if row.event == "opened":
                assert row.detail == {"what": name}
    assert wrong == {}


@pytest.mark.django_db
def test_a_form_that_writes_nothing_of_its_own_is_written_as_sent(cast, sign_in) -> None:
    sign_in(cast.karin).post(reverse("mark_read"))
    sign_in(cast.karin).post(reverse("sign_out"))
    assert [(row.event, row.detail, row.is_reading) for row in rows(cast.karin)] == [
        ("sent", {"what": "mark_read"}, False),
        ("sent", {"what": "sign_out"}, False),
    ]


@pytest.mark.django_db
def test_the_administrators_pages_are_written_too(cast, sign_in) -> None:
    sign_in(cast.admin).get(reverse("admin:organisations_user_changelist"))
    assert [(row.event, row.detail["what"]) for row in rows(cast.admin)] == [
        ("opened", "organisations_user_changelist")
    ]


@pytest.mark.django_db
def test_who_is_not_signed_in_leaves_no_row(cast) -> None:
    with behind_the_wall():
        before = Entry.objects.count()
    Client().get(reverse("accessibility"))
    Client().get(reverse("start"))
    with behind_the_wall():
        assert Entry.objects.count() == before


@pytest.mark.clause("W4")
@pytest.mark.django_db
def test_to_save_is_not_to_read_and_a_page_to_mend_is_read(cast, sign_in, make_case) -> None:
    case, johan = make_case("active"), sign_in(cast.johan)
    page, asked = reverse("consent", args=[case.pk]), {"valid_from": "inget datum"}
    johan.post(page, consent_answers(cast))
    johan.post(page, asked, HTTP_HX_REQUEST="true")  # it saves itself, and is answered with a line
    assert [row.event for row in rows(cast.johan)] == ["consent_written"]
    assert johan.post(page, asked).status_code == 200
    assert [row.event for row in rows(cast.johan)] == ["consent_written", "read"]


# Denied.


@pytest.mark.clause("W4")
@pytest.mark.django_db
def test_a_denial_says_who_what_and_for_want_of_what(cast, sign_in, make_case) -> None:
    case = make_case("active")
    assert sign_in(cast.siv).get(reverse("plan", args=[case.pk])).status_code == 404
    assert sign_in(cast.bengt).get(reverse("plan", args=[case.pk])).status_code == 403
    assert sign_in(cast.johan).get(reverse("queue")).status_code == 403
    (ground,), (role,), (page,) = rows(cast.siv), rows(cast.bengt), rows(cast.johan)
    assert (ground.event, ground.detail, ground.unit_id) == (
        "denied",
        {"what": "plan", "why": "ground"},
        cast.unit("Gamleby hälsocentral").pk,
    )
    assert (role.event, role.detail, role.role) == ("denied", {"what": "plan", "why": "role"}, "association")
    assert (page.event, page.detail, page.case_ref) == ("denied", {"what": "queue", "why": "role"}, None)
    with behind_the_wall():
        assert {row.user_id for row in Entry.objects.of_case(case.pk).filter(event="denied")} == {
            cast.siv.pk,
            cast.bengt.pk,
        }


@pytest.mark.django_db
def test_what_a_denied_page_wrote_is_not_left(cast, sign_in, make_case) -> None:
    case = make_case("active")
    sign_in(cast.johan).get(reverse("file", args=[case.pk, case.pk]))
    assert [row.event for row in rows(cast.johan)] == ["denied"]


# From where.

TRUSTED = ["10.0.0.0/8", "127.0.0.1"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.7", None, "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),  # not a proxy of ours: its word is worth nothing
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # the client wrote the first itself
        ("127.0.0.1", "198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("10.0.0.2", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.2", "nonsense", None),
        ("10.0.0.2", None, "10.0.0.2"),
        ("", None, None),
    ],
)
def test_the_clients_address_behind_a_proxy_of_ours(peer: str, forwarded: str | None, expected: str | None) -> None:
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    environ = RequestFactory().get("/", REMOTE_ADDR=peer, **headers).META
    asked_from = behind_proxies(lambda environ, _: [client_address(environ)], TRUSTED)
    assert asked_from(environ, None) == [expected]


def test_nobodys_word_is_taken_unless_the_settings_say_so() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR="198.51.100.1")
    assert client_address(request.META) == "10.0.0.2"
