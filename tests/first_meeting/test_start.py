"""From a place to the start: supervisor, decision on the service, first meeting, papers (S9, S12, L11)."""

import io
import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import icalendar
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from pypdf import PdfReader

from knutpunkten.cases.models import Case
from knutpunkten.consents.models import Consent
from knutpunkten.documents.models import StoredFile
from knutpunkten.first_meeting.models import FirstMeeting, ServiceDecision, Signature
from knutpunkten.first_meeting.rules import WEEKDAYS
from knutpunkten.notices.models import Notice
from knutpunkten.organisations.calendar import add_working_days, free_day
from knutpunkten.organisations.models import Membership, Role, RoutineDocument
from knutpunkten.routine import engine
from knutpunkten.ui.dates import weekday_iso
from tests import builders
from tests.builders import ALL, make_person
from tests.conftest import behind_the_wall, take_step
from tests.standing import standing

TODAY = timezone.localdate()
STARTS_ON = add_working_days(TODAY, 5)
FREE = next(day for day in (TODAY + timedelta(days=n) for n in range(1, 8)) if free_day(day))


def text(response: Any) -> str:
    return response.content.decode()


def url(case: Any, step: str) -> str:
    return reverse("step", args=[case.pk, step])


def post(client: Any, case: Any, step: str, **answers: Any) -> Any:
    return client.post(url(case, step), {"version": fresh(case).version, **answers})


def fresh(case: Any) -> Case:
    with behind_the_wall():
        return Case.objects.get(pk=case.pk)


@standing
def placed(cast):
    now = timezone.now()
    with behind_the_wall():
        return builders.make_case(cast, "placed", notice_given_at=now, notice_confirmed_at=now, placed_at=now)


@standing
def allocated(cast):
    with behind_the_wall():
        return builders.make_case(cast, "allocated", placed_at=timezone.now())


@pytest.mark.clause("S14")
def test_a_supervisor_is_changed_for_another_than_the_present(cast, sign_in, allocated):
    karin = sign_in(cast.karin)
    page = text(karin.get(url(allocated, "change_supervisor")))
    assert f"Nu: {cast.elin.name}." in page
    assert str(cast.peter.pk) in page
    assert str(cast.elin.pk) not in page
    same = post(karin, allocated, "change_supervisor", supervisor=cast.elin.pk)
    assert "Välj en handledare i listan" in text(same)
    with behind_the_wall():
        Membership.objects.filter(role=Role.SUPERVISOR).exclude(user=cast.elin).delete()
    assert "Insatsen har ingen annan handledare med konto." in text(karin.get(url(allocated, "change_supervisor")))


@pytest.mark.clause("W3", "L11")
def test_whose_last_day_as_supervisor_is_today_is_given_no_case(cast, sign_in, placed):
    karin = sign_in(cast.karin)
    for last, is_listed in ((TODAY + timedelta(days=1), True), (TODAY, False)):
        with behind_the_wall():
            Membership.objects.filter(user=cast.elin).update(ends_on=last)
        assert (str(cast.elin.pk) in text(karin.get(url(placed, "allocate")))) is is_listed
    assert "Välj en handledare i listan" in text(post(karin, placed, "allocate", supervisor=cast.elin.pk))


@pytest.mark.clause("S14")
def test_a_supervisor_is_so_since_the_day_they_took_over(cast, sign_in, allocated):
    page = reverse("case", args=[allocated.pk])
    johan, since = sign_in(cast.johan), timezone.now() - timedelta(days=90)
    with behind_the_wall():
        Case.objects.filter(pk=allocated.pk).update(allocated_at=since)
    assert f"Elin Strand, sedan {timezone.localdate(since)}" in strip_tags(text(johan.get(page)))
    post(sign_in(cast.karin), allocated, "change_supervisor", supervisor=cast.peter.pk)
    assert f"Peter Ågren, sedan {timezone.localdate()}" in strip_tags(text(johan.get(page)))


@standing
def booked(allocated, cast):
    """A first meeting earlier today."""
    take_step(allocated, "book_first_meeting", cast.elin, **BOOKING, known=[cast.johan.pk])
    return fresh(allocated)


BOOKED = add_working_days(TODAY, 1)
BOOKING = {
    "day": BOOKED.isoformat(),
    "starts": "09:00",
    "ends": "10:00",
    "place": "Hamngatan 3, rum Björkö",
    "others": "Berit Sand, god man\n\nKarl",
}
HELD = {
    "held_on": TODAY.isoformat(),
    "starts_on": STARTS_ON.isoformat(),
    "planned_end_on": "",
    "weekly_hours": "12",
    "fewer_hours_reason": "",
    "weekdays": ["0", "1", "2", "3", "4"],
    "content": "7TJUGO och snickeri i liten skala",
    "contract_on": TODAY.isoformat(),
    "contract_witness": "Elin Strand",
    "privacy_given": "signed",
    "privacy_on": TODAY.isoformat(),
    "privacy_witness": "Elin Strand",
}


@pytest.mark.clause("L11")
def test_the_coordinator_allocates_and_the_supervisor_sees_that_it_is_their_turn_to_book(
    cast, sign_in, placed, make_case
):
    make_case("active", supervisor=cast.peter)
    karin = sign_in(cast.karin)

    page = text(karin.get(url(placed, "allocate")))
    assert "Elin Strand, har inga deltagare nu" in page
    assert "Peter Ågren, har 1 deltagare nu" in page
    assert "Olle Frisk" not in page  # of the other programme
    assert post(karin, placed, "allocate", supervisor=cast.elin.pk).status_code == 302

    case = fresh(placed)
    assert (case.state, case.supervisor) == ("allocated", cast.elin)
    assert "Ärendet har fått en handledare" in text(sign_in(cast.elin).get(reverse("inbox")))
    assert "Ärendet har fått en handledare" in text(sign_in(cast.johan).get(reverse("inbox")))
    with behind_the_wall():
        assert case.turns.filter(step="book_first_meeting", user=cast.elin).exists()


def test_in_a_programme_without_supervisors_the_page_says_so_and_has_nothing_to_send(cast, sign_in, placed):
    button = '<button class="ds-button" type="submit">Utse'
    karin = sign_in(cast.karin)
    assert button in text(karin.get(url(placed, "allocate")))
    with behind_the_wall():
        Membership.objects.filter(role=Role.SUPERVISOR, programme=cast.knutpunkten).delete()
    page = text(karin.get(url(placed, "allocate")))
    assert "Insatsen har ingen handledare med konto." in page
    assert button not in page


@pytest.mark.parametrize("chosen", ["", "nobody", "karin", "olle"])
def test_only_a_supervisor_of_the_programme_can_be_chosen(cast, sign_in, placed, chosen):
    value = getattr(cast, chosen).pk if chosen in ("karin", "olle") else chosen
    page = post(sign_in(cast.karin), placed, "allocate", supervisor=value)
    assert "Välj en handledare" in text(page)
    assert fresh(placed).state == "placed"


@pytest.mark.clause("S12")
def test_the_caseworker_registers_their_own_decision_on_the_service(cast, sign_in, allocated):
    johan = sign_in(cast.johan)
    answer = post(
        johan,
        allocated,
        "service_decision",
        decided_on=TODAY.isoformat(),
        by_whom="Johan Wik",
        own_reference="IFO 2026:118",
        until="",
    )
    assert answer.status_code == 302
    assert "utsedd" not in johan.get(answer.url).text, "the supervisor is named already"
    assert fresh(allocated).service_decision_on == TODAY
    with behind_the_wall():
        decision = ServiceDecision.objects.get()
    assert (decision.by_whom, decision.own_reference, decision.author_unit) == (
        "Johan Wik",
        "IFO 2026:118",
        allocated.referring_unit,
    )
    assert "Beslut om insats är registrerat" in text(sign_in(cast.elin).get(reverse("inbox")))


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"decided_on": ""}, "Skriv vilket datum beslutet togs"),
        ({"decided_on": "16/11 2026"}, "Skriv datumet som ÅÅÅÅ-MM-DD"),
        ({"decided_on": (TODAY + timedelta(days=1)).isoformat()}, "inte ligger i framtiden"),
        ({"own_reference": ""}, "Skriv er egen beteckning"),
        ({"by_whom": "x" * 121}, "högst 120 tecken"),
        ({"until": (TODAY - timedelta(days=1)).isoformat()}, "inte ligger före beslutet"),
        ({"decided_on": "2019-01-01"}, "kontrollera året: det är mer än ett år innan remissen påbörjades"),
        ({"decided_on": "2020-01-01", "until": "2020-06-30"}, "Kontrollera slutdatumet: beslutet gällde till"),
    ],
)
def test_a_wrong_decision_is_explained_and_not_written(cast, sign_in, allocated, answers, sentence):
    right = {"decided_on": TODAY.isoformat(), "by_whom": "Johan Wik", "own_reference": "IFO 2026:118", "until": ""}
    page = post(sign_in(cast.johan), allocated, "service_decision", **{**right, **answers})
    assert page.status_code == 200
    assert sentence in text(page)
    with behind_the_wall():
        assert not ServiceDecision.objects.exists()


def test_nobody_else_decides_for_the_caseworkers_authority(cast, sign_in, allocated):
    for user in (cast.elin, cast.karin, cast.nadja, cast.mats):
        assert post(sign_in(user), allocated, "service_decision", decided_on=TODAY.isoformat()).status_code == 404
    assert fresh(allocated).service_decision_on is None


@pytest.mark.clause("S9", "L11")
def test_the_supervisor_books_the_first_meeting_with_those_around_the_person(cast, sign_in, allocated):
    elin = sign_in(cast.elin)
    page = text(elin.get(url(allocated, "book_first_meeting")))
    for name in ("Johan Wik", "Elin Strand", "Mats Lindahl", "Ulrika Fors"):
        assert name in page
    assert "Helena Ros" not in page  # her unit is no party

    answer = post(elin, allocated, "book_first_meeting", **BOOKING, known=[cast.johan.pk, cast.elin.pk, cast.mats.pk])

    assert answer.status_code == 302
    case = fresh(allocated)
    assert timezone.localtime(case.first_meeting_at).strftime("%H:%M") == "09:00"
    with behind_the_wall():
        meeting = FirstMeeting.objects.get()
    assert [one["name"] for one in meeting.invited] == [
        "Deltagaren",
        "Elin Strand",
        "Johan Wik",
        "Mats Lindahl",
        "Berit Sand",
        "Karl",
    ]
    assert {"name": "Berit Sand", "role": "god man", "user": None} in meeting.invited
    for user in (cast.johan, cast.mats):
        assert "Första mötet är bokat" in text(sign_in(user).get(reverse("inbox")))
    with behind_the_wall():
        told = Notice.objects.filter(event="book_first_meeting").values_list("user", flat=True)
        assert sorted(told, key=str) == sorted([cast.johan.pk, cast.mats.pk], key=str)  # once each, and not who booked

    seen = case.version - 1
    stale = post(elin, allocated, "book_first_meeting", **BOOKING, known=[cast.mats.pk, cast.elin.pk], version=seen)
    invited = "Vilka bjuds in, förutom deltagaren?</strong><br>Mats Lindahl, "
    assert (stale.status_code, invited in text(stale)) == (409, True), "to be copied"

    later = add_working_days(TODAY, 3)
    post(
        elin,
        allocated,
        "book_first_meeting",
        **BOOKING | {"day": later, "starts": "10:30", "ends": "11:30"},
        known=[cast.mats.pk],
    )
    for user in (cast.johan, cast.mats):  # the caseworker too, whom the step tells
        inbox = text(sign_in(user).get(reverse("inbox")))
        assert (
            f"Första mötet är flyttat från {weekday_iso(BOOKED)} kl. 09:00 till {weekday_iso(later)} kl. 10:30" in inbox
        )
    post(elin, allocated, "book_first_meeting", **BOOKING | {"day": later}, known=[cast.ulrika.pk])
    assert "Du är inte längre inbjuden till ett första möte" in text(sign_in(cast.mats).get(reverse("inbox")))
    with behind_the_wall():
        assert not Notice.objects.filter(event="not_invited", user__in=[cast.ulrika, cast.elin]).exists()


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"day": ""}, "Skriv vilken dag mötet är"),
        ({"day": "2026-02-30"}, "Kontrollera datumet:"),
        ({"day": "2020-01-07"}, "Skriv dagens datum eller ett senare"),
        ({"day": FREE.isoformat()}, f"Välj en vardag: {FREE} är {free_day(FREE)}"),
        ({"day": (TODAY + timedelta(days=366)).isoformat()}, "Skriv ett datum inom ett år"),
        ({"day": TODAY.isoformat(), "starts": "00:00"}, "Klockslaget har redan varit idag."),
        ({"starts": "nio"}, "Skriv klockslaget som TT:MM"),
        ({"ends": "08:30"}, "senare än när mötet börjar"),
        ({"place": ""}, "Skriv var ni ses"),
        ({"others": "x" * 1001}, "högst 1000 tecken"),
        ({"others": "\nBerit Sand\n, god man"}, "Skriv ett namn på rad 3"),
    ],
)
def test_a_wrong_booking_is_explained_and_what_was_typed_stays(cast, sign_in, allocated, answers, sentence):
    page = post(sign_in(cast.elin), allocated, "book_first_meeting", **{**BOOKING, "known": [cast.johan.pk], **answers})
    assert page.status_code == 200
    assert sentence in re.sub(r"<[^>]+>", "", text(page))
    if "place" not in answers:
        assert "Hamngatan 3, rum Björkö" in text(page)
    with behind_the_wall():
        assert not FirstMeeting.objects.exists()


def test_who_invites_nobody_with_an_account_is_told_to_get_in_touch_themself(cast, sign_in, allocated):
    elin = sign_in(cast.elin)

    def told(*known: Any) -> str:
        post(elin, allocated, "book_first_meeting", **BOOKING, known=[user.pk for user in known])
        return tagless(text(elin.get(reverse("case", args=[allocated.pk]))))

    assert "Ingen av de inbjudna har konto: hör av dig till dem själv." in told(cast.elin)
    assert "De inbjudna får veta det" in told(cast.johan)


def test_a_line_of_nothing_but_commas_invites_nobody(cast, sign_in, allocated):
    others = "Berit Sand, , god man\n,\n  \nKarl,"
    assert post(sign_in(cast.elin), allocated, "book_first_meeting", **BOOKING | {"others": others}).status_code == 302
    with behind_the_wall():
        guests = [(one["name"], one["role"]) for one in FirstMeeting.objects.get().invited[1:]]
    assert guests == [("Berit Sand", "god man"), ("Karl", "")]


def test_a_first_meeting_is_not_booked_on_a_day_that_has_been(cast, sign_in, allocated):
    with behind_the_wall():
        Case.objects.filter(pk=allocated.pk).update(allocated_at=timezone.now() - timedelta(days=9))
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    page = post(sign_in(cast.elin), allocated, "book_first_meeting", **{**BOOKING, "day": yesterday})
    assert "Skriv dagens datum eller ett senare" in text(page)
    assert fresh(allocated).first_meeting_at is None


def test_somebody_not_around_the_case_cannot_be_invited_by_a_forged_id(cast, sign_in, allocated):
    page = post(sign_in(cast.elin), allocated, "book_first_meeting", **BOOKING, known=[cast.helena.pk])
    assert "Välj bland dem som finns runt ärendet" in text(page)
    assert fresh(allocated).first_meeting_at is None


def test_booking_anew_takes_the_place_of_the_earlier_time(cast, sign_in, booked):
    assert (
        post(
            sign_in(cast.elin), booked, "book_first_meeting", **{**BOOKING, "starts": "13:00", "ends": "14:00"}
        ).status_code
        == 302
    )
    with behind_the_wall():
        assert FirstMeeting.objects.filter(cancelled_at__isnull=False).count() == 1
        assert timezone.localtime(FirstMeeting.objects.get(cancelled_at__isnull=True).starts_at).hour == 13
    assert timezone.localtime(fresh(booked).first_meeting_at).hour == 13


def test_where_they_met_before_the_day_agreed_the_day_that_has_not_been_is_not_filled_in(cast, sign_in, booked):
    elin, ahead = sign_in(cast.elin), add_working_days(TODAY, 2).isoformat()
    assert post(elin, booked, "book_first_meeting", **{**BOOKING, "day": ahead}).status_code == 302
    assert f'name="held_on" value="{TODAY}"' in text(elin.get(url(booked, "hold_first_meeting")))


@pytest.mark.clause("S9", "L11")
def test_at_the_first_meeting_contract_start_hours_and_content_are_agreed(cast, sign_in, booked):
    elin = sign_in(cast.elin)
    scan = SimpleUploadedFile(
        "kontrakt.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "application/pdf"
    )
    answer = post(elin, booked, "hold_first_meeting", **HELD, contract_scan=scan)
    assert answer.status_code == 302, text(answer)

    case = fresh(booked)
    starts_on = STARTS_ON
    assert (case.first_meeting_held_on, case.contract_on, case.privacy_on, case.started_on) == (
        TODAY,
        TODAY,
        TODAY,
        starts_on,
    )
    assert case.planned_end_on == starts_on.replace(year=starts_on.year + 1)
    assert case.state == "allocated"
    with behind_the_wall():
        meeting = FirstMeeting.objects.get()
        assert (meeting.weekly_hours, meeting.weekdays, meeting.content) == (12, [0, 1, 2, 3, 4], HELD["content"])
        contract = Signature.objects.get(what="contract")
        assert (contract.witness, contract.scan.name) == ("Elin Strand", "kontrakt.pdf")
        assert StoredFile.objects.get().disclosed_at is None

    # Not before the caseworker's own decision: then it starts (S12).
    assert "Beslut om insats saknas" in text(post(elin, booked, "start"))
    johan = sign_in(cast.johan)
    post(
        johan,
        booked,
        "service_decision",
        decided_on=TODAY.isoformat(),
        by_whom="Johan Wik",
        own_reference="IFO 2026:118",
    )
    # Nor before the day they agreed on, unless that is changed.
    refused = text(post(elin, booked, "start"))
    assert f"Ni kom överens om att börja {starts_on}" in tagless(refused)
    assert "Beslut om insats saknas" not in refused
    post(elin, booked, "amend_first_meeting", **{**HELD, "starts_on": TODAY.isoformat()}, reason="Orkar börja nu.")
    assert post(elin, booked, "start").status_code == 302
    assert fresh(booked).state == "active"


@pytest.mark.clause("S9", "W2")
def test_it_starts_on_the_day_agreed_and_is_not_late_before_it(cast, sign_in, booked, take):
    elin = sign_in(cast.elin)
    take(booked, "service_decision", cast.johan, decided_on=TODAY.isoformat(), by_whom="J W", own_reference="1")
    before = text(elin.get(reverse("case", args=[booked.pk])))
    assert "Startdatum är inte bestämt." in before
    assert "Startdagen har kommit" not in before
    take(booked, "hold_first_meeting", cast.elin, **HELD)
    with behind_the_wall():
        assert [turn.due_on for turn in booked.turns.filter(step="start")] == [STARTS_ON]
    page = text(elin.get(url(booked, "start")))
    assert f'href="{url(booked, "amend_first_meeting")}"' in page
    assert "Du ordnar det." in page
    with pytest.raises(engine.NotYet):
        take(booked, "start", cast.elin, at=timezone.now() + (STARTS_ON - TODAY) - timedelta(days=1))
    take(booked, "start", cast.elin, at=timezone.now() + (STARTS_ON - TODAY))
    assert fresh(booked).state == "active"


@pytest.mark.clause("S9")
def test_who_does_not_want_to_sign_the_privacy_notice_is_informed_all_the_same(cast, sign_in, booked):
    elin = sign_in(cast.elin)
    post(elin, booked, "hold_first_meeting", **{**HELD, "privacy_given": "informed"})
    with behind_the_wall():
        assert Signature.objects.get(what="privacy").is_signed is False
    assert fresh(booked).privacy_on == TODAY
    *_, notice = PdfReader(io.BytesIO(elin.get(reverse("contract_pdf", args=[booked.pk])).content)).pages
    paper = " ".join(notice.extract_text().split())
    assert f"Informerad {TODAY}. Bevittnat av {cast.elin.name}. Personen ville inte skriva under." in paper


def a_scan(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "application/pdf")


SCANS = ("Inskannat kontrakt", "Inskannad information")


@pytest.mark.clause("S9")
def test_the_scanned_papers_are_a_link_away_for_the_unit_that_keeps_them_and_for_no_other(cast, sign_in, booked):
    elin = sign_in(cast.elin)
    scans = {"contract_scan": a_scan("kontrakt.pdf"), "privacy_scan": a_scan("dataskydd.pdf")}
    assert post(elin, booked, "hold_first_meeting", **HELD, **scans).status_code == 302
    for user in (cast.elin, cast.karin):
        page = text(sign_in(user).get(reverse("case", args=[booked.pk])))
        for words, name in zip(SCANS, ("kontrakt.pdf", "dataskydd.pdf"), strict=True):
            address = re.search(rf'href="([^"]+)">{words}<', page)[1]
            assert name in sign_in(user).get(address).headers["Content-Disposition"]
    for user in (cast.johan, cast.mats):
        page = text(sign_in(user).get(reverse("case", args=[booked.pk])))
        assert f"Påskrivet {TODAY}" in tagless(page)
        assert not [words for words in SCANS if words in page]


def test_a_paper_that_was_not_scanned_or_is_taken_away_has_no_link(cast, sign_in, booked):
    post(sign_in(cast.elin), booked, "hold_first_meeting", **HELD, contract_scan=a_scan("kontrakt.pdf"))
    address = reverse("case", args=[booked.pk])
    page = text(sign_in(cast.elin).get(address))
    assert [words for words in SCANS if words in page] == ["Inskannat kontrakt"]
    with behind_the_wall():
        StoredFile.objects.update(removed_at=timezone.now())
    assert "Inskannat kontrakt" not in text(sign_in(cast.elin).get(address))


@pytest.mark.clause("S9")
@pytest.mark.parametrize(
    ("given", "words"),
    [("informed", f"Informerad {TODAY}, ville inte skriva under"), ("signed", f"Lämnad {TODAY}")],
)
def test_the_case_says_whether_the_privacy_notice_was_signed(cast, sign_in, make_case, take, given, words):
    parties = {"Försörjningsstöd": ALL, "Knutpunktsteamet": ALL, "Arbetsförmedlingen": ["grund", "arbetsmarknad"]}
    case = make_case("allocated", parties=parties, placed_at=timezone.now())
    take(case, "book_first_meeting", cast.elin, **BOOKING)
    take(case, "hold_first_meeting", cast.elin, **{**HELD, "privacy_given": given})
    for user in (cast.elin, cast.johan, cast.mats):  # Mats has no part in the planning
        assert words in tagless(text(sign_in(user).get(reverse("case", args=[case.pk]))))


def tagless(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def test_what_was_signed_is_written_and_not_presumed_and_a_scan_is_voluntary(cast, sign_in, booked):
    answer = sign_in(cast.elin).get(url(booked, "hold_first_meeting"))
    claims = ("contract_on", "contract_witness", "privacy_on", "privacy_witness")
    assert {answer.context["form"][name].value() for name in claims} == {None}
    page = text(answer)
    assert page.count("Frivilligt. PDF eller bild, högst 10 MB.") == 2
    assert "vänta med" not in page


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"held_on": (TODAY + timedelta(days=1)).isoformat()}, "inte ligger i framtiden"),
        ({"held_on": (TODAY - timedelta(days=400)).isoformat()}, "Kontrollera när mötet hölls: handledaren utsågs"),
        ({"starts_on": (TODAY - timedelta(days=1)).isoformat()}, "inte ligger före mötet"),
        ({"starts_on": (TODAY + timedelta(days=366)).isoformat()}, "Startdatum är mer än ett år efter mötet"),
        ({"starts_on": FREE.isoformat()}, f"Välj en av dagarna ni kom överens om: {FREE} är {free_day(FREE)}"),
        (
            {"weekdays": [str(day) for day in range(5) if day != STARTS_ON.weekday()]},
            f"Välj en av dagarna ni kom överens om: {STARTS_ON} är en {WEEKDAYS[STARTS_ON.weekday()]}",
        ),
        ({"privacy_on": "2020-01-01"}, "Informationen lämnad den: skriv en dag från och med remissen, "),
        ({"contract_on": "2020-01-01"}, "Kontraktet påskrivet den: skriv en dag från och med remissen, "),
        ({"planned_end_on": TODAY.isoformat()}, "Skriv ett avslut efter starten"),
        ({"planned_end_on": (TODAY + timedelta(days=1097)).isoformat()}, "Planerat avslut är mer än tre år bort"),
        ({"weekly_hours": "8"}, "Skriv varför det blir mindre än 10 timmar"),
        ({"weekly_hours": "12", "weekdays": ["2"]}, "12 timmar ryms inte på en dag i veckan"),
        ({"weekly_hours": "tio"}, "Skriv hela timmar, till exempel 10"),
        ({"weekly_hours": "8,5"}, "Skriv hela timmar, till exempel 10"),
        ({"weekdays": []}, "Kryssa i minst en dag"),
        ({"weekdays": ["6"]}, "Välj ett av alternativen"),
        ({"content": ""}, "Skriv vad ni kom överens om"),
        ({"contract_on": ""}, "Skriv vilken dag kontraktet skrevs på"),
        ({"privacy_given": ""}, "Välj hur dataskyddsinformationen lämnades"),
        ({"contract_scan": SimpleUploadedFile("kontrakt.pdf", b"MZ program")}, "innehållet är något annat"),
    ],
)
def test_a_wrong_first_meeting_is_explained_and_nothing_is_half_written(cast, sign_in, booked, answers, sentence):
    page = post(sign_in(cast.elin), booked, "hold_first_meeting", **{**HELD, **answers})
    assert page.status_code == 200
    assert sentence in tagless(text(page))
    with behind_the_wall():
        assert not Signature.objects.exists()
    assert fresh(booked).first_meeting_held_on is None


def test_fewer_hours_go_with_a_reason(cast, sign_in, booked):
    answer = post(
        sign_in(cast.elin),
        booked,
        "hold_first_meeting",
        **{**HELD, "weekly_hours": "8", "fewer_hours_reason": "Trappas upp"},
    )
    assert answer.status_code == 302
    with behind_the_wall():
        assert FirstMeeting.objects.get().fewer_hours_reason == "Trappas upp"


def test_a_reason_for_fewer_hours_is_kept_only_of_fewer_hours(cast, sign_in, booked):
    post(sign_in(cast.elin), booked, "hold_first_meeting", **{**HELD, "fewer_hours_reason": "Trappas upp"})
    assert "Trappas upp" not in text(sign_in(cast.elin).get(reverse("case", args=[booked.pk])))
    with behind_the_wall():
        assert FirstMeeting.objects.get().weekly_hours == 12


def test_a_meeting_that_is_not_booked_cannot_be_held(cast, sign_in, allocated):
    page = post(sign_in(cast.elin), allocated, "hold_first_meeting", **HELD)
    assert "Första mötet är inte bokat" in text(page)
    with behind_the_wall():
        assert not Signature.objects.exists()


@pytest.mark.clause("S9")
def test_contract_and_privacy_notice_are_printed_to_sign(cast, sign_in, booked):
    answer = sign_in(cast.elin).get(reverse("contract_pdf", args=[booked.pk]))
    assert answer.headers["Content-Type"] == "application/pdf"
    printed = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Kontrakt" in printed
    assert booked.last_name in printed
    assert "Elin Strand" in printed
    assert "Dina uppgifter" in printed  # the privacy notice in force


def test_once_signed_the_privacy_notice_is_printed_as_it_was_whatever_version_has_come_since(cast, sign_in, booked):
    elin = sign_in(cast.elin)
    post(elin, booked, "hold_first_meeting", **HELD)
    with behind_the_wall():
        Signature.objects.update(on_date=TODAY - timedelta(days=1))
        since = RoutineDocument.objects.filter(programme=booked.programme, which="dataskydd").latest("version")
        since.pk, since.version, since.on_date = uuid4(), 3, TODAY
        since.save(force_insert=True)
    *_, notice = PdfReader(io.BytesIO(elin.get(reverse("contract_pdf", args=[booked.pk])).content)).pages
    assert "2, 2025-02-03" in notice.extract_text()


def test_a_guardian_signs_the_contract_and_the_notice_beside_the_person(cast, sign_in, booked):
    with behind_the_wall():
        Consent.objects.filter(case=booked).update(guardian="Berit Sand, god man")
    answer = sign_in(cast.elin).get(reverse("contract_pdf", args=[booked.pk]))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]
    assert [page.count("Berit Sand") for page in pages if "Underskrift" in page] == [1, 1]


def test_a_protected_person_is_not_named_on_paper(cast, sign_in, make_case):
    with behind_the_wall():
        hidden = make_person("Skyddad", "Namnsson", "197805109316", protection="sekretessmarkering")
    case = make_case("allocated", person=hidden, placed_at=timezone.now())
    answer = sign_in(cast.elin).get(reverse("contract_pdf", args=[case.pk]))
    printed = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Namnsson" not in printed
    assert case.number in printed


def test_the_papers_are_for_those_who_share_the_planning(cast, sign_in, make_case):
    parties = {"Försörjningsstöd": ALL, "Knutpunktsteamet": ALL, "Arbetsförmedlingen": ["grund", "arbetsmarknad"]}
    case = make_case("allocated", parties=parties, placed_at=timezone.now())
    address = reverse("contract_pdf", args=[case.pk])
    assert sign_in(cast.johan).get(address).status_code == 200
    assert sign_in(cast.mats).get(address).status_code == 404  # a party, but not in planning
    assert sign_in(cast.helena).get(address).status_code == 404  # no party
    assert sign_in(cast.peter).get(address).status_code == 404  # another's case


def test_the_meeting_for_the_calendar_says_nothing_of_whom(cast, sign_in, booked):
    answer = sign_in(cast.johan).get(reverse("first_meeting_ics", args=[booked.pk]))
    event = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == "Möte, Knutpunkten"
    assert str(event["LOCATION"]) == BOOKING["place"]
    content = answer.content.decode()
    for secret in (booked.number, booked.first_name, booked.last_name, "Berit"):
        assert secret not in content
    assert sign_in(cast.helena).get(reverse("first_meeting_ics", args=[booked.pk])).status_code == 404


def test_there_is_no_file_for_a_meeting_that_is_not_booked(cast, sign_in, allocated):
    assert sign_in(cast.elin).get(reverse("first_meeting_ics", args=[allocated.pk])).status_code == 404


@pytest.mark.parametrize("step", ["book_first_meeting", "hold_first_meeting"])
def test_the_example_of_a_day_to_come_is_yet_to_come(cast, sign_in, booked, step):
    page = re.sub(r"<[^>]+>", "", text(sign_in(cast.elin).get(url(booked, step))))
    example = re.search(r"(?:Datum|Första dagen), till exempel ([0-9-]{10})", page)[1]
    assert example > TODAY.isoformat()
    assert not free_day(date.fromisoformat(example))


def test_a_meeting_that_is_booked_is_moved_and_is_not_said_to_be_booked_again(cast, sign_in, allocated, booked):
    elin = sign_in(cast.elin)
    case = text(elin.get(reverse("case", args=[booked.pk])))
    assert "Flytta första mötet" in case
    assert "Boka första mötet" not in case
    page = text(elin.get(url(booked, "book_first_meeting")))
    assert "Flytta första mötet</h1>" in page
    assert 'type="submit">Flytta första mötet</button>' in page


def test_a_meeting_that_is_moved_begins_with_what_was_booked(cast, sign_in, booked):
    page = text(sign_in(cast.elin).get(url(booked, "book_first_meeting")))
    for value in (BOOKED.isoformat(), "09:00", "10:00", "Hamngatan 3, rum Björkö"):
        assert f'value="{value}"' in page
    assert "Berit Sand, god man\nKarl</textarea>" in page


def test_nobody_has_started_before_the_step_that_starts(cast, take, sign_in, booked):
    elin = sign_in(cast.elin)
    take(booked, "hold_first_meeting", cast.elin, **HELD)
    held = text(elin.get(reverse("case", args=[booked.pk])))
    assert "Startad" not in held
    assert "Från <span" in held  # the day it will start, on the road
    assert fresh(booked).started_on is not None
