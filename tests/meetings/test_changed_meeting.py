"""A meeting that is moved or called off: what stands on it goes with it, and whoever was told of it is told (S7, W3)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from knutpunkten.cases.models import Turn
from knutpunkten.desk.jobs import follow_meetings
from knutpunkten.meetings.actions import plan_meetings
from knutpunkten.meetings.models import AgendaItem, Decision, Meeting
from knutpunkten.meetings.rules import undecided_item
from knutpunkten.notices.models import Mail, Notice
from knutpunkten.organisations.calendar import add_working_days, free_day
from knutpunkten.organisations.models import Programme
from knutpunkten.ui.dates import weekday_iso
from tests.conftest import assert_turns_stand, behind_the_wall
from tests.meetings.pages import decide, fresh, item_of, page, put, take
from tests.meetings.test_agenda import strip
from tests.settings_pages import settings_of

OFF = {"reason": "Samordnaren är sjuk."}


def day_of(meeting: Meeting):
    return timezone.localdate(meeting.starts_at)


def fields(meeting: Meeting, **changed):
    """The form as it stands when its page is opened."""
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    values = {"day": starts.date(), "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}", "place": meeting.place}
    return {**values, "seen": meeting.as_planned, **changed}


def test_a_change_of_the_settings_says_how_many_meetings_stay_as_they_were(cast, sign_in):
    programme, now = Programme.objects.get(pk=cast.knutpunkten.pk), timezone.now()
    with behind_the_wall():
        Meeting.objects.filter(programme=programme).delete()
        plan_meetings(programme=programme, until=timezone.localdate(now) + timedelta(days=100), at=now)
        planned = Meeting.objects.filter(programme=programme).count()
    admin, url = sign_in(cast.admin), f"/installningar/organisations/programme/{programme.pk}/change/"
    sent = settings_of(programme) | {"handin_days": "10"}
    assert "redan planerade" not in admin.post(url, sent, follow=True).text
    said = admin.post(url, sent | {"meeting_weekday": "1"}, follow=True).text
    assert f"{planned} ärendemöten är redan planerade och står kvar som de var." in said
    assert "Samordnaren flyttar eller ställer in dem under Ärendemöten." in said
    assert "läggs ut" not in said


def told(case=None) -> set[tuple[str, str]]:
    with behind_the_wall():
        of_case = Notice.objects.filter(case_id=case.pk if case else None)
        return set(of_case.values_list("event", "user__name"))


@pytest.fixture
def new_day(meeting):
    return day_of(meeting) + timedelta(days=1)


@pytest.mark.clause("S7", "W3")
def test_a_meeting_with_cases_is_moved_and_they_follow_it(case, meeting, new_day, karin, cast, sign_in):
    text = karin.post(page("change_meeting", meeting), fields(meeting, day=new_day), follow=True).text
    assert "Mötet är ändrat. De som ska vara med har fått veta det." in text
    assert fresh(case).meeting_on == new_day
    assert item_of(case, meeting).outcome == ""
    with behind_the_wall():
        answer_by = add_working_days(new_day, -cast.knutpunkten.days_before_meeting)
        assert set(Turn.objects.filter(case=case, step="disclose").values_list("due_on", flat=True)) == {answer_by}
        mailed = set(Mail.objects.values_list("user__name", flat=True))
    of_case = {name for event, name in told(case) if event == "move_meeting"}
    assert of_case == {cast.johan.name}
    of_group = {name for event, name in told() if event == "meeting_moved"}
    assert {cast.nadja.name, cast.mats.name, cast.ulrika.name} <= of_group
    assert not of_group & (of_case | {cast.karin.name})
    assert of_case | of_group <= mailed
    siv = sign_in(cast.siv)
    days = f"Knutpunkten, från {weekday_iso(day_of(meeting))} till {weekday_iso(new_day)} kl. 09:00"
    for shown in (siv.get(page("inbox")).text, siv.get(page("start")).text):
        assert days in strip(shown)
        assert f'<a href="{page("agenda", meeting)}">' in shown
    own = strip(sign_in(cast.mats).get(page("start")).text)
    assert f"{days}, med ett av era ärenden" in own
    assert own.count("Ett ärendemöte har fått en ny dag") == 1
    for shown in (sign_in(cast.johan).get(page(name)).text for name in ("inbox", "start")):
        assert f"Ärendet är flyttat till mötet {weekday_iso(new_day)} kl. 09:00" in strip(shown)
    assert_turns_stand(case.pk, timezone.now())


def test_a_meeting_begun_before_its_day_is_moved_to_the_day_it_began(case, meeting, karin):
    today = timezone.localdate()
    karin.post(page("begin_meeting", meeting))
    text = karin.post(page("change_meeting", meeting), fields(meeting, day=today, is_sure=today), follow=True).text
    assert "Mötet är ändrat." in text
    assert (fresh(case).meeting_on, told(case)) == (today, set()), "it was taken up that day already"


def test_a_meeting_is_not_moved_to_a_day_that_has_one_nor_farther_than_a_year(case, meeting, ahead, karin):
    for day, sentence in (
        (day_of(ahead[1]), "Insatsen har redan ett möte den dagen."),
        (timezone.localdate() + timedelta(days=400), "Skriv ett datum inom ett år"),
    ):
        assert sentence in karin.post(page("change_meeting", meeting), fields(meeting, day=day)).text
    assert fresh(case).meeting_on == day_of(meeting)


def test_a_meeting_is_moved_to_a_holiday_only_by_whoever_says_so(ahead, karin):
    meeting = ahead[-1]
    new_year = timezone.localdate().replace(month=1, day=1, year=timezone.localdate().year + 1)
    asked = karin.post(page("change_meeting", meeting), fields(meeting, day=new_year)).text
    assert f"{new_year} är nyårsdagen. Välj en annan dag" in strip(asked)
    assert 'type="checkbox" name="is_sure"' in asked
    assert told() == set()
    karin.post(page("change_meeting", meeting), fields(meeting, day=new_year, is_sure=new_year))
    meeting.refresh_from_db()
    assert day_of(meeting) == new_year
    assert "Mötet infaller på" not in karin.get(page("agenda", meeting)).text, "the coordinator has been asked"
    with behind_the_wall():
        by_rule = {"meeting_weekday": new_year.weekday(), "meeting_week": 1}
        Programme.objects.filter(pk=meeting.programme_id).update(**by_rule)
    noted = strip(karin.get(page("agenda", meeting)).text)
    assert "Mötet infaller på nyårsdagen. Flytta mötet om gruppen ska träffas en annan dag." in noted


def test_an_extra_meeting_on_a_saturday_or_an_eve_that_is_worked_is_asked_about_first(karin):
    today = timezone.localdate()
    walpurgis_eve = next(day for year in (0, 1) if (day := date(today.year + year, 4, 30)) > today)
    saturday = today + timedelta(days=12 - today.weekday())
    form = {"starts": "10:00", "ends": "12:00", "place": "Stadshuset"}
    for day, name in ((saturday, free_day(saturday)), (walpurgis_eve, free_day(walpurgis_eve) or "valborgsmässoafton")):
        asked = karin.post(page("new_meeting"), {**form, "day": day}).text
        assert f"{day} är {name}. Välj en annan dag" in strip(asked)
        assert f"Ja, mötet ska vara {day}, som är {name}" in strip(asked)
        assert 'type="checkbox" name="is_sure"' in asked
    sunday = saturday + timedelta(days=1)
    another = karin.post(page("new_meeting"), {**form, "day": sunday, "is_sure": saturday}).text
    assert f"{sunday} är en söndag. Välj en annan dag" in strip(another), "the tick was for the saturday"
    box = another.partition('name="is_sure"')[2].partition(">")[0]
    assert f'value="{sunday}"' in box
    assert "checked" not in box
    assert told() == set()
    sure = karin.post(page("new_meeting"), {**form, "day": saturday, "is_sure": saturday}, follow=True).text
    assert "Mötet är planerat." in sure


def test_a_meeting_that_would_have_begun_already_is_asked_about_first(ahead, karin):
    today, moved = timezone.localdate(), ahead[-1]
    begun = {"day": today, "starts": "00:00", "ends": "23:59", "place": "Stadshuset"}
    asked = karin.post(page("change_meeting", moved), begun | {"seen": moved.as_planned}).text
    assert "Mötet har redan börjat. Stämmer tiden?" in strip(asked)
    assert f"började {today} kl. 00:00" in strip(asked)
    assert 'type="checkbox" name="is_sure"' in asked.partition('id="id_starts_error"')[2], "below what asks for it"
    assert told() == set()
    sure = karin.post(page("change_meeting", moved), fields(moved, **begun, is_sure=str(today)), follow=True).text
    assert "Mötet är ändrat." in sure


def test_an_extra_meeting_whose_time_has_been_is_not_planned(karin):
    midnight = {"day": timezone.localdate(), "starts": "00:00", "ends": "23:59", "place": "Stadshuset"}
    assert "Välj en tid som inte har varit" in karin.post(page("new_meeting"), midnight).text
    assert told() == set()


def test_a_page_that_is_stale_changes_nothing(case, meeting, new_day, karin):
    stale = fields(meeting, day=new_day + timedelta(days=1), is_sure=new_day + timedelta(days=1))
    karin.post(page("change_meeting", meeting), fields(meeting, day=new_day))
    for name, data in (("change_meeting", stale), ("call_off_meeting", {**OFF, "seen": stale["seen"]})):
        answer = karin.post(page(name, meeting), data, follow=True)
        assert "Någon hann före: mötet är redan ändrat." in answer.text
    meeting.refresh_from_db()
    assert (day_of(meeting), meeting.state) == (new_day, "planned")


def test_another_time_or_place_is_told_to_the_group_and_to_whoever_presents(
    case, meeting, make_case, karin, johan, cast, ahead
):
    consultation = make_case(
        "announced", kind="consultation", parties={"Försörjningsstöd": ["grund"], "Knutpunktsteamet": ["grund"]}
    )
    put(consultation, meeting, "consult")
    unchanged = karin.post(page("change_meeting", meeting), fields(meeting), follow=True).text
    assert "Inget är ändrat." in unchanged
    assert "har fått veta" not in unchanged
    assert told() == set()
    karin.post(page("change_meeting", meeting), fields(meeting, place="Stadshuset"))
    of_group = {name for event, name in told() if event == "meeting_changed"}
    assert {cast.johan.name, cast.nadja.name, cast.mats.name} <= of_group
    news = johan.get(page("inbox")).text
    assert f"Knutpunkten, {weekday_iso(day_of(meeting))} kl. 09:00" in strip(news)
    assert page("agenda", meeting) not in news, "who presents there reads no agenda"
    assert not {event for event, _ in told(case)} & {"move_meeting", "meeting_changed"}


def test_a_case_that_the_coordinator_does_not_see_follows_at_night(make_case, meeting, new_day, karin, cast):
    parties = {"Försörjningsstöd": ["grund"], "Öppenpsykiatrin": ["grund"]}
    hidden = make_case("announced", parties=parties, meeting_on=day_of(meeting))
    put(hidden, meeting)
    karin.post(page("change_meeting", meeting), fields(meeting, day=new_day))
    assert fresh(hidden).meeting_on == day_of(meeting)
    with behind_the_wall():
        follow_meetings(timezone.now())
        follow_meetings(timezone.now())
    assert fresh(hidden).meeting_on == new_day
    assert (("move_meeting", cast.johan.name)) in told(hidden)


@pytest.mark.clause("S7", "W3")
def test_what_stands_on_a_meeting_that_is_called_off_goes_to_the_next(up, meeting, ahead, karin, johan, cast, sign_in):
    assert "tas upp på nästa möte" in karin.get(page("call_off_meeting", meeting)).text
    data = {**OFF, "seen": meeting.as_planned}
    answer = karin.post(page("call_off_meeting", meeting), data, follow=True)
    assert "Mötet är inställt." in answer.text
    assert item_of(up, meeting).outcome == "postponed"
    assert item_of(up, ahead[1]).outcome == ""
    assert item_of(up, ahead[1]).times_before == 0, "it has not been up at a meeting that will not be"
    assert fresh(up).meeting_on == day_of(ahead[1])
    assert ("postpone", cast.johan.name) in told(up)
    assert {event for event, _ in told()} == {"meeting_called_off"}
    meeting.refresh_from_db()
    assert meeting.met_on == meeting.planned_on, "the group had begun before the day, and met on none"
    assert "är inställt. Samordnaren är sjuk." in johan.get(page("case", up)).text
    again = karin.post(page("call_off_meeting", meeting), data, follow=True)
    assert "Mötet är redan inställt." in again.text
    with behind_the_wall():
        assert Decision.objects.filter(case=up).count() == 1
    of_group = sign_in(cast.siv).get(page("agenda", meeting)).text
    assert "Mötet är inställt. Samordnaren är sjuk." in strip(of_group)
    assert f"{cast.karin.name}, idag" in strip(of_group)
    seen = karin.get(page("agenda", meeting)).text
    assert f'Nästa möte, <a href="{page("agenda", ahead[1])}">' in seen
    assert f"Nästa möte, {weekday_iso(day_of(ahead[1]))}" in strip(seen)
    assert "Nästa möte, <a" not in sign_in(cast.siv).get(page("agenda", meeting)).text, "a unit without a part"
    listed, _, past = karin.get(page("meetings")).text.partition(">Tidigare</h2>")
    following, _, later = listed.partition(">Sedan</h2>")
    assert page("agenda", ahead[1]) in following
    assert "Inställt" in later.partition(page("agenda", meeting))[2].partition("</tr>")[0]
    assert page("agenda", meeting) not in following + past
    with behind_the_wall():
        been = timezone.now() - timedelta(hours=1)
        Meeting.objects.filter(pk=meeting.pk).update(starts_at=been - timedelta(hours=1), ends_at=been)
    past = karin.get(page("meetings")).text.partition(">Tidigare</h2>")[2]
    assert "Inställt" in past.partition(page("agenda", meeting))[2].partition("</tr>")[0]


@pytest.mark.clause("S7", "W3")
def test_a_meeting_called_off_by_mistake_will_be_after_all_and_what_waits_where_it_went_comes_back(
    case, make_case, ahead, karin, cast
):
    meeting = ahead[1]
    put(case, meeting)
    hidden = make_case("announced", parties={"Försörjningsstöd": ["grund"]}, meeting_on=day_of(meeting))
    put(hidden, meeting)
    assert "Mötet är inte inställt." in karin.post(page("restore_meeting", meeting), follow=True).text
    off = karin.post(page("call_off_meeting", meeting), OFF, follow=True).text
    assert f"Det som stod på dagordningen tas upp {weekday_iso(day_of(ahead[2]))} kl. 09:00." in strip(off)
    assert "Det som väntar på det möte det flyttades till kommer tillbaka hit." in off
    with behind_the_wall():
        follow_meetings(timezone.now())
    shown = karin.post(page("restore_meeting", meeting), follow=True).text
    assert "Mötet blir av." in shown
    assert "Två punkter är tillbaka på dagordningen. Lägg fast den igen, om den var lagd." in shown
    with behind_the_wall():
        follow_meetings(timezone.now())
    for one in (case, hidden):
        assert (item_of(one, meeting).outcome, item_of(one, ahead[2]).outcome) == ("", "withdrawn")
        assert fresh(one).meeting_on == day_of(meeting)
    assert ("move_meeting", cast.johan.name) in told(case)
    assert_turns_stand(case.pk, timezone.now())
    assert "är inställt" not in karin.get(page("case", case)).text, "nor was it put off"
    karin.post(page("change_meeting", meeting), fields(meeting, day=day_of(meeting) + timedelta(days=1)))
    events = strip(karin.get(page("events", case)).text)
    assert "lät det inställda mötet bli av" in events
    assert (
        f"flyttade dagen då ärendet tas upp från {day_of(meeting)} till {day_of(meeting) + timedelta(days=1)}" in events
    )


@pytest.mark.clause("S7", "W3")
def test_what_has_been_put_off_since_its_meeting_was_called_off_stays_where_it_is(case, ahead, karin, cast):
    meeting = ahead[1]
    put(case, meeting)
    karin.post(page("call_off_meeting", meeting), OFF)
    take(karin, case, "postpone", reason="Mer tid.", meeting=str(ahead[3].pk))
    shown = karin.post(page("restore_meeting", meeting), follow=True).text
    assert "Mötet blir av." in shown
    assert "tillbaka på dagordningen" not in shown
    # It has no agenda: nothing to set or order, nothing counted, and nothing that has been gone through.
    assert f'Nästa möte, <a href="{page("agenda", ahead[2])}">' in shown
    assert "Lägg fast dagordningen" not in shown
    assert page("order_agenda", meeting) not in shown
    of_it = karin.get(page("meetings")).text.partition(page("agenda", meeting))[2].partition("</tr>")[0]
    assert "Inget än" in of_it
    mode = karin.get(page("meeting_mode", meeting)).text
    assert "Inget är kvar att ta upp" in mode
    assert "Det som stod på dagordningen tas upp på ett senare möte." in mode
    assert "Allt är genomgånget" not in mode
    assert '<li class="past' not in mode
    meeting.refresh_from_db()
    assert meeting.state == "planned"
    assert item_of(case, ahead[3]).outcome == ""
    assert {name for event, name in told() if event == "meeting_restored"} >= {cast.mats.name, cast.nadja.name}


def test_a_meeting_is_not_taken_back_when_its_day_is_another_meetings_or_has_been(ahead, karin):
    off = ahead[2]
    with behind_the_wall():
        Meeting.objects.filter(pk=off.pk).update(state="off")
        other = Meeting.objects.filter(pk=ahead[3].pk)
        other.update(starts_at=off.starts_at + timedelta(minutes=5), ends_at=off.ends_at)
    sentence = "Insatsen har redan ett annat möte den dagen."
    assert sentence in karin.post(page("restore_meeting", off), follow=True).text
    past = timezone.now() - timedelta(hours=1)
    with behind_the_wall():
        Meeting.objects.filter(pk=off.pk).update(starts_at=past)
    assert "Mötets tid har varit." in karin.post(page("restore_meeting", off), follow=True).text
    assert "Mötet kan bli av ändå" not in karin.get(page("agenda", off)).text
    off.refresh_from_db()
    assert off.is_called_off


@pytest.mark.clause("S7", "W3")
def test_an_extra_meeting_is_planned_and_the_group_is_told(ahead, karin, cast):
    assert "Planera ett möte till" in karin.get(page("meetings")).text
    assert f'<li><a href="{page("meetings")}">Ärendemöten</a></li>' in karin.get(page("new_meeting")).text
    usual = ahead[2]
    form = {"starts": "10:00", "ends": "12:00", "place": "Stadshuset"}
    taken = karin.post(page("new_meeting"), {**form, "day": day_of(usual)}).text
    assert "Insatsen har redan ett möte den dagen." in taken
    assert told() == set()
    with behind_the_wall():
        early = Meeting.objects.filter(pk=usual.pk)
        early.update(state="held", began_on=day_of(usual) - timedelta(days=1))
    for day, is_taken in ((day_of(usual) - timedelta(days=1), True), (day_of(usual), False)):
        answer = karin.post(page("new_meeting"), {**form, "day": day, "is_sure": day, "starts": ""}).text
        assert ("Insatsen har redan ett möte den dagen." in answer) == is_taken, "held early, it counts that day"
    at_its_time = karin.post(page("new_meeting"), {**fields(usual), "is_sure": day_of(usual)}, follow=True)
    assert "Mötet är planerat." in at_its_time.text
    with behind_the_wall():
        Meeting.objects.filter(programme=cast.knutpunkten, starts_at__gt=usual.starts_at).delete()
    day = day_of(usual) + timedelta(days=75)
    answer = karin.post(page("new_meeting"), {**form, "day": day, "is_sure": day}, follow=True)
    assert "Mötet är planerat." in answer.text
    made = Meeting.objects.get(programme=cast.knutpunkten, starts_at__date=day)
    assert (made.place, made.state) == ("Stadshuset", "planned")
    between = Meeting.objects.filter(starts_at__gt=usual.starts_at, starts_at__lt=made.starts_at)
    assert between.filter(programme=cast.knutpunkten).count() >= 2, "the months before it keep their own"
    assert {name for event, name in told() if event == "meeting_planned"} >= {cast.mats.name, cast.nadja.name}
    assert cast.karin.name not in {name for _, name in told()}


def test_what_was_only_announced_there_is_announced_at_the_next_unless_it_is_decided_there(
    meeting, make_case, ahead, karin
):
    there, later = (make_case("announced", meeting_on=day_of(ahead[n])) for n in (1, 2))
    for case, decided_at in ((there, ahead[1]), (later, ahead[2])):
        put(case, meeting, "announce")
        put(case, decided_at)
    karin.post(page("call_off_meeting", meeting), OFF)
    purposes = AgendaItem.objects.filter(meeting=ahead[1], outcome="").values_list("case_id", "purpose")
    assert set(purposes) == {(there.pk, "decide"), (later.pk, "announce")}
    assert fresh(there).meeting_on == day_of(ahead[1])


def test_what_the_coordinator_does_not_see_goes_to_the_next_too(make_case, meeting, ahead, karin):
    hidden = make_case("announced", parties={"Försörjningsstöd": ["grund"]}, meeting_on=day_of(meeting))
    put(hidden, meeting)
    karin.post(page("call_off_meeting", meeting), OFF)
    with behind_the_wall():
        follow_meetings(timezone.now())
        assert undecided_item(hidden).meeting == ahead[1]
        assert undecided_item(hidden).times_before == 0
    assert fresh(hidden).meeting_on == day_of(ahead[1])


def test_without_a_next_meeting_nothing_is_called_off_but_an_empty_one(case, meeting, ahead, karin):
    with behind_the_wall():
        Meeting.objects.filter(pk__in=[m.pk for m in ahead[1:]]).update(state="held")
    answer = karin.post(page("call_off_meeting", meeting), OFF, follow=True)
    assert "Det finns inget senare möte att ta upp ärendena på." in answer.text
    assert item_of(case, meeting).outcome == ""
    AgendaItem.objects.filter(meeting=meeting).update(outcome="withdrawn")
    assert "Mötet är inställt." in karin.post(page("call_off_meeting", meeting), follow=True).text


def test_a_meeting_that_has_given_a_besked_is_neither_moved_nor_called_off(
    up, meeting, make_case, new_day, karin, decision
):
    decide(karin, meeting, up, "queue", **decision)
    sentence = "Då kan det varken flyttas eller ställas in."
    assert sentence in karin.post(page("change_meeting", meeting), fields(meeting, day=new_day)).text
    assert sentence in karin.post(page("call_off_meeting", meeting), follow=True).text
    assert page("call_off_meeting", meeting) not in karin.get(page("agenda", meeting)).text
    assert karin.post(page("change_meeting", meeting), fields(meeting, place="Stadshuset")).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.place, meeting.state) == ("Stadshuset", "agenda")


def test_nothing_is_put_on_a_meeting_that_is_called_off_meanwhile(case, meeting, ahead, karin):
    """As two at once: the page was opened before, the meeting called off since."""
    with behind_the_wall():
        Meeting.objects.filter(pk=ahead[1].pk).update(state="off")
    take(karin, case, "postpone", reason="Mer tid.", meeting=str(ahead[1].pk))
    assert not AgendaItem.objects.filter(meeting=ahead[1]).exists()
    assert fresh(case).meeting_on == day_of(meeting)


def test_a_page_says_of_which_meeting_it_is_and_what_becomes_of_what_is_not_there(ahead, cast, karin, sign_in):
    meeting = ahead[2]
    assert f"Ändra mötet {weekday_iso(day_of(meeting))}" in karin.get(page("change_meeting", meeting)).text
    for name in ("change_meeting", "call_off_meeting"):
        assert f'<li><a href="{page("agenda", meeting)}">' in karin.get(page(name, meeting)).text
    assert "Representanterna anmäler" in karin.get(page("agenda", meeting)).text
    karin.post(page("call_off_meeting", meeting))
    shown = karin.get(page("agenda", meeting)).text
    assert f"Ärendemöte {weekday_iso(day_of(meeting))}" in strip(shown.partition("<h1>")[2].partition("</h1>")[0])
    assert "Representanterna anmäler" not in shown
    with behind_the_wall():
        type(cast.knutpunkten).objects.filter(pk=cast.knutpunkten.pk).update(announces=False)
    assert "Inlämnade ärenden kommer hit av sig själva." in karin.get(page("agenda", ahead[3])).text


def test_the_month_a_meeting_was_moved_out_of_gets_no_new_one(ahead, cast, karin):
    moved = ahead[2]
    day = day_of(ahead[3]) + timedelta(days=1)
    karin.post(page("change_meeting", moved), fields(moved, day=day))
    with behind_the_wall():
        assert plan_meetings(cast.knutpunkten, day_of(ahead[-1]), timezone.now()) == 0
