"""Study visits on screen: the agencies book, the coordinator keeps the calendar (S2, L8)."""

import re
from datetime import date, timedelta
from uuid import uuid4

import icalendar
import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.audit.models import Entry
from knutpunkten.organisations.calendar import add_working_days, free_day
from knutpunkten.organisations.models import Association, Programme, User
from knutpunkten.ui.dates import clock, weekday_iso
from knutpunkten.visits.actions import plan_slots
from knutpunkten.visits.models import Booking, Slot
from tests.conftest import behind_the_wall
from tests.settings_pages import settings_of

ANSWERS = {"how_many": "2", "phone": "070-174 06 20", "interpreter": "", "accessibility": "", "own_reference": ""}


def text(response) -> str:
    return response.content.decode()


@pytest.mark.clause("S2", "L8")
def test_the_caseworker_books_an_odd_week_tuesday_and_sees_whom_to_call(cast, sign_in):
    with behind_the_wall():
        plan_slots(cast.knutpunkten, timezone.localdate() + timedelta(days=80), timezone.now())
        slot = Slot.objects.filter(state="open", starts_at__gt=timezone.now()).first()
    johan = sign_in(cast.johan)

    page = text(johan.get(reverse("visits")))
    assert "Karin Hallgren" in page
    assert "070-174 06 10" in page
    assert cast.karin.email in page
    day = timezone.localdate(slot.starts_at)
    assert day.weekday() == 1
    assert day.isocalendar().week % 2 == 1
    assert day.isoformat() in page

    answer = johan.post(
        reverse("book_visit"), {**ANSWERS, "slot": slot.pk, "interpreter": "somaliska", "own_reference": "besök 3"}
    )

    assert answer.status_code == 302
    booking = Booking.objects.get()
    assert (booking.how_many, booking.interpreter, booking.unit) == (2, "somaliska", cast.unit("Försörjningsstöd"))
    slot.refresh_from_db()
    assert slot.taken == 2
    assert "tolk: somaliska" in text(sign_in(cast.karin).get(reverse("visits")))


def test_another_associations_times_are_neither_shown_nor_booked(cast, sign_in, slot):
    time, johan = slot(programme=cast.lis), sign_in(cast.johan)
    assert cast.agneta.email in text(johan.get(reverse("visits")))
    User.objects.filter(pk=cast.agneta.pk).update(is_active=False)
    shown = text(johan.get(reverse("visits")))
    assert cast.agneta.email not in shown, "nobody answers there"
    assert "Knutpunkten LIS har ingen samordnare just nu." in shown
    with behind_the_wall():
        cast.lis.association = Association.objects.create(name="Samordningsförbundet Annat")
        cast.lis.save()
    assert "Knutpunkten LIS" not in text(johan.get(reverse("visits")))
    assert johan.post(reverse("book_visit"), {**ANSWERS, "slot": time.pk}).status_code == 200
    assert not Booking.objects.exists()
    Programme.objects.update(association=cast.lis.association)  # his own has none left
    for name in ("visits", "book_visit", "new_referral"):
        shown = text(johan.get(reverse(name)))
        assert "Ingen insats än" in shown, name
        assert "Ring " not in shown, name


@pytest.mark.clause("S2")
def test_the_coordinator_books_for_a_caseworker_who_calls(cast, sign_in, slot):
    time, karin = slot(), sign_in(cast.karin)
    hat = cast.johan.memberships.get()
    asked = {**ANSWERS, "slot": time.pk, "caller": hat.pk, "phone": ""}
    assert "Välj en handläggare i listan" in text(karin.post(reverse("book_visit"), asked | {"caller": uuid4()}))
    answer = text(karin.post(reverse("book_visit"), asked, follow=True))
    assert "Besöket är bokat. Johan Wik har fått veta det." in answer
    with behind_the_wall():
        booking = Booking.objects.get()
        log = Entry.objects.get(event="visit_booked_for")
    assert (booking.booked_by, booking.unit, booking.phone) == (cast.johan, hat.unit, cast.johan.phone)
    assert (log.user_id, log.object_id) == (cast.karin.pk, booking.pk)
    johan = sign_in(cast.johan)
    assert reverse("visit_ics", args=[booking.pk]) in text(johan.get(reverse("visits")))
    assert "Ett studiebesök är bokat åt dig" in text(johan.get(reverse("inbox")))
    own = asked | {"caller": ""}
    karin.post(reverse("book_visit"), own)
    with behind_the_wall():
        assert Booking.objects.get(booked_by=cast.karin).phone == cast.karin.phone
        cast.karin.phone = ""
        cast.karin.save()
    assert "Skriv ett telefonnummer till den som följer med" in text(karin.post(reverse("book_visit"), own))


def test_a_coordinator_without_a_telephone_is_written_to_and_no_button_dials_nobody(cast, sign_in):
    with behind_the_wall():
        cast.karin.phone = ""
        cast.karin.save()
    page = text(sign_in(cast.johan).get(reverse("visits")))
    assert cast.karin.email in page
    assert 'href="tel:"' not in page


@pytest.mark.clause("L8")
def test_after_the_visit_the_persons_own_decision_is_written_down(cast, sign_in, booking):
    been = booking(cast.johan, days=-1)
    johan, url = sign_in(cast.johan), reverse("report_visit", args=[been.pk])

    assert "Inte ifyllt än" in text(johan.get(reverse("visits")))
    half = johan.post(url, {"came": "yes", "wish": ""})
    assert "Välj vad personen själv har bestämt" in text(half)
    johan.post(url, {"came": "yes", "wish": "apply"})

    been.refresh_from_db()
    assert (been.came, been.wish) == (True, "apply")
    assert "Vill ansöka" in text(sign_in(cast.karin).get(reverse("visits")))


def test_who_did_not_come_has_decided_nothing(cast, sign_in, booking):
    been = booking(cast.johan, days=-1)
    sign_in(cast.johan).post(reverse("report_visit", args=[been.pk]), {"came": "no", "wish": "apply"})
    been.refresh_from_db()
    assert (been.came, been.wish) == (False, "")


def test_a_visit_that_has_not_been_cannot_be_reported(cast, sign_in, booking):
    ahead = booking(cast.johan, days=3)
    page = sign_in(cast.johan).post(reverse("report_visit", args=[ahead.pk]), {"came": "yes", "wish": "apply"})
    assert "Besöket har inte varit än" in text(page)
    ahead.refresh_from_db()
    assert ahead.came is None


def test_cancelling_gives_the_seats_back_once(cast, sign_in, booking):
    ahead = booking(cast.johan)
    johan, url = sign_in(cast.johan), reverse("cancel_booking", args=[ahead.pk])
    assert "får veta" not in text(johan.get(url))
    assert "Besöket är avbokat. Platserna är lediga för andra." in text(johan.post(url, follow=True))
    assert "redan avbokad" in text(johan.post(url, follow=True))
    ahead.slot.refresh_from_db()
    assert ahead.slot.taken == 0
    assert "är avbokat" not in text(johan.get(reverse("inbox"))), "one knows what one did oneself"


@pytest.mark.clause("S2", "W3")
def test_a_booking_gets_another_time_and_the_old_one_is_free_at_once(cast, sign_in, booking, slot):
    ahead, free, full, over = booking(cast.johan), slot(8), slot(9, taken=5), slot(-1)
    had, url = ahead.slot, reverse("change_visit_time", args=[ahead.pk])
    johan = sign_in(cast.johan)
    assert url in text(johan.get(reverse("visits")))
    for time, sentence in ((full, "Det är 1 plats kvar den tiden"), (over, "Den tiden går inte att boka längre")):
        assert sentence in text(johan.post(url, {"slot": time.pk, "shown": had.pk}))
    moved = strip_tags(text(johan.post(url, {"slot": free.pk, "shown": had.pk}, follow=True)))
    assert f"Besöket är flyttat till {weekday_iso(free.starts_at)}. Lägg in den nya tiden i kalendern" in moved
    for time in (had, free, full):
        time.refresh_from_db()
    assert (had.taken, free.taken, full.taken) == (0, 2, 5)
    file = icalendar.Calendar.from_ical(johan.get(reverse("visit_ics", args=[ahead.pk])).content)
    assert file.walk("VEVENT")[0]["DTSTART"].dt == free.starts_at.replace(microsecond=0)
    # Another who changes it tells whoever booked.
    asked = sign_in(cast.karin).post(url, {"slot": had.pk, "shown": free.pk}, follow=True)
    assert "Johan Wik har fått veta det." in text(asked)
    assert "Ett studiebesök du har bokat har fått en ny tid" in text(johan.get(reverse("inbox")))


@pytest.mark.clause("S2")
@pytest.mark.parametrize(
    ("mover", "said"), [("karin", "Besöket har flyttats"), ("sara", "Sara Lind har flyttat besöket")]
)
def test_a_visit_that_was_moved_while_the_page_was_open_is_not_moved_again_unseen(
    cast, sign_in, booking, slot, mover, said
):
    ahead, first, second = booking(cast.johan), slot(8), slot(9)
    url, shown = reverse("change_visit_time", args=[ahead.pk]), f'name="shown" value="{ahead.slot_id}"'
    johan, other = sign_in(cast.johan), sign_in(getattr(cast, mover))
    assert shown in text(johan.get(url))
    seen_by_both = {"shown": ahead.slot_id}
    other.post(url, {"slot": first.pk, **seen_by_both})
    refused = text(johan.post(url, {"slot": second.pk, **seen_by_both}))
    when = f"{weekday_iso(first.starts_at)} kl. {clock(first.starts_at)}"
    assert f"{said} till {when} medan du hade sidan öppen. Välj igen." in strip_tags(refused)
    assert f'name="shown" value="{first.pk}"' in refused, "one goes on from what it is now"
    for time in (ahead, first, second):
        time.refresh_from_db()
    assert (ahead.slot_id, first.taken, second.taken) == (first.pk, 2, 0)


@pytest.mark.clause("W3")
@pytest.mark.parametrize("name", ["karin", "nadja"])
def test_who_booked_is_told_when_another_calls_it_off(cast, sign_in, booking, name):
    ahead = booking(cast.johan)
    client, address = sign_in(getattr(cast, name)), reverse("cancel_booking", args=[ahead.pk])
    assert f'<a href="{address}"' in text(client.get(reverse("visits"))).replace(' class="command"', "")
    asked = text(client.get(address))
    assert "Johan Wik har bokat och får veta att det är avbokat." in asked
    ahead.refresh_from_db()
    assert ahead.cancelled_at is None, "asked once before"
    assert "Besöket är avbokat. Johan Wik har fått veta det." in text(client.post(address, follow=True))
    ahead.refresh_from_db()
    assert ahead.cancelled_at is not None
    inbox = text(sign_in(cast.johan).get(reverse("inbox")))
    assert "Ett studiebesök du har bokat är avbokat" in inbox
    assert f"{timezone.localdate(ahead.slot.starts_at)} · Stämmer det inte: boka igen" in strip_tags(inbox)


@pytest.mark.parametrize("name", ["mats", "disa", "agneta"])
def test_a_booking_is_its_units_and_the_teams(cast, sign_in, booking, name):
    ahead = booking(cast.johan, own_reference="besök 3")
    client = sign_in(getattr(cast, name))
    for address in ("report_visit", "visit_ics", "change_visit_time"):
        assert client.get(reverse(address, args=[ahead.pk])).status_code == 404
    assert client.post(reverse("cancel_booking", args=[ahead.pk])).status_code == 404
    assert "besök 3" not in text(client.get(reverse("visits")))
    with behind_the_wall():
        ahead.refresh_from_db()
    assert ahead.cancelled_at is None


def test_a_supervisor_has_no_page_of_visits(cast, sign_in):
    assert sign_in(cast.elin).get(reverse("visits")).status_code == 403


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"how_many": ""}, "Skriv hur många som kommer"),
        ({"how_many": "två"}, "Skriv antalet med siffror"),
        ({"how_many": "0"}, "Skriv minst 1"),
        ({"how_many": "7"}, "Det är 6 platser kvar den tiden"),
        ({"phone": ""}, "Skriv ett telefonnummer där vi når dig"),
        ({"phone": "ring mig"}, "Skriv hela telefonnumret"),
        ({"slot": ""}, "Välj en tid"),
        ({"slot": str(uuid4())}, "Den tiden går inte att boka längre"),
        ({"slot": "inte-en-tid"}, "Den tiden går inte att boka längre"),
        ({"own_reference": "19780411-2394"}, "Ta bort personnumret"),
        ({"accessibility": "rullstol, 7804112394"}, "Ta bort personnumret"),
        ({"interpreter": "x" * 61}, "högst 60 tecken"),
        ({"accessibility": "\x00"}, "utan dolda tecken"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(cast, sign_in, slot, answers, sentence):
    time = slot()
    typed = {**ANSWERS, "slot": str(time.pk), "own_reference": "besök 3", **answers}
    page = sign_in(cast.johan).post(reverse("book_visit"), typed)
    assert page.status_code == 200
    assert sentence in text(page)
    assert f'value="{typed["own_reference"]}"' in text(page)
    assert not Booking.objects.exists()


@pytest.mark.parametrize("state", ["cancelled", "to_confirm"])
def test_only_an_open_time_can_be_booked(cast, sign_in, slot, state):
    time = slot(state=state)
    page = sign_in(cast.johan).post(reverse("book_visit"), {**ANSWERS, "slot": str(time.pk)})
    assert page.status_code == 200
    assert not Booking.objects.exists()


def test_who_booked_sees_what_was_asked_to_be_thought_of(cast, sign_in, booking):
    booking(cast.johan, accessibility="Kommer i rullstol.")
    assert "att tänka på: Kommer i rullstol." in sign_in(cast.johan).get(reverse("visits")).text


def test_the_file_for_the_calendar_says_where_and_when_and_nobody(cast, sign_in, booking):
    ahead = booking(cast.johan, own_reference="besök 3", interpreter="somaliska")
    answer = sign_in(cast.johan).get(reverse("visit_ics", args=[ahead.pk]))
    assert answer.headers["Content-Type"].startswith("text/calendar")
    event = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == "Studiebesök, Knutpunkten"
    assert str(event["LOCATION"]) == cast.knutpunkten.address
    assert "somaliska" not in answer.content.decode()
    assert int(event["SEQUENCE"]) > 0


@pytest.mark.clause("S2")
def test_the_coordinator_decides_what_becomes_of_a_time_on_an_eve(cast, sign_in, slot):
    kept, moved, called_off = (slot(days, state="to_confirm", reason="Trettondagsafton") for days in (20, 21, 22))
    karin = sign_in(cast.karin)
    assert "3 tider behöver bekräftas" in text(karin.get(reverse("visits")))
    johan = sign_in(cast.johan)
    shown = text(johan.get(reverse("visits")))
    assert shown.count("Trettondagsafton. Samordnaren bestämmer om besöket blir av.") == 3
    assert "?tid=" not in shown, "to book"

    karin.post(reverse("confirm_slot", args=[kept.pk]))
    for name in ("visits", "book_visit"):
        assert re.search("6 av 6 platser kvar(, t| · T)rettondagsafton", text(johan.get(reverse(name)))), name
    karin.post(reverse("cancel_slot", args=[called_off.pk]))
    wrong = karin.post(reverse("move_slot", args=[moved.pk]), {"day": "i morgon", "starts": "13:00"})
    assert "Skriv datumet som ÅÅÅÅ-MM-DD" in text(wrong)
    past = karin.post(reverse("move_slot", args=[moved.pk]), {"day": "2020-01-07", "starts": "13:00"})
    assert "Välj en tid som inte har varit" in text(past)
    day = a_working_day()
    answer = karin.post(reverse("move_slot", args=[moved.pk]), {"day": day.isoformat(), "starts": "13:30"}, follow=True)
    assert f"Tiden är flyttad till {weekday_iso(day)}." in re.sub(r"<[^>]+>", "", text(answer))
    assert "har fått veta" not in text(answer), "nobody had booked"

    kept.refresh_from_db()
    called_off.refresh_from_db()
    moved.refresh_from_db()
    shown = text(karin.get(reverse("visits")))
    assert f"Flyttad till {day}" in strip_tags(shown)
    assert shown.count("Inställd") == 1  # of the one called off
    karin.post(reverse("confirm_slot", args=[moved.pk]))
    assert "Flyttad till" not in text(karin.get(reverse("visits")))
    assert (kept.state, called_off.state, moved.state) == ("open", "cancelled", "cancelled")
    assert moved.reason == f"Flyttad till {day}"
    new = Slot.objects.get(state="open", starts_at__date=day)
    assert timezone.localtime(new.starts_at).strftime("%H:%M") == "13:30"
    assert new.ends_at - new.starts_at == timedelta(hours=1)


def a_working_day() -> date:
    """Some weeks ahead."""
    return add_working_days(timezone.localdate() + timedelta(days=29), 1)


FREE = next(day for day in (timezone.localdate() + timedelta(days=n) for n in range(30, 37)) if free_day(day))


@pytest.mark.parametrize(
    ("day", "starts", "sentence"),
    [
        (FREE, "13:00", f"Välj en vardag: {FREE} är {free_day(FREE)}"),
        (FREE, "23:30", "Välj en tid på dagen: 07:00 till 19:00"),
    ],
)
def test_a_visit_is_moved_to_no_free_day_and_to_no_night(cast, sign_in, booking, day, starts, sentence):
    ahead = booking(cast.johan)
    before = ahead.slot_id
    answer = sign_in(cast.karin).post(reverse("move_slot", args=[ahead.slot_id]), {"day": day, "starts": starts})
    assert sentence in re.sub(r"<[^>]+>", "", text(answer))
    ahead.refresh_from_db()
    assert ahead.slot_id == before


def test_a_time_is_moved_no_farther_than_a_year(cast, sign_in, booking):
    ahead = booking(cast.johan)
    sent = {"day": add_working_days(timezone.localdate() + timedelta(days=370), 1).isoformat(), "starts": "13:00"}
    answer = sign_in(cast.karin).post(reverse("move_slot", args=[ahead.slot_id]), sent)
    assert "Skriv ett datum inom ett år" in text(answer)


def test_a_time_that_is_booked_is_shown_however_far_ahead(cast, sign_in, booking, slot):
    booked, free = booking(cast.johan, days=200).slot, slot(days=201)
    shown = text(sign_in(cast.karin).get(reverse("visits")))
    assert reverse("move_slot", args=[booked.pk]) in shown
    assert reverse("move_slot", args=[free.pk]) not in shown


def test_a_change_of_the_settings_says_which_times_stay_as_they_were(cast, sign_in, booking, slot):
    booking(cast.johan)
    for days, state in ((8, "open"), (9, "to_confirm"), (10, "cancelled"), (-1, "open")):
        slot(days, state=state)
    slot(200)  # farther ahead than the coordinator sees
    programme = Programme.objects.get(pk=cast.knutpunkten.pk)
    admin, url = sign_in(cast.admin), f"/installningar/organisations/programme/{programme.pk}/change/"
    sent = settings_of(programme) | {"purpose": "Nya ord."}
    assert "redan utlagda" not in text(admin.post(url, sent, follow=True))
    changed = text(admin.post(url, sent | {"visit_seats": "4"}, follow=True))
    assert "3 tider för studiebesök är redan utlagda och står kvar som de var; 1 av dem har bokningar." in changed
    assert "Samordnaren flyttar eller ställer in dem under Studiebesök." in changed
    assert "Det som ligger längre fram än listan under Studiebesök står också kvar" in changed


def test_one_who_comes_is_a_person(cast, sign_in, booking):
    ahead = booking(cast.johan, how_many=1)
    assert "En person är bokad." in text(sign_in(cast.karin).get(reverse("move_slot", args=[ahead.slot_id])))


def test_bookings_follow_a_moved_time_and_those_who_booked_are_told(cast, sign_in, booking):
    ahead = booking(cast.johan)
    day = a_working_day()
    sent = {"day": day.isoformat(), "starts": "13:00"}
    answer = sign_in(cast.karin).post(reverse("move_slot", args=[ahead.slot_id]), sent, follow=True)
    receipt = f"Tiden är flyttad till {weekday_iso(day)}. Johan Wik har fått veta det."
    assert receipt in re.sub(r"<[^>]+>", "", text(answer))
    ahead.refresh_from_db()
    assert timezone.localdate(ahead.slot.starts_at) == day
    assert ahead.slot.taken == 2
    inbox = text(sign_in(cast.johan).get(reverse("inbox")))
    assert "Ett studiebesök du har bokat har fått en ny tid" in inbox
    assert f"{day} · Se den under Studiebesök." in strip_tags(inbox)


def test_a_cancelled_time_takes_its_bookings_with_it_and_says_so(cast, sign_in, booking):
    ahead = booking(cast.johan)
    karin, url = sign_in(cast.karin), reverse("cancel_slot", args=[ahead.slot_id])
    assert f'href="{url}"' in text(karin.get(reverse("move_slot", args=[ahead.slot_id])))
    asked = strip_tags(text(karin.get(url)))
    assert "Försörjningsstöd, 2 personer" in asked
    assert "Johan Wik, 070-174 06 20" in asked
    ahead.refresh_from_db()
    assert ahead.cancelled_at is None, "asked once before"
    answer = karin.post(url, follow=True)
    assert "Tiden är inställd. Johan Wik har fått veta det." in text(answer)
    ahead.refresh_from_db()
    assert ahead.cancelled_at is not None
    assert ahead.slot.taken == 0
    inbox = text(sign_in(cast.johan).get(reverse("inbox")))
    assert "är inställt" in inbox
    assert f"{timezone.localdate(ahead.slot.starts_at)} · Boka en ny tid" in strip_tags(inbox)
    karin.post(reverse("confirm_slot", args=[ahead.slot_id]))
    for kept in (text(answer), text(karin.get(reverse("visits")))):  # also when the time is open again
        assert f"Johan Wik, 070-174 06 20 · avbokat {timezone.localdate()}" in strip_tags(kept)


@pytest.mark.parametrize("address", ["confirm_slot", "cancel_slot", "move_slot"])
def test_only_the_coordinator_changes_times(cast, sign_in, slot, address):
    url = reverse(address, args=[slot().pk])
    assert sign_in(cast.johan).post(url).status_code == 403
    assert sign_in(cast.nadja).post(url).status_code == 403


def test_the_calendar_asks_as_much_of_the_database_with_ten_times_the_bookings(
    cast, sign_in, booking, django_assert_max_num_queries
):
    karin = sign_in(cast.karin)
    for days in (1, *range(2, 20)):
        booking(cast.johan, days=days)
        if days in (1, 19):
            with django_assert_max_num_queries(12 + 5):
                karin.get(reverse("visits"))
