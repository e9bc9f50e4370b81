"""A unit whose representative has no account: the coordinator writes down what they say, and discloses nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Case, Level, Party, Section, State, Turn
from knutpunkten.desk.jobs import settle
from knutpunkten.meetings.actions import plan_meetings
from knutpunkten.meetings.models import AgendaItem, Knowledge, Meeting
from knutpunkten.meetings.models import Notice as Besked
from knutpunkten.notices.models import Notice
from knutpunkten.organisations.models import Membership
from knutpunkten.routine import engine
from knutpunkten.routine.step import Actor
from knutpunkten.routine.table import TABLE
from knutpunkten.routine.waits import to_announce, to_answer, to_ask, to_give_notice
from tests.builders import make_person
from tests.conftest import behind_the_wall
from tests.meetings.pages import fresh, page, put, take
from tests.referrals.filling import fill_all, hand_over, sign_consent
from tests.routine.walk import OTHER, REFERRING, TEAM, good, party, with_case

SAID = {"orally_by": "Rut Alm", "orally_on": timezone.localdate().isoformat()}


def leave(user: Any) -> None:
    """The account's part in its unit ended long before the case began."""
    with behind_the_wall():
        Membership.objects.filter(user=user).update(ends_on=timezone.localdate() - timedelta(days=60))


def test_the_coordinator_is_told_in_the_representatives_place_and_of_nothing_else() -> None:
    facts: Any = SimpleNamespace(case=Case(state=State.ANNOUNCED), lacks_representative=True)
    for step in TABLE:
        more = set(engine.told(step, State.ANNOUNCED, facts)) - {*step.tells}
        assert more == ({Actor.CO} - {*step.tells} if Actor.REP in step.tells else set()), step.id


@pytest.fixture
def meeting(cast: Any) -> Meeting:
    now = timezone.now()
    with behind_the_wall():
        plan_meetings(cast.knutpunkten, timezone.localdate(now) + timedelta(days=200), now)
    ahead = Meeting.objects.filter(programme=cast.knutpunkten).ahead(now).first()
    assert ahead is not None
    return ahead


@pytest.fixture
def karin(sign_in: Callable[..., Client], cast: Any) -> Client:
    return sign_in(cast.karin)


@pytest.fixture
def johan(sign_in: Callable[..., Client], cast: Any) -> Client:
    return sign_in(cast.johan)


@pytest.fixture
def unmanned(cast: Any, meeting: Meeting, make_case: Callable[..., Any]) -> Any:
    """Handed over by a unit that has no representative with an account."""
    leave(cast.nadja)
    return make_case("handed_over")


def turns(case: Any) -> set[tuple[str, str]]:
    with behind_the_wall():
        return set(Turn.objects.filter(case=case).values_list("step", "role"))


# Whose turn it is.


def test_the_coordinator_is_waited_for_where_the_referring_unit_has_no_account() -> None:
    facts = good("give_notice", "collaboration", "placed", True)
    for waits in (to_announce, to_give_notice):
        assert [w.actor for w in waits(facts)] == ["representative"]
    alone = replace(facts, unrepresented=frozenset({REFERRING.pk}))
    for waits in (to_announce, to_give_notice):
        assert [(w.actor, w.unit_id) for w in waits(alone)] == [("stand_in", TEAM.pk)]


def test_the_coordinator_asks_a_party_that_has_no_account() -> None:
    facts = with_case(
        replace(good("", "collaboration", "announced", True), parties=(party(OTHER, answer=""),)),
        meeting_on=timezone.localdate(),
    )
    assert ([w.unit_id for w in to_answer(facts)], list(to_ask(facts))) == ([OTHER.pk], [])
    alone = replace(facts, unrepresented=frozenset({OTHER.pk}))
    assert (list(to_answer(alone)), [w.actor for w in to_ask(alone)]) == ([], ["coordinator"])


# From handing over to the besked.


@pytest.mark.clause("S13", "W3")
@pytest.mark.django_db
def test_what_a_unit_without_a_representatives_account_hands_over_comes_to_the_coordinator(
    johan, karin, cast, make_case, meeting
) -> None:
    leave(cast.nadja)
    with behind_the_wall():
        person = make_person("Amira", "Öqvist", number="197804112394")
    case = make_case("draft", parties={}, person=person)
    fill_all(johan, case)
    sign_consent(johan, case, cast)
    assert karin.get(page("case", case)).status_code == 404
    check = johan.get(reverse("check_referral", args=[case.pk])).text
    assert "Samordnaren Karin Hallgren skriver in det representanten säger" in check
    assert "Nadja Berg" not in check[check.index("Lämna in remissen") :]
    hand_over(johan, case)
    receipt = johan.get(reverse("referral_receipt", args=[case.pk])).text
    assert "Ge därför representanten remissen och samtycket på papper" in receipt
    assert "fick den" not in receipt
    assert fresh(case).state == "handed_over"
    assert turns(case) == {("announce", "coordinator")}
    with behind_the_wall():
        assert Notice.objects.filter(case_id=case.pk, event="hand_over", user=cast.karin).exists()
        levels = dict(Party.objects.filter(case=case, basis="consent").values_list("unit__name", "level"))
    assert levels.pop("Knutpunktsteamet") == Level.IDENTITY
    assert set(levels.values()) == {Level.NOTHING}
    assert "Anmäl ärendet till gruppen: Amira Öqvist" in karin.get(reverse("start")).text
    seen = karin.get(page("case", case)).text
    assert "Amira Öqvist" in seen
    for hidden in ("Hur kan Leif pröva", "Jag vill jobba igen", "Ryggvärk"):
        assert hidden not in seen + karin.get(page("read_referral", case)).text


@pytest.mark.clause("S13", "S6")
@pytest.mark.django_db
def test_the_coordinator_announces_on_the_representatives_word(unmanned, karin, johan, meeting, cast) -> None:
    asked = karin.get(page("step", unmanned, "announce")).text
    assert "Muntligt av" in asked
    tomorrow = timezone.localdate() + timedelta(days=1)
    refused = take(karin, unmanned, "announce", meeting=meeting.pk, orally_by="", orally_on=str(tomorrow)).text
    assert "Skriv vem på enheten som sa det" in refused
    assert "Dagen ligger framåt i tiden" in refused
    assert fresh(unmanned).state == "handed_over"
    take(karin, unmanned, "announce", meeting=meeting.pk, **SAID)
    assert fresh(unmanned).state == "announced"
    with behind_the_wall():
        entry = Entry.objects.of_case(unmanned.pk).get(event="announce")
        assert (entry.user_id, entry.detail["orally_on"]) == (cast.karin.pk, SAID["orally_on"])
        assert "Rut Alm" not in str(entry.detail)
    assert "anmälde ärendet till gruppen, muntligt" in johan.get(page("case", unmanned)).text
    # Who said it is read with the rest of what is disclosed, when the case is on the agenda.
    with behind_the_wall():
        Party.objects.filter(case=unmanned, basis="consent").update(level=Level.TEXT)
    assert f"Anmälan till gruppen: muntligt av Rut Alm, {SAID['orally_on']}" in johan.get(page("case", unmanned)).text


@pytest.mark.clause("S13")
@pytest.mark.django_db
def test_what_is_sent_back_on_the_representatives_word_is_read_by_the_caseworkers_unit_alone(
    unmanned, karin, johan, sign_in, cast
) -> None:
    after = take(karin, unmanned, "send_back", lacking="Skriv hur många timmar hen orkar.", **SAID)
    assert "Remissen är tillbaka hos Johan Wik, som ser vad du skrev." in after.text
    assert fresh(unmanned).state == "draft"
    seen = strip_tags(johan.get(page("referral", unmanned)).text)
    assert "Skriv hur många timmar hen orkar." in seen
    assert f"Rut Alm skickade tillbaka remissen, muntligt {SAID['orally_on']}:" in seen
    assert "Inskrivet av Karin Hallgren." in seen
    assert "skickade tillbaka remissen, muntligt" in johan.get(page("case", unmanned)).text
    assert "Rut Alm skickade tillbaka den " in johan.get(reverse("start")).text
    # A draft is its own unit's, also for the one who wrote down what was said.
    for other in (karin, sign_in(cast.mats)):
        assert other.get(page("case", unmanned)).status_code == 404
        assert "Sandqvist" not in other.get(reverse("start")).text + other.get(reverse("cases")).text
    with behind_the_wall():
        assert Section.objects.get(case=unmanned, key="sent_back").author_unit == unmanned.referring_unit


@pytest.mark.clause("S7", "S13")
@pytest.mark.django_db
def test_the_coordinator_gives_the_besked_on_the_representatives_word(
    make_case, karin, johan, meeting, cast, take: Any
) -> None:
    leave(cast.nadja)
    case = make_case("announced", meeting_on=timezone.localdate(meeting.starts_at))
    with behind_the_wall():
        put(case, meeting)
        case.parties.update(answer="not_known")
    due = timezone.localdate(meeting.starts_at).isoformat()
    karin.post(page("begin_meeting", meeting))
    take(case, "set_agenda", cast.karin)
    take(case, "queue", cast.karin, reason="Kön är lång.", responsible=str(cast.johan.pk), due_on=due)
    assert ("give_notice", "coordinator") in turns(case)
    given = {"text": "Plats i kön.", "how": "phone", **SAID, "version": fresh(case).version}
    karin.post(page("step", case, "give_notice"), given)
    with behind_the_wall():
        besked = Besked.objects.get(case=case)
    assert (besked.given_by_id, besked.author_unit_id) == (cast.karin.pk, cast.knutpunkten.team_id)
    assert "Plats i kön." in johan.get(page("case", case)).text


@pytest.mark.clause("S13")
@pytest.mark.django_db
@pytest.mark.parametrize("step", ["announce", "send_back"])
def test_where_the_unit_has_a_representative_the_coordinator_takes_nothing_for_it(
    step: str, make_case, karin, meeting
) -> None:
    case = make_case("handed_over", level=Level.IDENTITY)
    typed = {"meeting": meeting.pk, "lacking": "x", **SAID, "version": case.version}
    assert karin.post(page("step", case, step), typed).status_code == 404
    assert fresh(case).state == "handed_over"
    assert turns(case) == {("announce", "representative")}


@pytest.mark.django_db
def test_a_representative_is_not_asked_who_said_it(make_case, sign_in, cast, meeting) -> None:
    case = make_case("handed_over")
    nadja = sign_in(cast.nadja)
    assert "Muntligt av" not in nadja.get(page("step", case, "announce")).text
    take(nadja, case, "announce", meeting=meeting.pk, **SAID)
    with behind_the_wall():
        assert not Section.objects.filter(case=case, key="orally").exists()


# Another party without an account.


@pytest.fixture
def silent(cast: Any, meeting: Meeting, make_case: Callable[..., Any]) -> Any:
    """On the agenda; Öppenpsykiatrin has no account to answer with, Arbetsförmedlingen has."""
    leave(cast.ulrika)
    case = make_case("announced", meeting_on=timezone.localdate(meeting.starts_at))
    with behind_the_wall():
        put(case, meeting, AgendaItem.Purpose.DECIDE)
    return case


@pytest.mark.clause("S6")
@pytest.mark.django_db
def test_the_coordinator_notes_that_a_party_without_an_account_does_not_know_the_person(
    silent, karin, cast, johan
) -> None:
    assert {("disclose", "representative"), ("note_unanswered", "coordinator")} <= turns(silent)
    unit, other = cast.unit("Öppenpsykiatrin").pk, cast.unit("Arbetsförmedlingen").pk
    refused = take(karin, silent, "note_unanswered", units=[str(unit), str(other)], answer="not_known", **SAID).text
    assert "Kryssa ur Arbetsförmedlingen: där svarar representanten själv" in refused
    refused = take(karin, silent, "note_unanswered", units=[str(unit)], answer="not_known").text
    assert "Skriv vem på enheten som sa det" in refused
    take(karin, silent, "note_unanswered", units=[str(unit)], answer="not_known", **SAID)
    with behind_the_wall():
        answers = dict(Party.objects.filter(case=silent, basis="consent").values_list("unit", "answer"))
    assert (answers[unit], answers[other]) == ("not_known", "")
    assert "note_unanswered" not in {step for step, _ in turns(silent)}
    assert "muntligt av Rut Alm" in johan.get(page("case", silent)).text


@pytest.mark.clause("K4", "W3")
@pytest.mark.django_db
def test_in_a_consultation_too_the_coordinator_notes_what_a_party_without_an_account_answers(
    meeting, make_case, karin, cast, sign_in
) -> None:
    leave(cast.ulrika)
    case = make_case("announced", kind="consultation", meeting_on=timezone.localdate(meeting.starts_at))
    with behind_the_wall():
        put(case, meeting, AgendaItem.Purpose.CONSULT)
    assert {("disclose", "representative"), ("note_unanswered", "coordinator")} <= turns(case)
    assert "Notera vem som inte har svarat" in karin.get(reverse("start")).text
    assert "Samlar in" in karin.get(page("case", case)).text
    asked = karin.get(page("step", case, "note_unanswered")).text
    assert "Gruppen kan då ge råd utan deras uppgifter." in asked
    assert sign_in(cast.mats).get(page("step", case, "note_unanswered")).status_code == 404
    unit, other = cast.unit("Öppenpsykiatrin").pk, cast.unit("Arbetsförmedlingen").pk
    take(karin, case, "note_unanswered", units=[str(unit)], answer="not_known", **SAID)
    assert {step for step, _ in turns(case)} == {"disclose", "present"}
    # And of a party with an account, at the meeting, that nothing has come.
    shown = karin.get(page("meeting_case", meeting, case) + "?skarm=egen").text
    assert "Har inte svarat:" in shown
    take(karin, case, "note_unanswered", units=[str(other)])
    with behind_the_wall():
        answers = dict(Party.objects.filter(case=case, basis="consent").values_list("unit", "answer"))
    assert (answers[unit], answers[other]) == ("not_known", "absent")
    assert {step for step, _ in turns(case)} == {"present"}
    assert "Samlar in" not in karin.get(page("case", case)).text
    assert "Har inte svarat:" not in karin.get(page("meeting_case", meeting, case) + "?skarm=egen").text


@pytest.mark.clause("S6", "W1")
@pytest.mark.django_db
def test_the_coordinator_never_discloses_for_a_party_without_an_account(silent, karin, cast) -> None:
    typed = {"answer": "disclosed", "share": ["halsa"], "text_halsa": "Vet mycket.", "version": fresh(silent).version}
    assert karin.post(page("step", silent, "disclose"), typed).status_code == 404
    unit = str(cast.unit("Öppenpsykiatrin").pk)
    refused = take(karin, silent, "note_unanswered", units=[unit], answer="disclosed", **SAID).text
    assert "Välj ett av alternativen" in refused
    with behind_the_wall():
        assert not Knowledge.objects.filter(case=silent).exists()


# The account comes and goes.


@pytest.mark.django_db
def test_the_turn_follows_when_the_representative_leaves_and_when_another_comes(make_case, cast, meeting) -> None:
    case = make_case("handed_over")
    assert turns(case) == {("announce", "representative")}
    leave(cast.nadja)
    with behind_the_wall():
        settle(timezone.now())
        assert Party.objects.get(case=case, unit=cast.knutpunkten.team_id).level == Level.IDENTITY
    assert turns(case) == {("announce", "coordinator")}
    with behind_the_wall():
        Membership.objects.filter(user=cast.nadja).update(ends_on=None)
        settle(timezone.now())
    assert turns(case) == {("announce", "representative")}


@pytest.mark.django_db
def test_a_closed_account_is_none(make_case, cast, meeting) -> None:
    with behind_the_wall():
        type(cast.nadja).objects.filter(pk=cast.nadja.pk).update(is_active=False)
    case = make_case("handed_over")
    with behind_the_wall():
        engine.refresh(case.pk, at=timezone.now())
    assert turns(case) == {("announce", "coordinator")}
