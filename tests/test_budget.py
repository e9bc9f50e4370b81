"""What a page may cost: at most twelve statements beside the request's frame, and no more with ten times the rows.

Every page that there is, and every step: see ``NOT_COUNTED`` for those left out.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from knutpunkten.organisations.models import Membership
from knutpunkten.questions.remembered import Remembered
from knutpunkten.routine.table import STEPS
from tests.access.addresses import addresses, filled
from tests.access.policy import POLICY
from tests.busy_world import BusyWorld
from tests.conftest import behind_the_wall
from tests.standing import standing

LIMIT = 12
# Session, account, begin_as and the audit's row: what every page has, whatever it shows.
FRAME = (
    'from "django_session"',
    'update "django_session"',  # once a minute, on whichever page
    'from "organisations_user" where "organisations_user"."id"',
    "select begin_as(",
    "insert into audit_entry",
)
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")

# Whose, and in which of the world's cases, if any; and the pages. The names are those of the addresses.
PAGES: dict[tuple[str, str], str] = {
    ("karin", ""): "start cases meetings queue week participants visits who_has_read figures hats to_hand_on search"
    " protected_cases withdrawal_call agenda meeting_mode meeting_attendance change_meeting call_off_meeting session new_session"
    " statuses new_meeting move_slot cancel_slot book_visit change_visit_time cancel_booking remind_several",
    ("elin", ""): "start cases week participants session enrol attendance",
    (
        "johan",
        "",
    ): "start cases inbox contact_list routines routine_document how_it_works book_visit visits report_visit"
    " visit_ics search new_referral",
    ("nadja", ""): "start cases inbox to_hand_on protected_cases meetings agenda meeting_mode",
    ("mats", ""): "cases inbox agenda",
    ("bengt", ""): "figures figures_csv",
    ("lotta", ""): "log_review reviewed_accounts reviewed_account review_item look_up_person reviewed_person",
    ("participant", ""): "own_page own_reads own_account",
    ("participant", "active"): "own_case",
    ("karin", "announced"): "case events meeting meeting_case knowledge",
    ("karin", "consultation"): "case meeting meeting_case",
    ("karin", "queued"): "case",
    ("karin", "offered"): "offer_another",
    ("karin", "placed"): "case read_referral",
    ("karin", "active"): "case",
    ("mats", "announced"): "case knowledge",
    ("nadja", "announced"): "case",
    ("nadja", "hidden"): "case name_reader",
    ("johan", "draft"): "case referral check_referral referral_part consent upload_file withdraw_consent",
    ("johan", "handed_over"): "case referral_receipt",
    ("johan", "announced"): "case referral_pdf consent_pdf",
    ("johan", "consultation"): "case",
    ("johan", "queued"): "case",
    ("johan", "placed"): "case",
    ("johan", "returned"): "case",
    ("johan", "allocated"): "case first_meeting_ics",
    ("johan", "active"): "case events case_reads shared withdraw_consent protect file contract_pdf",
    ("johan", "hidden"): "case end_protection",
    ("johan", "hidden announced"): "case",
    ("karin", "hidden announced"): "case",
    ("mats", "hidden announced"): "case",
    ("johan", "closed"): "case closing report_pdf",
    ("elin", "writing"): "plan edit_plan",
    ("elin", "active"): "case mapping plan compare_plans plan_pdf follow_up closing closing_part"
    " new_placement placement",
}
# The steps, each where it can be taken.
STEPS_BY: dict[tuple[str, str], str] = {
    ("johan", "draft"): "hand_over cancel",
    ("johan", "lis draft"): "hand_over_directly",
    ("johan", "talk draft"): "hand_over_consultation",
    ("nadja", "handed_over"): "announce send_back hand_on",
    ("nadja", "talk handed over"): "announce_consultation",
    ("nadja", "lis announced"): "send_back_directly",
    ("karin", "announced"): "set_agenda note_unanswered admit queue return postpone",
    ("karin", "consultation"): "present",
    ("karin", "presented"): "close_consultation",
    ("nadja", "queued"): "give_notice",
    ("johan", "told"): "confirm_notice",
    ("johan", "returned"): "reopen",
    ("karin", "queued"): "offer",
    ("johan", "offered"): "accept decline",
    ("johan", "placed"): "service_decision",
    ("karin", "placed"): "allocate cancel_placed",
    ("elin", "allocated"): "book_first_meeting hold_first_meeting start",
    ("johan", "active"): "amend_service_decision",
    ("elin", "active"): "amend_first_meeting",
    ("karin", "active"): "change_supervisor",
}
# Addresses that show no page of their own: they lead on to one that is counted.
LEADS_ON = ("meeting", "meeting_mode", "enrol", "attendance")
# What is not counted, and why.
NOT_COUNTED = {
    "of one's own sign-in, whose pages read that account alone": "sign_in account_login mfa_authenticate"
    " mfa_login_webauthn account_inactive second_factor openid_connect_callback open_account invitation mfa_index"
    " change_password mfa_activate_totp mfa_deactivate_totp mfa_add_webauthn mfa_remove_webauthn"
    " mfa_view_recovery_codes mfa_generate_recovery_codes account_reauthenticate mfa_reauthenticate"
    " mfa_reauthenticate_webauthn",
    "the same for everybody, and reads nothing": "accessibility favicon",
    "of the demo alone": "components step_in demo_post",
    "counted by step": "step",
}
NOT_COUNTED_STEPS = {
    "taken on a page of its own, which is counted": "take_back_offer move_meeting",
    "drawn on the page of what they are about, which is counted": "sign_consent disclose finish_mapping agree_plan"
    " follow_up close",
}


@standing
def world(cast: Any) -> BusyWorld:
    with behind_the_wall():
        made = BusyWorld(cast)
        made.grow(1)
    return made


def statements(client: Any, url: str, sent: dict[str, str] | None = None) -> int:
    """How many statements the page takes beside its frame; *sent*: what is posted to it."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url) if sent is None else client.post(url, sent)
    is_there = response.status_code == (302 if response.resolver_match.url_name in LEADS_ON else 200)
    assert is_there, f"{url}: {response.status_code}"
    sql = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(CONTROL)]
    return len([one for one in sql if not any(part in one.lower() for part in FRAME)])


def names(by: Mapping[Any, str]) -> list[str]:
    return sorted(name for line in by.values() for name in line.split())


def test_every_page_is_counted_or_has_its_reason() -> None:
    pages = {name for row in POLICY if "GET" in row.methods for name in row.routes.split()}
    assert pages == {*names(PAGES), *names(NOT_COUNTED)}
    assert not set(names(PAGES)) & set(names(NOT_COUNTED))
    assert sorted([*names(STEPS_BY), *names(NOT_COUNTED_STEPS)]) == sorted(STEPS)


@pytest.mark.slow("every page and step twice, the second time with ten times the rows")
@pytest.mark.django_db
def test_every_page_keeps_its_budget_with_ten_times_the_rows(world: BusyWorld, cast: Any, sign_in: Any) -> None:
    where = {pattern.name: address for address, pattern in addresses()}
    clients = {
        name: sign_in(world.participant if name == "participant" else getattr(cast, name))
        for name, _ in (*PAGES, *STEPS_BY)
    }

    def count_all() -> dict[str, int]:
        found = {}
        for (name, state), pages in PAGES.items():
            there = world.arguments(state)
            for page in pages.split():
                found[f"{page} ({name}, {state or '–'})"] = statements(clients[name], filled(where[page], there))
        for (name, state), steps in STEPS_BY.items():
            for step in steps.split():
                url = filled(where["step"], world.arguments(state) | {"step": step})
                found[f"step {step}"] = statements(clients[name], url)
        found["search (karin, a name)"] = statements(clients["karin"], reverse("search"), {"q": "Sandqvist"})
        return found

    few = count_all()
    assert {page: count for page, count in few.items() if count > LIMIT} == {}
    with behind_the_wall():
        world.grow(10)
    many = count_all()
    assert {page: (few[page], many[page]) for page in few if many[page] > few[page]} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["karin", "nadja"])
def test_the_start_page_keeps_its_budget_while_somebody_has_left(
    name: str, world: BusyWorld, cast: Any, sign_in: Any
) -> None:
    gone = Membership.objects.filter(user__in=[cast.elin, cast.johan])
    gone.update(ends_on=timezone.localdate() - timedelta(days=1))
    client = sign_in(getattr(cast, name))
    assert "Lämna vidare" in client.get(reverse("start")).text
    assert statements(client, reverse("start")) <= LIMIT


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "page", "state"),
    [
        ("karin", "start", ""),
        ("karin", "cases", ""),
        ("karin", "case", "active"),
        ("karin", "case", "queued"),
        ("mats", "case", "announced"),
        ("johan", "case", "draft"),
        ("johan", "case", "handed_over"),
        ("nadja", "case", "handed_over"),
        ("karin", "case", "consultation"),
        ("karin", "case", "offered"),
        ("karin", "case", "placed"),
        ("elin", "cases", ""),
        ("johan", "start", ""),
        ("elin", "start", ""),
    ],
)
def test_what_is_opened_all_day_works_out_no_question_anew(
    name: str, page: str, state: str, world: BusyWorld, cast: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the models make of a question costs more than asking it: a page asks what it remembers (decision 0024).

    But for what is seldom: a protected person's page, and a start page while somebody of the unit has left.
    """
    monkeypatch.setattr(Remembered, "doubts", 0)
    url = filled({pattern.name: address for address, pattern in addresses()}[page], world.arguments(state))
    client = sign_in(getattr(cast, name))
    client.get(url)
    worked_out: list[str] = []

    def counted(compiler: SQLCompiler, *given: Any, **more: Any) -> Any:
        made = as_sql(compiler, *given, **more)
        if compiler.query.model is not Session:
            worked_out.append(made[0])
        return made

    as_sql = SQLCompiler.as_sql
    monkeypatch.setattr(SQLCompiler, "as_sql", counted)
    assert client.get(url).status_code == 200
    assert [one[:160] for one in worked_out] == []
