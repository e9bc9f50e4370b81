"""Consultations: first at the meeting, presented by their caseworker, with advice that is sent (K4, K5)."""

import re

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.cases.models import Level, Section
from knutpunkten.consultations.models import Advice
from knutpunkten.meetings.models import AgendaItem
from knutpunkten.ui.dates import weekday_iso
from tests.conftest import behind_the_wall
from tests.meetings.conftest import PARTIES
from tests.meetings.pages import decide, fresh, item_of, page, put, take

ADVICE = {
    "present": "Karin Hallgren, Mats Lindahl",
    "given": "Mats berättade om stöd.",
    "advised": "Börja i liten skala.",
}


@pytest.fixture
def consultation(make_case, meeting):
    case = make_case(
        "announced", kind="consultation", parties=PARTIES, meeting_on=timezone.localdate(meeting.starts_at)
    )
    put(case, meeting, "consult")
    return case


def tick(client, meeting, *users):
    client.post(page("meeting_attendance", meeting), {"present": [str(user.pk) for user in users]})


@pytest.mark.clause("K4", "S13")
def test_the_representative_gives_the_others_the_text_itself(make_case, cast, ahead, nadja, mats):
    case = make_case("handed_over", kind="consultation", parties=PARTIES, level=Level.NOTHING)
    with behind_the_wall():
        Section.objects.create(
            case=case, key="question", category="grund", author_unit=case.referring_unit,
            data={"question": "Hur kommer vi vidare?"}, is_done=True, saved_at=timezone.now(), saved_by=cast.johan,
            disclosed_at=timezone.now(), disclosed_by=cast.johan,
        )  # fmt: skip
    assert mats.get(page("case", case)).status_code == 404
    take(nadja, case, "announce_consultation", meeting=ahead[0].pk)
    assert "Hur kommer vi vidare?" in mats.get(page("meeting_case", ahead[0], case)).text
    assert item_of(case, ahead[0]).purpose == AgendaItem.Purpose.CONSULT
    box = mats.get(page("knowledge", case)).text
    assert "De läser det ni har lämnat ut genast, så länge samtycket gäller." in box


@pytest.mark.clause("K5")
def test_who_is_to_present_reads_where_and_when_on_the_case(consultation, karin, johan, meeting):
    karin.post(page("begin_meeting", meeting))
    shown = re.sub(r"<[^>]+>", "", johan.get(page("case", consultation)).text)
    assert f"Möte {weekday_iso(timezone.localdate())}" in shown
    told = f"Mötet börjar kl. {timezone.localtime(meeting.starts_at):%H:%M} i {meeting.place}, och konsultationerna tas"
    assert told in shown
    assert "Handläggaren presenterar konsultationen själv" in karin.get(page("case", consultation)).text


@pytest.mark.clause("K5")
def test_the_caseworker_is_there_presents_and_gets_the_advice(consultation, cast, karin, johan, meeting):
    refused = decide(karin, meeting, consultation, "presented")
    assert "Handläggaren är inte antecknad som närvarande på mötet." in refused.text
    assert "Johan Wik, presenterar sin konsultation" in karin.get(page("meeting_attendance", meeting)).text
    tick(karin, meeting, cast.johan, cast.karin, cast.mats, cast.ulrika)
    tick(karin, meeting, cast.johan, cast.karin, cast.mats)

    assert "Har inte svarat:" in karin.get(page("meeting_case", meeting, consultation)).text
    shown = decide(karin, meeting, consultation, "presented").text
    assert "Har inte svarat:" not in shown  # nobody is waited for any more
    assert fresh(consultation).state == "presented"
    assert item_of(consultation, meeting).outcome == "advised"
    tick(karin, meeting, cast.johan, cast.karin)
    beside = karin.get(page("step", consultation, "close_consultation")).text
    for asked in (shown, beside):  # the same at the meeting as after it
        heard = asked.partition('name="present"')[2].partition("</textarea>")[0]
        assert "Johan Wik, Västerviks kommun, Försörjningsstöd" in heard
        assert "Mats Lindahl" in heard, "who has left since"
        assert "Ulrika Fors" not in heard, "who left before it"
        order = [asked.index(f'name="{name}"') for name in ("advised", "given", "present")]
        assert order == sorted(order)
    decide(karin, meeting, consultation, "advice", **ADVICE)
    assert fresh(consultation).state == "closed"
    text = johan.get(page("case", consultation)).text
    for said in ADVICE.values():
        assert said in text


@pytest.mark.clause("K5")
def test_no_consultation_is_presented_before_the_meeting_has_begun(consultation, cast, karin, meeting):
    tick(karin, meeting, cast.karin, cast.johan)
    karin.post(page("begin_meeting", meeting), {"way": "undo"})
    day = timezone.localdate(meeting.starts_at)
    refused = strip_tags(decide(karin, meeting, consultation, "presented").text)
    assert f"Mötet är {day} och har inte börjat." in refused
    assert fresh(consultation).state == "announced"


@pytest.fixture
def case(make_case, karin, meeting):
    """Ready for its besked at the meeting."""
    case = make_case("announced", parties=PARTIES)
    put(case, meeting)
    with behind_the_wall():
        case.parties.update(answer="not_known")
    karin.post(page("set_agenda", meeting))
    return case


LEFT = "En konsultation är kvar. Ta den först, eller skjut upp den."


@pytest.mark.clause("K5")
@pytest.mark.parametrize("which", ["place", "queue", "return"])
def test_no_case_gets_its_besked_while_a_consultation_waits(which, consultation, case, cast, karin, meeting, decision):
    tick(karin, meeting, cast.johan, cast.karin)
    shown = karin.get(page("meeting_case", meeting, case)).text
    assert LEFT in shown
    to_it = f'href="{page("meeting_case", meeting, consultation)}">Till {consultation.person_name}</a>'
    assert to_it in shown
    given = {**decision, "what_would_change_it": "Att läkarintyget kommer"}
    refused = decide(karin, meeting, case, which, **given).text
    assert LEFT in refused.split('role="alert"')[1]
    assert refused.count(LEFT) == 1
    assert to_it in refused
    assert decision["reason"] in refused
    step = {"place": "admit"}.get(which, which)
    take(karin, case, step, **given)  # nor past the meeting's own page
    assert fresh(case).state == "announced"

    decide(karin, meeting, consultation, "presented")
    decide(karin, meeting, case, which, **given)
    assert fresh(case).state == {"place": "placed", "queue": "queued", "return": "returned"}[which]


@pytest.mark.clause("K5")
def test_a_case_is_postponed_while_a_consultation_waits_and_decided_when_that_is_postponed(
    consultation, case, make_case, karin, meeting, ahead, decision
):
    other = make_case("announced", kind="consultation", parties=PARTIES)
    put(other, meeting, "consult")
    assert "Två konsultationer är kvar. Ta dem först" in karin.get(page("meeting_case", meeting, case)).text
    later = {"meeting": ahead[1].pk, "reason": "Läkarintyget saknas"}
    decide(karin, meeting, consultation, "later", **later)
    decide(karin, meeting, other, "later", **later)
    decide(karin, meeting, case, "queue", **decision)
    assert fresh(case).state == "queued"
    third = make_case("announced", parties=PARTIES)
    put(third, ahead[1])
    decide(karin, ahead[1], third, "later", meeting=ahead[2].pk, reason="Läkarintyget saknas")
    assert item_of(third, ahead[1]).outcome == "postponed"


@pytest.mark.clause("K5")
def test_a_consultation_that_nobody_at_the_meeting_can_take_holds_up_no_case_and_says_that_consent_lacks(
    consultation, case, karin, nadja, johan, meeting, decision
):
    with behind_the_wall():
        consultation.parties.filter(basis="consent").update(withdrawn_at=timezone.now())
    lacks = "Samtycke saknas. Mötet kan inte ta upp konsultationen innan ett samtycke gäller."
    seen = nadja.get(page("meeting_case", meeting, consultation)).text
    assert lacks in seen
    assert "öppnas när dagordningen är lagd" not in seen
    for member in (nadja, johan):
        on_the_case = member.get(page("case", consultation)).text
        assert lacks in on_the_case
        assert "presenterar konsultationen själv" not in on_the_case
    agenda = nadja.get(page("agenda", meeting)).text
    assert "Samtycke saknas, kan inte tas upp" in agenda
    assert "Johan Wik presenterar" not in agenda
    decide(karin, meeting, case, "queue", **decision)
    assert fresh(case).state == "queued"


@pytest.mark.clause("K5")
def test_a_consultation_that_comes_once_a_case_has_been_decided_waits_for_the_next_meeting(
    case, make_case, cast, karin, meeting, decision
):
    after = make_case("announced", parties=PARTIES)
    put(after, meeting)
    with behind_the_wall():
        after.parties.update(answer="not_known")
    karin.post(page("set_agenda", meeting))
    decide(karin, meeting, case, "queue", **decision)
    late = make_case("announced", kind="consultation", parties=PARTIES)
    put(late, meeting, "consult")
    tick(karin, meeting, cast.johan, cast.karin)
    refused = decide(karin, meeting, late, "presented")
    assert "Mötet har redan börjat med ärendena. Konsultationer tas först." in refused.text
    assert fresh(late).state == "announced"
    assert "konsultation är kvar" not in karin.get(page("meeting_case", meeting, after)).text
    decide(karin, meeting, after, "queue", **decision)
    assert fresh(after).state == "queued"


def test_what_is_presented_has_no_advice_until_it_is_written_down(consultation, cast, karin, sign_in, meeting):
    tick(karin, meeting, cast.johan)
    rail = decide(karin, meeting, consultation, "presented").text.partition('id="dagordning"')[2]
    assert "Presenterad, råd saknas" in rail
    assert "Råd lämnat" not in rail
    assert 'class="past' not in rail
    assert "Presenterad, råd saknas" in karin.get(page("agenda", meeting)).text
    seen_by_others = sign_in(cast.siv).get(page("agenda", meeting)).text
    assert "Presenterad" in seen_by_others
    assert "råd saknas" not in seen_by_others
    on_the_case = karin.get(page("case", consultation)).text
    assert "Skriv råden" in on_the_case
    assert "Skicka råden" not in on_the_case, "it leads to the form, whose own button sends them"
    assert ">Skicka råden och avsluta</button>" in karin.get(page("step", consultation, "close_consultation")).text
    decide(karin, meeting, consultation, "advice", **ADVICE)
    agenda = karin.get(page("agenda", meeting)).text
    assert "Råd lämnat" in agenda
    assert "Presenterad" not in agenda


def test_a_consultation_is_postponed_with_a_reason(consultation, karin, meeting, ahead):
    assert "Skriv varför ärendet skjuts upp" in decide(karin, meeting, consultation, "later", meeting=ahead[1].pk).text
    decide(karin, meeting, consultation, "later", meeting=ahead[1].pk, reason="Johan är sjuk")
    assert item_of(consultation, ahead[1]).purpose == "consult"
    assert fresh(consultation).state == "announced"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("present", "", "Skriv vilka som var med"),
        ("given", "", "Skriv vilka uppgifter som lämnades, eller att inga lämnades"),
        ("advised", "", "Skriv vilka råd gruppen gav"),
        ("advised", "x" * 4001, "högst 4000 tecken"),
    ],
)
def test_advice_that_lacks_something_says_what_and_keeps_the_rest(
    consultation, cast, karin, meeting, field, value, says
):
    tick(karin, meeting, cast.johan)
    decide(karin, meeting, consultation, "presented")
    answer = decide(karin, meeting, consultation, "advice", **{**ADVICE, field: value})
    assert says in answer.text
    kept = next(text for name, text in ADVICE.items() if name != field)
    assert kept in answer.text
    with behind_the_wall():
        assert not Advice.objects.exists()


@pytest.mark.clause("W1")
def test_the_advice_is_read_by_the_parties_and_by_nobody_else(consultation, cast, karin, mats, sign_in, meeting):
    tick(karin, meeting, cast.johan)
    decide(karin, meeting, consultation, "presented")
    decide(karin, meeting, consultation, "advice", **ADVICE)
    assert ADVICE["advised"] in mats.get(page("case", consultation)).text
    assert sign_in(cast.siv).get(page("case", consultation)).status_code == 404


@pytest.mark.clause("W1", "K5")
def test_the_advice_says_by_whom_when_and_under_which_consent(consultation, cast, karin, johan, mats, meeting):
    """It is shared as it is written: to the caseworker whom it is for, and to the parties."""
    tick(karin, meeting, cast.johan)
    decide(karin, meeting, consultation, "presented")
    decide(karin, meeting, consultation, "advice", **ADVICE)
    today, since = timezone.localdate(), timezone.localdate(consultation.created_at)
    said = (
        f"Skrivet av Karin Hallgren, Knutpunkten, Knutpunktsteamet, {today}, delat med stöd av samtycket från {since}"
    )
    for client in (johan, mats):
        assert said in re.sub(r"</?span[^>]*>", "", client.get(page("case", consultation)).text)
    assert "Råden efter konsultationen</th>" in johan.get(page("shared", consultation)).text


@pytest.mark.clause("W1")
def test_advice_under_no_consent_says_that_nobody_else_reads_it(consultation, cast, karin, johan, mats, meeting):
    """The consent was taken back before it was written down: the team keeps its words, and shares none."""
    tick(karin, meeting, cast.johan)
    decide(karin, meeting, consultation, "presented")
    with behind_the_wall():
        consultation.parties.filter(basis="consent").update(withdrawn_at=timezone.now())
        Advice.objects.create(
            case=consultation, author_unit=consultation.programme.team, recorded_at=timezone.now(),
            recorded_by=cast.karin, **ADVICE,
        )  # fmt: skip
    assert mats.get(page("case", consultation)).status_code == 404
    seen = johan.get(page("case", consultation)).text
    assert "Delas inte med er enhet" in seen
    assert ADVICE["advised"] not in seen
    kept = karin.get(page("case", consultation)).text
    assert ADVICE["advised"] in kept
    assert "Inget samtycke gällde då, så det delas inte" in kept
