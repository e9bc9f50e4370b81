"""Meeting mode: the gathered information, and what the group gives (S7, L10); who in the room sees what (W1)."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.cases.models import Case, Level, Section
from knutpunkten.desk.jobs import settle_meetings
from knutpunkten.meetings.models import AgendaItem, Attendee, Decision, Meeting
from knutpunkten.notices.models import Notice
from knutpunkten.organisations.calendar import add_working_days, free_day
from knutpunkten.protection.models import NamedReader
from knutpunkten.queue.models import Place
from knutpunkten.routine import engine
from knutpunkten.routine.facts import facts_for
from knutpunkten.ui.dates import weekday_iso
from tests.builders import make_person
from tests.conftest import behind_the_wall
from tests.meetings.conftest import PARTIES
from tests.meetings.pages import decide, fresh, item_of, page, put, take

SUNDAY = timezone.localdate() + timedelta(days=6 - timezone.localdate().weekday() or 7)


def fill_places(programme) -> None:
    with behind_the_wall():
        Place.objects.filter(programme=programme).update(state=Place.State.TAKEN)


def decisions(case) -> list[Decision]:
    with behind_the_wall():
        return list(Decision.objects.filter(case=case))


@pytest.mark.clause("S7")
def test_the_group_admits_to_a_place_and_the_representative_is_told(up, karin, nadja, meeting, decision):
    answer = decide(karin, meeting, up, "place", **decision)
    assert fresh(up).state == "placed"
    assert fresh(up).decision == "place"
    assert item_of(up, meeting).outcome == "place"
    assert "Representanten lämnar besked till handläggaren." in answer.text
    assert "Lämna besked till handläggaren" in nadja.get(page("case", up)).text


@pytest.fixture
def planned(meeting):
    """The meeting on its own day, which lies ahead."""
    begin(meeting, None)
    return meeting


def words_of(response) -> str:
    return " ".join(strip_tags(response.text).split())


def begin(meeting, day, **fields):
    with behind_the_wall():
        Meeting.objects.filter(pk=meeting.pk).update(began_on=day, **fields)


@pytest.mark.clause("S7")
def test_nothing_is_given_before_the_day_of_the_meeting(up, karin, planned, decision):
    day = timezone.localdate(planned.starts_at)
    for which in ("place", "queue", "return"):
        answer = decide(karin, planned, up, which, **decision, what_would_change_it="Mer vila")
        assert f"Mötet är {day}. Välj ”Börja mötet idag” om ni träffas redan nu" in words_of(answer)
        assert decision["reason"] in answer.text
        assert "har inte börjat" not in answer.text, "said once"
    assert fresh(up).state == "announced"
    assert f"Mötet är {day} och har inte börjat." in karin.get(page("meeting_case", planned, up)).text


@pytest.mark.clause("S7")
def test_where_the_group_meets_earlier_the_coordinator_begins_the_meeting(up, karin, mats, planned, decision):
    assert "Börja mötet idag" in karin.get(page("meeting_case", planned, up)).text
    seen = mats.get(page("meeting_case", planned, up)).text
    assert "Besked lämnas när det har börjat." in seen
    assert "Börja mötet idag" not in seen
    back = karin.post(page("begin_meeting", planned), {"case": str(up.pk)})
    assert back.url == page("meeting_case", planned, up)
    today = weekday_iso(timezone.localdate())
    listed = words_of(karin.get(page("meetings")))
    assert f"Började {today}, före den planerade dagen: {weekday_iso(planned.planned_on)} kl." in listed
    assert "Nästa möte" not in listed
    for client in (karin, mats):
        seen = words_of(client.get(page("case", up)))
        assert f"Möte {today}" in seen
        assert str(planned.planned_on) not in seen
    with behind_the_wall():
        settle_meetings()
        assert up.turns.get(step="admit").due_on == timezone.localdate()
        assert not Notice.objects.filter(event="move_meeting").exists()
    decide(karin, planned, up, "place", **(decision | {"due_on": timezone.localdate().isoformat()}))
    assert fresh(up).state == "placed"
    header, _, rest = karin.get(page("meeting_mode", planned), follow=True).text.partition("</header>")
    assert f"före den planerade dagen, {weekday_iso(planned.planned_on)}" in strip_tags(header)
    assert today in strip_tags(header.partition("före den")[0])
    assert f"<title>Närvaro {timezone.localdate()}" in karin.get(page("meeting_attendance", planned)).text
    start = karin.get(page("start")).text
    assert "Håll ärendemötet" in start
    assert "Allt har tagits upp." in start
    assert "Förbered mötet" not in start
    assert "före den planerade dagen" not in rest


def test_begun_by_mistake_it_begins_on_its_day_unless_something_has_been_given(up, karin, cast, planned, decision):
    def answers_wanted_by() -> date:
        with behind_the_wall():
            return up.turns.get(step="disclose").due_on

    with behind_the_wall():
        up.parties.filter(unit__name="Arbetsförmedlingen").update(answer="")
    karin.post(page("begin_meeting", planned))
    assert "Nej, det var fel" in karin.get(page("meeting_case", planned, up)).text
    assert answers_wanted_by() == timezone.localdate(), "nobody is late because others meet earlier"
    karin.post(page("meeting_attendance", planned), {"present": [str(cast.mats.pk)], "guests": "Eva Ek"})
    undone = karin.post(page("begin_meeting", planned), {"way": "undo"}, follow=True).text
    assert "Ingen är noterad som närvarande längre." in undone
    planned.refresh_from_db()
    assert (planned.began_on, planned.guests) == (None, "")
    assert not Attendee.objects.filter(meeting=planned).exists()
    assert fresh(up).meeting_on == planned.planned_on
    wanted_by = add_working_days(planned.planned_on, -planned.programme.days_before_meeting)
    assert answers_wanted_by() == max(wanted_by, timezone.localdate())
    with behind_the_wall():
        up.parties.filter(unit__name="Arbetsförmedlingen").update(answer="not_known")
    karin.post(page("begin_meeting", planned))
    decide(karin, planned, up, "place", **decision)
    karin.post(page("begin_meeting", planned), {"way": "undo"})
    planned.refresh_from_db()
    assert planned.began_on == timezone.localdate()
    assert "Nej, det var fel" not in karin.get(page("meeting_mode", planned), follow=True).text
    yesterday = timezone.localdate() - timedelta(days=1)
    with behind_the_wall():
        Meeting.objects.filter(pk=planned.pk).update(began_on=yesterday)
    karin.post(page("begin_meeting", planned))
    planned.refresh_from_db()
    assert planned.began_on == yesterday, "an old page begins it no second time"


def test_on_its_day_a_meeting_needs_no_beginning(up, karin, cast, planned, decision):
    now = timezone.now()
    begin(planned, timezone.localdate(now) - timedelta(days=1), starts_at=now, ends_at=now + timedelta(hours=2))
    karin.post(page("meeting_attendance", planned), {"present": [str(cast.mats.pk)]})
    karin.post(page("begin_meeting", planned), {"way": "undo"})
    with behind_the_wall():
        planned.refresh_from_db()
        assert planned.began_on is None
        assert Attendee.objects.filter(meeting=planned).exists(), (
            "whoever is here on the day stays noted on an old page"
        )
    assert "Börja mötet idag" not in karin.get(page("meeting_case", planned, up)).text
    decide(karin, planned, up, "queue", **decision)
    assert fresh(up).state == "queued"


@pytest.mark.clause("S7", "W1")
@pytest.mark.parametrize("which", ["place", "queue", "return"])
def test_no_besked_is_given_on_what_the_parties_have_not_been_able_to_read(
    which, up, make_case, karin, nadja, meeting, decision
):
    late = make_case("announced", parties=PARTIES)  # it came to a meeting whose agenda was set already
    put(late, meeting)
    with behind_the_wall():
        late.parties.update(answer="not_known")
    given = {**decision, "what_would_change_it": "Att sjukskrivningen är utredd"}
    refused = decide(karin, meeting, late, which, **given)
    assert "Lägg fast dagordningen först." in refused.text
    assert f'href="{page("agenda", meeting)}">Till dagordningen</a>' in refused.text
    step = {"place": "admit"}.get(which, which)
    take(karin, late, step, **given)  # nor past the meeting's own page
    assert fresh(late).state == "announced"

    karin.post(page("set_agenda", meeting))
    decide(karin, meeting, late, which, **given)
    assert fresh(late).state == {"place": "placed", "queue": "queued", "return": "returned"}[which]
    assert decision["reason"] in nadja.get(page("case", late)).text


@pytest.mark.clause("S7")
def test_the_group_admits_to_the_queue_when_no_place_is_free(up, cast, karin, meeting, decision):
    fill_places(cast.knutpunkten)
    shown = karin.get(page("meeting_case", meeting, up)).text
    assert re.search(r'value="place" data-key="1" disabled>.*?ingen ledig</span>', shown)
    assert f'href="{page("meeting", up)}">Öppna mötet' in karin.get(page("case", up)).text
    refused = decide(karin, meeting, up, "place", **decision)
    assert "Alla platser är upptagna eller erbjudna. Anta till kön i stället." in refused.text
    assert decision["reason"] in refused.text
    assert fresh(up).state == "announced"
    decide(karin, meeting, up, "queue", **decision)
    assert fresh(up).state == "queued"


@pytest.mark.clause("S7", "L10")
def test_a_return_says_why_and_what_would_change_it(up, karin, nadja, meeting, decision):
    refused = decide(karin, meeting, up, "return", **decision)
    assert "Skriv vad som skulle ändra gruppens besked" in refused.text
    assert fresh(up).state == "announced"
    decide(karin, meeting, up, "return", **decision, what_would_change_it="Att sjukskrivningen är utredd")
    assert fresh(up).state == "returned"
    text = nadja.get(page("case", up)).text
    assert "Att sjukskrivningen är utredd" in text
    assert decision["reason"] in text


@pytest.mark.clause("S7")
def test_a_case_is_postponed_with_a_reason_that_does_not_lie_open_on_the_agenda(
    up, karin, meeting, ahead, sign_in, cast
):
    refused = decide(karin, meeting, up, "later", meeting=ahead[1].pk)
    assert "Skriv varför ärendet skjuts upp" in refused.text
    decide(karin, meeting, up, "later", meeting=ahead[1].pk, reason="Läkarintyget saknas")
    assert item_of(up, meeting).outcome == "postponed"
    later = item_of(up, ahead[1])
    assert (later.purpose, later.times_before) == ("decide", 1)
    assert fresh(up).meeting_on == timezone.localdate(ahead[1].starts_at)
    assert "Andra mötet" in karin.get(page("agenda", ahead[1])).text
    assert "Läkarintyget saknas" in karin.get(page("case", up)).text
    assert "Läkarintyget saknas" not in sign_in(cast.siv).get(page("agenda", ahead[1])).text


def test_a_case_cannot_be_postponed_backwards_or_to_another_programmes_meeting(up, karin, meeting, ahead, cast):
    other = Meeting.objects.filter(programme=cast.lis).order_by("-starts_at").first()
    for wrong in (meeting.pk, other.pk, uuid4(), "inget-id"):
        answer = decide(karin, meeting, up, "later", meeting=wrong, reason="x")
        assert "Välj ett av mötena i listan" in answer.text
    assert item_of(up, meeting).outcome == ""


@pytest.mark.clause("S7")
def test_nothing_is_decided_before_every_party_has_answered_or_is_noted_as_not_having(
    case, karin, mats, meeting, decision
):
    karin.post(page("set_agenda", meeting))
    take(mats, case, "disclose", answer="not_known")
    refused = decide(karin, meeting, case, "place", **decision)
    assert "Väntar på uppgifter från Region Kalmar län, Öppenpsykiatrin." in refused.text.split('role="alert"')[1]
    shown = karin.get(page("meeting_case", meeting, case)).text
    assert "Notera att uppgifter inte har kommit" in shown
    unit = shown.split('name="units" value="')[1].split('"')[0]
    noted = take(karin, case, "note_unanswered", units=[unit], next=page("meeting_case", meeting, case))
    assert "Det är noterat." in noted.text
    decide(karin, meeting, case, "place", **decision)
    assert fresh(case).state == "placed"


@pytest.mark.clause("S7", "S8")
def test_a_place_goes_past_those_who_wait_only_with_a_written_reason(up, make_case, karin, meeting, decision, cast):
    waiting = make_case("announced", parties=PARTIES)
    put(waiting, meeting)
    with behind_the_wall():
        waiting.parties.update(answer="not_known")
    karin.post(page("set_agenda", meeting))
    decide(karin, meeting, waiting, "queue", **decision)
    refused = decide(karin, meeting, up, "place", **decision)
    assert "Skriv varför platsen inte går till den som väntat längst" in refused.text
    decide(karin, meeting, up, "place", **decision, passed_over_reason="Börjar en utbildning i mars")
    assert fresh(up).state == "placed"
    assert decisions(up)[0].passed_over_reason == "Börjar en utbildning i mars"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"reason": ""}, "Skriv skälet, så att handläggaren förstår"),
        ({"reason": "x" * 2001}, "högst 2000 tecken"),
        ({"responsible": ""}, "Välj vem som tar nästa steg"),
        ({"responsible": "en-annan"}, "Välj ett av alternativen"),
        ({"due_on": "2026-13-01"}, "Kontrollera datumet:"),
        ({"due_on": "2020-01-01"}, "Välj ett datum från mötet och framåt"),
        ({"due_on": str(timezone.localdate() + timedelta(days=400))}, "Skriv ett datum inom ett år"),
        ({"due_on": str(SUNDAY)}, f"är {free_day(SUNDAY)}"),
        ({"due_on": ""}, "Skriv ett datum när nästa steg ska vara taget"),
    ],
)
def test_what_cannot_be_taken_is_said_in_the_bar_and_what_was_typed_stays(up, karin, meeting, decision, wrong, says):
    typed = {**decision, "reason": "Praktik i januari", **wrong}
    answer = decide(karin, meeting, up, "queue", **typed)
    assert says in answer.text
    assert typed["reason"] in answer.text
    assert fresh(up).state == "announced"
    assert not decisions(up)


def test_what_is_wrong_is_summed_up_in_the_order_of_the_fields(up, karin, meeting, decision):
    wrong = {**decision, "reason": "", "what_would_change_it": "", "responsible": "", "due_on": ""}
    shown = decide(karin, meeting, up, "return", **wrong).text
    summary = shown.partition('class="decision-bar"')[2].partition("decision-choices")[0]
    in_summary = re.findall(r'href="#id_(\w+)"', summary)
    in_bar = re.findall(r'id="id_(reason|what_would_change_it|responsible|due_on)"', shown)
    assert in_summary == in_bar == ["reason", "what_would_change_it", "responsible", "due_on"]


@pytest.mark.parametrize("choice", ["", "close", "presented", "advice", "admit"])
def test_a_forged_choice_decides_nothing(up, karin, meeting, decision, choice):
    answer = decide(karin, meeting, up, choice, **decision)
    assert answer.status_code == 200
    assert fresh(up).state == "announced"


def test_all_that_is_wrong_is_told_at_once_and_the_title_says_that_something_is(up, karin, meeting):
    assert "<title>Rätta:" not in karin.get(page("meeting_case", meeting, up)).text
    wrong = decide(karin, meeting, up, "", reason="").text
    assert f"<title>Rätta: {up.person_name}, ärendemöte" in wrong
    summary = tagless(wrong.partition('id="errors"')[2].partition("</div>")[0])
    assert "Två saker behöver ändras" in summary
    assert "Välj gruppens besked: plats, kö, återremiss eller nästa möte" in summary
    assert "Skriv skälet, så att handläggaren förstår" in summary


def told_responsible() -> list:
    with behind_the_wall():
        return list(Notice.objects.filter(event="named_responsible").values_list("user", flat=True))


@pytest.mark.clause("W3")
@pytest.mark.parametrize("which", ["place", "queue", "return"])
def test_whoever_is_to_take_the_next_step_is_told_and_led_to_the_case(
    which, up, karin, mats, meeting, decision, cast, sign_in
):
    if which == "queue":
        fill_places(cast.knutpunkten)
    further = {"what_would_change_it": "Att läkarintyget kommer"} if which == "return" else {}
    decide(karin, meeting, up, which, **{**decision, "responsible": str(cast.mats.pk)}, **further)
    assert told_responsible() == [cast.mats.pk]
    inbox = mats.get(page("inbox")).text
    assert "Du är ansvarig för nästa steg efter ärendemötet" in inbox
    assert page("case", up) in inbox
    assert "Mats Lindahl, senast" in tagless(mats.get(page("case", up)).text)
    assert "Du är ansvarig för nästa steg" not in sign_in(cast.ulrika).get(page("inbox")).text


def tagless(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split()).replace(" ,", ",")


def test_who_names_themself_is_not_told_of_it_nor_is_anybody_of_a_case_that_is_postponed(
    up, karin, ahead, meeting, decision, cast
):
    decide(karin, meeting, up, "later", meeting=ahead[1].pk, reason="Läkarintyget saknas")
    karin.post(page("begin_meeting", ahead[1]))
    decide(
        karin,
        ahead[1],
        up,
        "queue",
        **{**decision, "responsible": str(cast.karin.pk), "due_on": str(timezone.localdate(ahead[1].starts_at))},
    )
    assert fresh(up).state == "queued"
    assert told_responsible() == []


def test_nothing_is_told_of_a_decision_that_was_refused(up, karin, meeting, decision, cast):
    decide(karin, meeting, up, "queue", **{**decision, "responsible": str(cast.mats.pk), "reason": ""})
    assert fresh(up).state == "announced"
    assert told_responsible() == []


@pytest.mark.clause("W3", "W5")
def test_of_a_protected_person_only_who_reads_the_case_is_chosen_for_the_next_step_and_told(
    cast, meeting, decision, make_case, karin, sign_in
):
    with behind_the_wall():
        hidden = make_person("Skyddad", "Namnsson", "197805109316", protection="sekretessmarkering")
    # Mats is of a party, and is not named to read the case.
    for named, state in ((cast.mats, "announced"), (cast.ulrika, "queued")):
        case = make_case("announced", person=hidden, parties=PARTIES, readers=[cast.karin, cast.ulrika])
        put(case, meeting)
        with behind_the_wall():
            case.parties.update(answer="not_known")
        karin.post(page("set_agenda", meeting))
        shown = karin.get(page("meeting_case", meeting, case)).text
        offered = re.findall(
            r'<option value="([0-9a-f-]{36})"', shown.partition('name="responsible"')[2].partition("</select>")[0]
        )
        assert set(offered) == {str(user.pk) for user in (cast.johan, cast.karin, cast.ulrika)}
        assert "Bara den som är utsedd att läsa ärendet kan bli ansvarig." in shown
        decide(karin, meeting, case, "queue", **{**decision, "responsible": str(named.pk)})
        assert fresh(case).state == state
        told = state == "queued"
        assert (named.pk in told_responsible()) is told
        assert ("Du är ansvarig för nästa steg" in sign_in(named).get(page("inbox")).text) is told


def test_nobody_is_responsible_who_has_no_part(up, karin, meeting, decision, cast):
    answer = decide(karin, meeting, up, "queue", **{**decision, "responsible": str(cast.siv.pk)})
    assert "Välj ett av alternativen" in answer.text
    assert fresh(up).state == "announced"


def test_two_who_decide_at_once_give_one_decision_and_a_friendly_page(up, karin, meeting, decision):
    seen = fresh(up).version
    decide(karin, meeting, up, "queue", **decision)
    typed = {"version": seen, "decision": "place", **decision, "reason": "Vi ger plats i januari"}
    again = karin.post(page("meeting_case", meeting, up), typed)
    assert (again.status_code, len(decisions(up))) == (409, 1)
    assert "Gruppen har redan lämnat besked här." in again.text
    assert "Du valde ”plats”." in again.text
    for label, said in (
        ("Skäl, så att handläggaren förstår", "Vi ger plats i januari"),
        ("Senast", decision["due_on"]),
    ):
        assert f'<li class="written"><strong>{label}</strong><br>{said}</li>' in again.text


def test_who_decides_on_an_older_page_reads_it_again_and_keeps_what_was_typed(up, karin, meeting, decision):
    stale = fresh(up).version - 1
    typed = {"version": stale, "decision": "queue", **decision, "reason": "Praktik i januari"}
    for wrong in ({}, {"responsible": ""}):
        answer = karin.post(page("meeting_case", meeting, up), typed | wrong)
        assert "Något har ändrats i ärendet sedan du öppnade sidan." in answer.text
        assert "Något har ändrats under tiden" in answer.text
        assert "Praktik i januari" in answer.text
    assert not decisions(up)
    decide(karin, meeting, up, "queue", **decision)
    assert len(decisions(up)) == 1


def test_who_comes_too_late_for_the_last_place_is_told_so_and_keeps_what_was_typed(
    up, cast, karin, meeting, decision, monkeypatch
):
    """Another case gets the place when the engine has seen it free, and before this one's decision is written."""
    take_now = engine.take

    def take_late(*args, **kwargs):
        as_seen = facts_for([fresh(up)], timezone.localdate())
        monkeypatch.setattr(engine, "facts_for", lambda *args, **kwargs: as_seen)
        fill_places(cast.knutpunkten)
        return take_now(*args, **kwargs)

    monkeypatch.setattr(engine, "take", take_late)
    answer = decide(karin, meeting, up, "place", **{**decision, "reason": "Praktik i januari"})
    assert "Alla platser är upptagna eller erbjudna. Anta till kön i stället." in answer.text
    assert "ingen ledig" in answer.text
    assert "Praktik i januari" in answer.text
    assert fresh(up).state == "announced"


@pytest.mark.clause("W1")
def test_who_decides_after_the_consent_is_taken_back_is_told_so_at_the_meeting_with_what_they_wrote(
    up, karin, meeting, decision
):
    typed = {"version": fresh(up).version, "decision": "place", **decision, "reason": "Vi ger plats i januari"}
    assert up.person_name in karin.get(page("meeting_case", meeting, up)).text
    with behind_the_wall():
        up.parties.filter(basis="consent").update(withdrawn_at=timezone.now())
    answer = karin.post(page("meeting_case", meeting, up), typed)
    assert answer.status_code == 409
    assert "Inget är sparat.</strong> Ärendet är inte öppet för dig längre. Du valde ”plats”." in answer.text
    assert "Skäl, så att handläggaren förstår</strong><br>Vi ger plats i januari</li>" in answer.text
    assert f'href="{page("agenda", meeting)}">Lämna mötesläget</a>' in answer.text
    assert up.person_name not in answer.text
    assert "Johan Wik" not in answer.text
    assert fresh(up).state == "announced"


def test_only_the_coordinator_decides(up, mats, meeting, decision):
    shown = mats.get(page("meeting_case", meeting, up)).text
    assert "Spara och nästa" not in shown
    decide(mats, meeting, up, "queue", **decision)
    assert fresh(up).state == "announced"


@pytest.mark.clause("S7")
def test_the_gathered_information_is_presented_card_by_card(case, meeting, karin, mats, ulrika, cast):
    with behind_the_wall():
        for key, data in (
            ("own_words", {"words": "Jag vill ha ett jobb.", "will": "Bad själv om att få söka.", "hours": 12}),
            ("question", {"question": "Vem håller ihop det?"}),
        ):
            Section.objects.create(
                case=case, key=key, category="grund", author_unit=case.referring_unit, data=data, is_done=True,
                saved_at=timezone.now(), saved_by=cast.johan, disclosed_at=timezone.now(), disclosed_by=cast.johan,
            )  # fmt: skip
    karin.post(page("set_agenda", meeting))
    take(
        mats,
        case,
        "disclose",
        answer="disclosed",
        share=["arbetsmarknad"],
        text_arbetsmarknad="Inskriven sedan 2024-08",
        can_arbetsmarknad="Handledd praktik från januari",
    )
    with behind_the_wall():
        Case.objects.filter(pk=case.pk).update(caseworker=cast.sara)
    text = karin.get(page("meeting_case", meeting, case)).text
    for said in (
        "Remiss från Johan Wik, Västerviks kommun, Försörjningsstöd. Handläggare nu: Sara Lind",
        "Jag vill ha ett jobb.",
        "Vem håller ihop det?",
        "Redo för 12 timmar",
        "Handledd praktik från januari",
    ):
        assert said in text
    assert "Utlämnad av Mats Lindahl" in text
    assert "Försäkringskassan" in text
    assert "Inte part i samtycket." in text
    assert "Inskriven sedan" not in ulrika.get(page("meeting_case", meeting, case)).text
    gone = "Inte part längre. Det som är utlämnat står kvar."
    assert gone not in text
    with behind_the_wall():
        case.parties.filter(unit__name="Arbetsförmedlingen", basis="consent").update(withdrawn_at=timezone.now())
    after = karin.get(page("meeting_case", meeting, case)).text
    card = after.partition("<h2>Arbetsförmedlingen</h2>")[2].partition("</section>")[0]
    for said in (gone, "Inskriven sedan", "Handledd praktik från januari", "Utlämnad av Mats Lindahl"):
        assert said in card
    assert after.count("Arbetsförmedlingen</h2>") == 1
    assert "Inskriven sedan" not in ulrika.get(page("meeting_case", meeting, case)).text


@pytest.mark.clause("S7")
def test_the_referring_units_card_points_at_the_referral_and_is_not_late(up, karin, mats, meeting):
    for member in (karin, mats):
        text = member.get(page("meeting_case", meeting, up)).text
        assert "Det enheten vet står i remissen." in text
        assert text.count(page("read_referral", up)) == 2  # the head of the page, and the card
        assert "Har inte lämnat några uppgifter än." not in text


def test_one_leaves_meeting_mode_without_ending_anything(up, karin, mats, meeting):
    for member in (karin, mats):
        text = member.get(page("meeting_case", meeting, up)).text
        assert f'<a class="command" href="{page("agenda", meeting)}">Lämna mötesläget</a>' in text
        assert f"{meeting.programme.name} · " in text
    meeting.refresh_from_db()
    assert meeting.state == "agenda"


def test_who_is_there_can_be_changed_at_every_width(up, karin, mats, meeting):
    """The header has no room for it on a phone: there it stands beside the agenda."""
    phone = karin.get(page("meeting_case", meeting, up)).text.partition('class="rail-phone"')[2].partition("</nav>")[0]
    assert f'<a href="{page("meeting_attendance", meeting)}" class="nowrap">1 närvarande</a>' in phone
    assert page("meeting_attendance", meeting) not in mats.get(page("meeting_case", meeting, up)).text


@pytest.mark.clause("W1")
def test_a_case_without_a_ground_is_a_number_in_meeting_mode(meeting, make_case, mats):
    with behind_the_wall():
        person = make_person("Erik", "Åberg")
    hidden = make_case(
        "announced", person=person, parties={"Försörjningsstöd": ["grund"], "Knutpunktsteamet": ["grund"]}
    )
    put(hidden, meeting)
    text = mats.get(page("meeting_case", meeting, hidden)).text
    assert hidden.number in text
    assert "Åberg" not in text
    assert "Din enhet är inte part i det här ärendet." in text


@pytest.mark.clause("W1")
def test_the_rooms_screen_shows_the_number_while_somebody_present_is_no_party(up, cast, karin, meeting):
    name = f"<h1>{up.person_name}</h1>"
    present = [str(cast.karin.pk), str(cast.mats.pk)]
    karin.post(page("meeting_attendance", meeting), {"present": present})
    assert name in karin.get(page("meeting_case", meeting, up)).text
    karin.post(page("meeting_attendance", meeting), {"present": [*present, str(cast.siv.pk)]})
    hidden = karin.get(page("meeting_case", meeting, up)).text
    assert up.person_name not in hidden
    assert "Siv Aronsson" in hidden
    assert "Siv Aronsson är här men är inte part. Be hen gå ut" in hidden
    assert "Johan Wik" not in hidden
    assert "Spara och nästa" not in hidden
    assert 'href="?skarm=egen"' in hidden
    own = karin.get(page("meeting_case", meeting, up) + "?skarm=egen").text
    assert name in own
    assert "Du ser ärendet på din egen skärm." in own.partition("</header>")[0]
    assert own.count("?skarm=egen") == 1, "kept where the bar is sent, and on the way to no other case"
    back = karin.get(page("meeting_case", meeting, up)).text
    assert up.person_name not in back
    assert "på din egen skärm" not in back.partition("</header>")[0]


@pytest.mark.clause("W1")
def test_what_is_given_on_ones_own_screen_is_told_to_the_room_by_number(up, cast, karin, meeting, decision):
    karin.post(page("meeting_attendance", meeting), {"present": [str(cast.karin.pk), str(cast.siv.pk)]})
    own = page("meeting_case", meeting, up) + "?skarm=egen"
    answer = karin.post(own, {"version": fresh(up).version, "decision": "queue", **decision}, follow=True)
    assert f"{up.number}: genomgånget." in answer.text, "nor what came of it"
    assert up.person_name not in answer.text


@pytest.mark.clause("W1")
def test_before_it_is_noted_who_is_there_the_rooms_screen_asks_and_shows_numbers(up, karin, mats, meeting):
    Attendee.objects.filter(meeting=meeting).delete()
    room = karin.get(page("meeting_case", meeting, up)).text
    assert up.person_name not in room
    assert "Notera först vilka som är här" in room
    assert f'href="{page("meeting_attendance", meeting)}">Vilka är här?</a>' in room
    assert "Spara och nästa" not in room
    assert up.person_name in karin.get(page("meeting_case", meeting, up) + "?skarm=egen").text
    assert up.person_name in mats.get(page("meeting_case", meeting, up)).text


@pytest.mark.clause("W1")
def test_the_rooms_screen_shows_no_more_than_everybody_there_may_read(up, cast, karin, sign_in, meeting):
    take(sign_in(cast.ulrika), up, "disclose", answer="disclosed", share=["halsa"], text_halsa="Sover dåligt")
    present = [str(user.pk) for user in (cast.karin, cast.ulrika, cast.mats)]
    karin.post(page("meeting_attendance", meeting), {"present": present[:2]})
    before = karin.get(page("meeting_case", meeting, up)).text
    assert "Sover dåligt" in before
    karin.post(page("meeting_attendance", meeting), {"present": present})
    answer = karin.get(page("meeting_case", meeting, up))
    shown = answer.text
    assert f"<h1>{up.person_name}</h1>" in shown
    assert "Sover dåligt" not in shown, "Arbetsförmedlingen has no part in it"
    assert "Har lämnat uppgifter som inte delas med alla här." in shown
    kept = "social situation och ekonomi, fysisk och psykisk hälsa, tidigare arbete och arbetsmarknad."
    assert f"Samtycket ger inte alla som är här del av {kept}" in words_of(answer)
    assert page("read_referral", up) not in shown
    own = karin.get(page("meeting_case", meeting, up) + "?skarm=egen").text
    assert "Sover dåligt" in own
    assert "Rummet ser bara det som alla här får läsa." not in own


@pytest.mark.clause("W1", "K5")
def test_whoever_presents_a_consultation_is_in_the_room_for_the_other_cases_too(meeting, make_case, karin, cast):
    with behind_the_wall():
        person = make_person("Erik", "Åberg")
    units = ("Vuxenenheten", "Knutpunktsteamet", "Arbetsförmedlingen")
    other = make_case("announced", caseworker=cast.tove, person=person, parties={unit: ["grund"] for unit in units})
    own = make_case("announced", kind="consultation", parties=PARTIES)
    put(own, meeting, "consult")
    put(other, meeting)
    present = [str(user.pk) for user in (cast.karin, cast.mats, cast.johan)]
    karin.post(page("meeting_attendance", meeting), {"present": present})
    of_own, of_other = (karin.get(page("meeting_case", meeting, case)).text for case in (own, other))
    assert f"<h1>{own.person_name}</h1>" in of_own
    assert "Johan Wik är här men är inte part." in of_other
    assert "Åberg" not in of_own + of_other
    karin.post(page("meeting_attendance", meeting), {"present": present[:2]})
    assert "<h1>Erik Åberg</h1>" in karin.get(page("meeting_case", meeting, other)).text


@pytest.mark.clause("W5")
def test_a_protected_person_is_a_number_and_the_text_is_for_the_named_readers_in_the_room(
    meeting, make_case, karin, mats, ulrika, cast
):
    with behind_the_wall():
        person = make_person("Mona", "Skyddad", protection="sekretessmarkering")
    hidden = make_case("announced", person=person, parties=PARTIES, readers=[cast.karin, cast.mats])
    put(hidden, meeting)
    address = page("meeting_case", meeting, hidden)
    present = [str(cast.karin.pk), str(cast.mats.pk)]
    karin.post(page("meeting_attendance", meeting), {"present": present})
    opened = karin.get(address).text
    assert "läser inte ärendet" not in opened
    karin.post(page("meeting_attendance", meeting), {"present": [*present, str(cast.ulrika.pk)]})
    closed = karin.get(address).text
    assert "Ulrika Fors är här men läser inte ärendet." in closed
    for text in (opened, closed, mats.get(address).text, ulrika.get(address).text):
        assert hidden.number in text
        assert "Mona" not in text
    # By number, as for anybody without a ground; nothing more but to name who reads.
    assert "Ingen på din enhet är utsedd att läsa ärendet än." in ulrika.get(address).text
    # Named still, for a unit that is no party any more.
    karin.post(page("meeting_attendance", meeting), {"present": present})
    with behind_the_wall():
        hidden.parties.filter(unit__name="Arbetsförmedlingen", basis="consent").update(withdrawn_at=timezone.now())
    assert "Mats Lindahl är här men läser inte ärendet." in karin.get(address).text


def test_a_case_that_is_not_on_the_agenda_is_not_shown_there(meeting, make_case, karin, case):
    other = make_case("announced", parties=PARTIES)
    assert karin.get(page("meeting_case", meeting, other)).status_code == 404
    assert karin.get(page("meeting_case", meeting, uuid4())).status_code == 404
    assert karin.get(page("meeting_mode", uuid4())).status_code == 404


def test_the_way_goes_to_the_next_that_waits_and_the_meeting_ends_when_none_does(
    up, make_case, karin, meeting, decision
):
    second = make_case("announced", parties=PARTIES)
    put(second, meeting)
    with behind_the_wall():
        second.parties.update(answer="not_known")
    karin.post(page("set_agenda", meeting))
    early = karin.post(page("end_meeting", meeting), follow=True)
    assert "Det finns punkter kvar." in early.text
    answer = decide(karin, meeting, up, "queue", **decision)
    assert answer.redirect_chain[-1][0] == page("meeting_case", meeting, second)
    answer = decide(karin, meeting, second, "queue", **decision)
    assert "Allt är genomgånget" in answer.text
    assert answer.text.count("Avsluta mötet") == 1  # in the page, no more in the bar
    karin.post(page("end_meeting", meeting))
    meeting.refresh_from_db()
    assert meeting.state == "held"


@pytest.fixture
def unread(cast, meeting, make_case):
    """A protected person's case on the meeting's agenda, which nobody of the team is named to read."""
    with behind_the_wall():
        person = make_person("Mona", "Skyddad", protection="sekretessmarkering")
    case = make_case(
        "announced",
        person=person,
        parties=PARTIES,
        readers=[cast.mats],
        meeting_on=timezone.localdate(meeting.starts_at),
    )
    put(case, meeting)
    return case


@pytest.mark.clause("S7", "W5")
def test_a_meeting_does_not_end_while_a_case_that_the_coordinator_does_not_see_is_undecided(
    unread, meeting, ahead, karin, cast
):
    number = unread.number
    shown = karin.get(page("meeting_mode", meeting)).text
    assert "Allt är genomgånget" not in shown
    assert page("end_meeting", meeting) not in shown
    assert f"{number} är kvar.</strong> Ingen hos er är utsedd att läsa det." in shown
    assert page("name_reader", unread, cast.knutpunkten.team) in shown
    assert page("take_up_later", meeting) in karin.get(page("meeting_case", meeting, unread)).text
    refused = karin.post(page("end_meeting", meeting), follow=True).text
    assert f"{number} är kvar, så mötet kan inte avslutas än." in refused
    meeting.refresh_from_db()
    assert meeting.state == "planned"

    taken = karin.post(page("take_up_later", meeting), {"case": str(unread.pk)}, follow=True).text
    assert f"{number} tas upp på mötet" in taken
    assert "Inget är kvar att ta upp" in taken
    assert (item_of(unread, meeting).outcome, item_of(unread, ahead[1]).outcome) == ("postponed", "")
    karin.post(page("end_meeting", meeting))
    meeting.refresh_from_db()
    assert meeting.state == "held"
    assert f"Nästa möte, {weekday_iso(ahead[1].starts_at)}" in words_of(karin.get(page("agenda", meeting)))


@pytest.mark.clause("S7", "W5")
def test_a_case_that_nobody_read_stands_on_the_meeting_to_come_when_somebody_is_named(
    unread, meeting, ahead, karin, cast
):
    """Called off, put off at the next, named: the case, its day and whom it waits for are the third meeting's."""
    karin.post(page("call_off_meeting", meeting), {"reason": "Samordnaren är sjuk."})
    karin.post(page("begin_meeting", ahead[1]))
    karin.post(page("take_up_later", ahead[1]), {"case": str(unread.pk)})
    with behind_the_wall(), connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = 'follow_meetings'")
        assert cursor.fetchone() == (2,)
        settle_meetings()
        NamedReader.objects.create(
            case=unread,
            unit=cast.knutpunkten.team,
            user=cast.karin,
            reason="Håller i mötet",
            valid_from=timezone.localdate(),
            valid_until=timezone.localdate() + timedelta(days=90),
            given_by=cast.karin,
            given_at=timezone.now(),
        )
    day = timezone.localdate(ahead[2].starts_at)
    assert fresh(unread).meeting_on == day
    assert str(day) in karin.get(page("case", unread)).text
    assert karin.get(page("meeting", unread)).url == page("meeting_case", ahead[2], unread)


@pytest.mark.clause("S7")
def test_from_a_meeting_held_early_a_case_is_put_off_to_one_before_its_planned_day(make_case, ahead, karin):
    early, between = ahead[2], ahead[1]
    case = make_case("announced", parties=PARTIES, meeting_on=timezone.localdate(early.starts_at))
    put(case, early)
    karin.post(page("begin_meeting", early))
    slide = page("meeting_case", early, case) + "?skarm=egen"
    shown = [karin.get(address).text for address in (page("step", case, "postpone"), slide)]
    assert all(str(between.pk) in text for text in shown)
    take(karin, case, "postpone", reason="Mer tid.", meeting=str(between.pk))
    assert f'Nästa möte, <a href="{page("agenda", between)}">' in karin.get(page("agenda", early)).text


def test_what_is_not_left_is_not_taken_up_later(up, meeting, ahead, karin, make_case):
    """Nor what the coordinator sees, which is put off by its step; nor when somebody was first."""
    for case in (up.pk, uuid4()):
        answer = karin.post(page("take_up_later", meeting), {"case": str(case)}, follow=True)
        assert "Punkten är inte kvar här längre." in answer.text
    assert not AgendaItem.objects.filter(meeting=ahead[1]).exists()


def test_from_the_case_one_comes_to_where_it_waits_though_a_meeting_called_off_lies_later(case, meeting, ahead, karin):
    put(case, ahead[1], outcome="postponed")
    assert karin.get(page("meeting", case)).url == page("meeting_case", meeting, case)


@pytest.mark.clause("S6")
def test_what_was_announced_at_the_meeting_counts_as_announced_when_it_ends(
    case, cast, ahead, make_case, karin, meeting
):
    announced = make_case("announced", parties=PARTIES, level=Level.IDENTITY)
    item = put(announced, ahead[1], "announce")
    karin.post(page("meeting_attendance", ahead[1]), {"present": [str(cast.karin.pk)]})
    shown = karin.get(page("meeting_case", ahead[1], announced)).text
    assert announced.person_name in shown
    assert "Anmäls på mötet. Parterna" in shown, "which may be on another day"
    assert "Inget mer än namn och nummer visas." in shown
    answer = karin.post(page("end_meeting", ahead[1]), follow=True)
    assert "Mötet har inte börjat." in answer.text
    item.refresh_from_db()
    assert item.outcome == AgendaItem.Outcome.WAITS
    karin.post(page("begin_meeting", ahead[1]))
    karin.post(page("end_meeting", ahead[1]))
    item.refresh_from_db()
    assert item.outcome == AgendaItem.Outcome.ANNOUNCED


def test_attendance_takes_only_the_group_and_can_be_corrected(case, meeting, karin, cast):
    karin.post(page("meeting_attendance", meeting), {"present": [str(cast.mats.pk), str(cast.helena.pk)]})
    karin.post(page("meeting_attendance", meeting), {"present": [str(cast.mats.pk)]})
    assert set(Attendee.objects.here().filter(meeting=meeting).values_list("user", flat=True)) == {cast.mats.pk}
    answer = karin.post(page("meeting_attendance", meeting), {"present": [str(cast.bengt.pk)]})
    assert "Välj" in answer.text
    assert Attendee.objects.here().filter(meeting=meeting).count() == 1


@pytest.mark.clause("S7")
def test_who_leaves_a_meeting_that_has_begun_was_there_for_a_part_of_it(up, ahead, meeting, karin, cast):
    both, mats = ({"present": [str(user.pk) for user in users]} for users in ((cast.mats, cast.helena), (cast.mats,)))
    both["guests"], mats["guests"] = "Eva Ek, Kriminalvården\nKarl Ask", "Eva Ek, Kriminalvården"
    for sitting in (ahead[1], meeting):
        for present in (both, mats):
            saved = karin.post(page("meeting_attendance", sitting), present, follow=True).text
            assert ("Andra som har gått" in karin.get(page("meeting_attendance", sitting)).text) == (
                sitting == meeting and present is mats
            )
    assert "2 närvarande." in saved
    assert Attendee.objects.filter(meeting=ahead[1]).count() == 1, "it has not begun, and so it was a mistake"
    shown = karin.get(page("meeting_attendance", meeting)).text
    assert shown.count("checked") == 1
    karin.post(page("meeting_attendance", meeting), both)
    assert Attendee.objects.here().filter(meeting=meeting).count() == 2, "back again"
    meeting.refresh_from_db()
    assert (meeting.guest_names, meeting.guest_names_left) == (["Eva Ek, Kriminalvården", "Karl Ask"], [])
    karin.post(page("meeting_attendance", meeting), mats | {"guests_left": "Karl Ask"})
    karin.post(page("meeting_attendance", meeting), mats | {"guests_left": ""})
    meeting.refresh_from_db()
    assert meeting.guest_names_left == [], "a line that was wrong is taken away"
    karin.post(page("meeting_attendance", meeting), both)
    karin.post(page("meeting_attendance", meeting), mats)
    Meeting.objects.filter(pk=meeting.pk).update(state="held")
    held = karin.get(page("agenda", meeting)).text.partition("Var med på mötet")[2]
    assert "en del av mötet" in held.partition(cast.helena.name)[2].partition("</li>")[0]
    assert "en del av mötet" not in held.partition(cast.mats.name)[2].partition("</li>")[0]
    assert "Karl Ask" in held.partition("Gäst · en del av mötet")[0].rpartition("<li>")[2]
    assert held.count("en del av mötet") == 3, "Karin too, who was noted first"


@pytest.mark.clause("W1")
def test_everybody_is_marked_at_once_and_a_guest_is_noted_who_has_no_ground(up, meeting, karin, cast):
    address, guest = page("meeting_attendance", meeting), "Eva Ek, Kriminalvården"
    shown = karin.post(address, {"everybody": "1", "guests": guest}).text
    assert shown.count("checked") == shown.count('name="present"') > 3
    assert guest in shown
    assert Attendee.objects.filter(meeting=meeting).count() == 1, "marked, to be saved when the missing are unmarked"
    saved = karin.post(address, {"present": [str(cast.karin.pk)], "guests": f"{guest}\n\n"}, follow=True).text
    assert "2 närvarande." in saved
    room = karin.get(page("meeting_case", meeting, up)).text
    assert f"{guest} är här men är inte part." in room
    assert up.person_name not in room


def test_from_the_case_one_comes_to_its_meeting(case, meeting, karin, make_case, sign_in, cast):
    assert karin.get(page("meeting", case)).url == page("meeting_case", meeting, case)
    loose = make_case("announced", parties=PARTIES)
    assert karin.get(page("meeting", loose)).url == page("case", loose)
    assert sign_in(cast.siv).get(page("meeting", case)).status_code == 404


def test_meeting_mode_costs_at_most_twelve_statements_however_long_the_agenda(up, make_case, karin, meeting, cast):
    counted = []
    karin.get(page("meeting_case", meeting, up))  # what was to be told has been told
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert karin.get(page("meeting_case", meeting, up)).status_code == 200
        counted.append(sum(is_the_pages_own(query["sql"].lower()) for query in queries))
        for _ in range(10):
            put(make_case("announced", parties=PARTIES), meeting)
    assert counted[0] == counted[1] <= 12


def is_the_pages_own(sql: str) -> bool:
    frame = (
        'from "django_session"',
        'from "organisations_user" where "organisations_user"."id"',
        "select begin_as(",
        'into "audit_entry"',
    )
    return sql.startswith(("select", "with", "insert", "update")) and not any(part in sql for part in frame)


def test_how_long_one_is_signed_in_is_known_in_meeting_mode_too(up, karin, meeting):
    text = karin.get(page("meeting_case", meeting, up)).text
    assert int(text.partition('data-sitting="')[2].partition('"')[0]) > 0
