"""A person takes the consent back, whole or in part, by phone: in every state, whoever takes the call (W1)."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.access.who import acting_as
from knutpunkten.audit.actions import record
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Answer, Basis, Case, Level, Party, Section, Turn
from knutpunkten.cases.rules import visible_to
from knutpunkten.consents.models import Consent
from knutpunkten.documents.models import StoredFile
from knutpunkten.meetings.models import Knowledge
from knutpunkten.notices.models import Notice
from knutpunkten.plans.models import MappingArea
from knutpunkten.routine import engine
from knutpunkten.ui.dates import long_date
from tests import builders
from tests.conftest import behind_the_wall

AF = "Arbetsförmedlingen"
READERS = ("karin", "mats", "ulrika", "elin")  # of the other parties: team, agencies, supervisor
# Who has the case open in each state, and so can write down a call about it.
UNIT, GROUP = ("johan", "sara", "nadja"), ("johan", "nadja", "karin", "mats", "ulrika")
TAKERS = {
    ("collaboration", "draft"): ("johan", "sara"),
    ("collaboration", "handed_over"): UNIT,
    ("collaboration", "announced"): GROUP,
    ("collaboration", "queued"): GROUP,
    ("collaboration", "placed"): GROUP,
    ("collaboration", "returned"): ("johan", "nadja"),
    ("collaboration", "allocated"): (*GROUP, "elin"),
    ("collaboration", "active"): (*GROUP, "elin"),
    ("collaboration", "closed"): (*GROUP, "elin"),
    ("collaboration", "cancelled"): GROUP,
    ("consultation", "draft"): ("johan", "sara"),
    ("consultation", "handed_over"): UNIT,
    ("consultation", "announced"): GROUP,
    ("consultation", "presented"): GROUP,
    ("consultation", "closed"): GROUP,
    ("consultation", "cancelled"): GROUP,
}
ENDED = ("draft", "closed", "cancelled")


def fallen(case: Any) -> dict[str, Party]:
    rows = Party.objects.filter(case=case, basis=Basis.CONSENT, withdrawn_at__isnull=False)
    return {row.unit.name: row for row in rows.select_related("unit") if row.unit}


@pytest.mark.slow("every state, whole and one party, and each who can take the call")
@pytest.mark.clause("W1")
@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "state"), TAKERS)
def test_whoever_takes_the_call_it_succeeds_at_once_and_shuts_out_those_it_is_about(
    kind: str, state: str, make_case, cast, sign_in
) -> None:
    # Cancelled after it was handed over: a draft thrown away is its own unit's affair.
    handed_over = {"handed_over_at": timezone.now()} if state == "cancelled" else {}
    case = make_case(state, kind=kind, **handed_over)
    page = reverse("withdraw_consent", args=[case.pk])
    for name in TAKERS[kind, state]:
        taker = getattr(cast, name)
        client = sign_in(taker)
        asked = client.get(page)
        assert asked.status_code == 200, (state, name)
        for what in ("whole", "one"):
            one = cast.unit("Öppenpsykiatrin") if name == "ulrika" else cast.unit(AF)
            chosen = "whole" if what == "whole" else str(one.pk)
            assert f'value="{chosen}"' in asked.text, (state, name)
            if what == "one" and name == "ulrika":
                continue  # a party chooses among its own part and all of it
            with undone():
                answer = client.post(page, {"what": chosen, "how": "phone", "taken_by": "Receptionen"})
                assert answer.status_code == 302, (state, name)
                shut_out(case, what, taker, cast, sign_in)
                is_written_down(case, what, taker)


@contextmanager
def undone() -> Iterator[None]:
    """What is done within has not been done afterwards: each takes the call about the same case."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def shut_out(case: Any, what: str, taker: Any, cast: Any, sign_in: Any) -> None:
    """Those it is about see nothing at their next click; those it is not about see what they saw."""
    for name in READERS:
        is_out = what == "whole" or name == "mats"
        before = case.supervisor_id == cast.elin.pk if name == "elin" else name in TAKERS[case.kind, case.state]
        with acting_as(getattr(cast, name)) as who:
            sees = visible_to(who, timezone.localdate()).filter(pk=case.pk).exists()
        assert sees == (before and not is_out), (case.state, taker.name, name)
    assert sign_in(cast.mats).get(reverse("case", args=[case.pk])).status_code == 404
    with acting_as(cast.johan):
        assert Case.objects.filter(pk=case.pk).exists()


def is_written_down(case: Any, what: str, taker: Any) -> None:
    with behind_the_wall():
        rows = fallen(case)
        assert set(rows) == ({*builders.USUAL} if what == "whole" else {AF})
        told = {(r.withdrawn_how, r.withdrawn_taken_by, r.withdrawn_by_id) for r in rows.values()}
        assert told == {("phone", "Receptionen", taker.pk)}
        consent = Consent.objects.get(case=case)
        assert (consent.withdrawn_at is not None) == (what == "whole")
        now = Case.objects.get(pk=case.pk)
        assert now.state == case.state, "a withdrawal never moves the case"
        entry = Entry.objects.of_case(case.pk).get(event="withdrawn")
        assert (entry.user_id, entry.detail["parts"]) == (taker.pk, what)
        if case.caseworker_id != taker.pk:
            news = Notice.objects.get(case_id=case.pk, event__contains="withdrawn", user=case.caseworker_id)
            assert news.event == ("withdrawn" if what == "whole" else "part_withdrawn")
        if what == "whole" and case.state not in ENDED:
            assert (now.next_step, now.turn_user_id) == ("sign_consent", case.caseworker_id)
            assert now.due_on is not None


# What it means for the routine.

MEANS = {
    "draft": "Remissen kan inte lämnas in",
    "handed_over": "Remissen kan inte anmälas till gruppen",
    "announced": "kan inte ta upp ärendet",
    "queued": "Platsen i kön är kvar, men ingen plats erbjuds",
    "placed": "Platsen är kvar, men teamets arbete vilar",
    "active": "Platsen är kvar, men teamets arbete vilar",
    "returned": "Remissen kan inte lämnas in",
    "closed": "Ärendet är redan avslutat",
    "cancelled": "Ärendet är redan avbrutet",
}


@pytest.mark.clause("W1", "W2")
@pytest.mark.django_db
@pytest.mark.parametrize("state", MEANS)
def test_the_case_says_what_it_means_who_took_the_call_and_who_does_what_by_when(
    state: str, make_case, cast, sign_in
) -> None:
    case = make_case(state)
    johan = sign_in(cast.johan)
    assert MEANS[state] in johan.get(reverse("withdraw_consent", args=[case.pk])).text
    whole = {"what": "whole", "how": "phone", "taken_by": "Receptionen"}
    johan.post(reverse("withdraw_consent", args=[case.pk]), whole)
    seen = johan.get(reverse("case", args=[case.pk])).text
    assert "Det finns inget samtycke som gäller." in seen
    assert "per telefon" in seen
    assert "Receptionen tog emot det." in seen
    assert MEANS[state] in seen
    if state not in ENDED:
        with behind_the_wall():
            case.refresh_from_db()
        assert f"eller avbryter ärendet, senast {case.due_on}." in seen


@pytest.mark.clause("W1", "W2", "W3")
@pytest.mark.django_db
def test_of_a_return_the_besked_waits_for_a_new_consent_and_then_for_the_representative(
    make_case, cast, sign_in
) -> None:
    case = make_case("returned")
    withdraw(case, cast)
    assert "Lämna besked till handläggaren" not in sign_in(cast.nadja).get(reverse("start")).text
    assert "Nytt samtycke eller avbryt" in sign_in(cast.johan).get(reverse("start")).text
    with behind_the_wall():
        builders.sign_for(case, builders.USUAL, cast, Level.TEXT, timezone.localdate() + timedelta(days=90))
        engine.refresh(case.pk, at=timezone.now())
    assert "Lämna besked till handläggaren" in sign_in(cast.nadja).get(reverse("start")).text


@pytest.mark.clause("W1", "W2")
@pytest.mark.django_db
def test_of_a_return_whose_besked_has_come_through_the_caseworker_still_chooses(make_case, cast, sign_in) -> None:
    now = timezone.now()
    case = make_case("returned", notice_given_at=now, notice_confirmed_at=now)
    withdraw(case, cast)
    seen = sign_in(cast.johan).get(reverse("case", args=[case.pk])).text
    assert "Ta upp igen, eller avbryt" in seen
    assert "eller avbryter ärendet, senast" not in seen


@pytest.mark.clause("W1", "W3")
@pytest.mark.django_db
def test_of_a_return_the_representative_still_gives_the_besked_when_the_team_alone_is_gone(
    make_case, cast, sign_in
) -> None:
    case = make_case("returned")
    withdraw(case, cast, cast.unit("Knutpunktsteamet"))
    with behind_the_wall():
        assert list(Turn.objects.filter(case=case).values_list("step", "role")) == [("give_notice", "representative")]
    assert sign_in(cast.nadja).get(reverse("step", args=[case.pk, "give_notice"])).status_code == 200


@pytest.mark.clause("W1", "W3")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "waited_for"),
    [("returned", {("sign_consent", "caseworker")}), ("queued", set()), ("placed", {("allocate", "coordinator")})],
)
def test_no_besked_is_waited_for_from_a_unit_that_does_not_see_it(
    state: str, waited_for: set, make_case, cast, sign_in
) -> None:
    case = make_case(state, service_decision_on=timezone.localdate())
    withdraw(case, cast, cast.unit("Försörjningsstöd"))
    with behind_the_wall():
        assert set(Turn.objects.filter(case=case).values_list("step", "role")) == waited_for
    seen = strip_tags(sign_in(cast.johan).get(reverse("case", args=[case.pk])).text)
    assert "Representanten läser inte gruppens besked, och kan inte lämna det." in seen
    assert ("Du frågar om ett nytt samtycke, eller avbryter ärendet, senast" in seen) == (state == "returned")
    with behind_the_wall():
        builders.sign_for(case, builders.USUAL, cast, Level.TEXT, timezone.localdate() + timedelta(days=90))
        engine.refresh(case.pk, at=timezone.now())
        assert Turn.objects.filter(case=case, step="give_notice", role="representative").exists()


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_who_may_write_a_new_consent_is_told_how_one_kind_alone_is_taken_back(make_case, cast, sign_in) -> None:
    case = make_case("announced")
    asked, way = reverse("withdraw_consent", args=[case.pk]), f"{reverse('consent', args=[case.pk])}?nytt=1#nytt"
    page = sign_in(cast.johan).get(asked).text
    assert "Det en part redan har lämnat ut läser de som är kvar, så långt deras egen del räcker." in page
    assert "Gäller det bara en sorts uppgifter, till exempel hälsa? Ta tillbaka delen för dem" in page
    assert f'href="{way}">skriv sedan ett nytt samtycke</a> utan den.' in page
    for reader in (cast.nadja, cast.karin, cast.mats):
        assert "en sorts uppgifter" not in sign_in(reader).get(asked).text


PART_MEANS = {
    (AF, "handed_over"): "Arbetsförmedlingen får inte del av den.",
    (AF, "announced"): "Arbetsförmedlingen väntas inte längre svara inför mötet, och ser där bara ärendets nummer.",
    (AF, "queued"): "Platsen i kön påverkas inte. Ingen behöver göra något mer.",
    (AF, "placed"): "Teamet bjuder inte in Arbetsförmedlingen till första mötet.",
    (AF, "active"): "Handledaren bjuder inte in Arbetsförmedlingen till fler uppföljningar.",
    ("Knutpunktsteamet", "announced"): "Utan teamet på Knutpunkten kommer ärendet inte vidare",
    ("Knutpunktsteamet", "active"): "Du frågar om ett nytt samtycke, eller avbryter ärendet",
    ("Försörjningsstöd", "active"): "Du ansvarar för ärendet som förut och gör dina steg",
}


@pytest.mark.clause("W1", "W2")
@pytest.mark.django_db
@pytest.mark.parametrize(("unit", "state"), PART_MEANS)
def test_the_case_says_what_it_means_that_one_part_alone_is_taken_back(
    unit: str, state: str, make_case, cast, sign_in
) -> None:
    case = make_case(state)
    if state != "queued":  # there it has disclosed nothing
        has_disclosed(case, unit, cast)
    johan = sign_in(cast.johan)
    sentence = PART_MEANS[unit, state]
    assert sentence in johan.get(reverse("withdraw_consent", args=[case.pk])).text  # before it is done
    assert sentence not in johan.get(reverse("case", args=[case.pk])).text
    withdraw(case, cast, cast.unit(unit))
    seen = johan.get(reverse("case", args=[case.pk])).text
    full = cast.unit(unit).full_name
    assert f"<strong>{full} är inte part längre.</strong>" in seen
    assert f"{full} ser inget mer av det som andra skriver eller har skrivit, men behåller sitt eget." in seen
    assert sentence in seen
    shared = f"Det {unit} redan har lämnat ut läser de andra parterna som förut."
    has_shared = {AF: ("announced", "placed", "active"), "Knutpunktsteamet": ("active",)}
    assert (shared in seen) == (state in has_shared.get(unit, ()))
    assert "Den delen är tagen tillbaka" in seen
    if sentence.startswith("Du "):
        read_by_others = sign_in(cast.nadja).get(reverse("case", args=[case.pk])).text
        assert "Handläggaren" in read_by_others
        assert sentence not in read_by_others
    # Of the whole it says the other thing.
    assert "Det finns inget samtycke som gäller." not in seen


def has_disclosed(case: Any, unit: str, cast: Any) -> None:
    with behind_the_wall():
        Party.objects.filter(case=case, unit=cast.unit(unit)).update(answer=Answer.DISCLOSED)


@pytest.mark.clause("W1")
@pytest.mark.django_db
@pytest.mark.parametrize("again", [{"Försörjningsstöd": ["grund"]}, {"Försörjningsstöd": builders.ALL}])
def test_after_the_whole_the_others_are_said_to_read_as_before_only_what_a_newer_consent_lets_them(
    again: dict, make_case, cast, sign_in
) -> None:
    case = make_case("active")
    has_disclosed(case, AF, cast)
    withdraw(case, cast)
    with behind_the_wall():
        builders.sign_for(case, {**again, "Knutpunktsteamet": ["grund"]}, cast, Level.TEXT, None)
        engine.refresh(case.pk, at=timezone.now())
    seen = sign_in(cast.johan).get(reverse("case", args=[case.pk])).text
    assert f"<strong>{AF} är inte part längre.</strong>" in seen
    assert "läser de andra parterna som förut" not in seen
    assert "Den delen är tagen tillbaka" not in seen
    assert "Det samtycke som gällde då är taget tillbaka " in seen
    with behind_the_wall():
        builders.sign_for(case, dict.fromkeys(builders.USUAL, builders.ALL), cast, Level.TEXT, None)
    johan = sign_in(cast.johan)
    part = {"what": str(cast.unit(AF).pk), "how": "writing", "taken_by": "Johan Wik"}
    johan.post(reverse("withdraw_consent", args=[case.pk]), part)
    seen = strip_tags(johan.get(reverse("case", args=[case.pk])).text)
    assert "läser de andra parterna som förut" in seen
    assert "Den delen är tagen tillbaka" in seen, "what was taken back of the newer one, and not the whole before it"
    assert "skriftligt. Johan Wik tog emot det." in seen
    assert "Det samtycke som gällde då" not in seen


@pytest.mark.clause("W1", "W2", "W3")
@pytest.mark.django_db
@pytest.mark.parametrize("state", ["handed_over", "announced", "queued", "placed", "active"])
def test_without_the_team_it_is_the_caseworker_s_turn_until_a_new_consent_names_it(
    state: str, make_case, cast, sign_in
) -> None:
    """Nobody of the team sees the case: waiting for them it would fall between chairs."""
    case = make_case(state)
    with behind_the_wall():
        before = set(Turn.objects.filter(case=case).values_list("step", "role", "user__name"))
    withdraw(case, cast, cast.unit("Knutpunktsteamet"))
    with behind_the_wall():
        turns = list(Turn.objects.filter(case=case).values_list("step", "role", "user__name"))
        case.refresh_from_db()
    # The besked is told within the referring unit, which reads it still.
    besked = [("give_notice", "representative", None)] if state in ("queued", "placed") else []
    assert turns == [("sign_consent", "caseworker", "Johan Wik"), *besked]
    johan = sign_in(cast.johan)
    assert "Nytt samtycke eller avbryt" in johan.get(reverse("start")).text
    seen = johan.get(reverse("case", args=[case.pk])).text
    assert f"Du frågar om ett nytt samtycke, eller avbryter ärendet, senast {case.due_on}." in strip_tags(seen)
    assert '<div class="notice late" role="status">' in seen
    with behind_the_wall():
        builders.sign_for(case, builders.USUAL, cast, Level.TEXT, timezone.localdate() + timedelta(days=90))
        engine.refresh(case.pk, at=timezone.now())
        assert set(Turn.objects.filter(case=case).values_list("step", "role", "user__name")) == before


@pytest.mark.clause("W1", "W2")
@pytest.mark.django_db
def test_the_supervisor_whose_team_is_no_party_is_told_that_the_work_rests_and_is_led_nowhere(
    make_case, cast, sign_in
) -> None:
    from tests.plans.test_mapping import write_area

    now, soon = timezone.now(), timezone.localdate() + timedelta(days=9)
    case = make_case("active", mapped_at=now, plan_agreed_at=now, follow_up_on=soon)
    elin, page = sign_in(cast.elin), reverse("case", args=[case.pk])
    write_area(elin, case, "basic")  # what the team has written it keeps, and with it the page
    assert "Registrera uppföljning" in elin.get(page).text
    withdraw(case, cast, cast.unit("Knutpunktsteamet"))
    seen = elin.get(page).text
    assert "<strong>Knutpunkten, Knutpunktsteamet är inte part längre.</strong>" in seen
    assert "Platsen är kvar, men ert arbete vilar tills ett nytt samtycke är påskrivet." in seen
    assert '<h2 id="next-step">Nytt samtycke eller avbryt</h2>' in seen
    assert "Registrera uppföljning" not in seen
    # The log says of what it opens and is shown nothing of that it was so, and not that it read it (W4).
    for name in ("read_referral", "referral_pdf", "knowledge"):
        assert elin.get(reverse(name, args=[case.pk])).status_code == 200
    with behind_the_wall():
        opened = Entry.objects.of_case(case.pk).filter(is_reading=True).order_by("-at")[:3]
        assert {one.detail["what"] for one in opened} == {"referral_unseen", "referral_pdf_unseen", "knowledge_unseen"}
    # Nor which others are parties, or were.
    withdraw(case, cast, cast.unit(AF))
    assert AF not in elin.get(page).text
    # It answers the person's call all the same, about the whole.
    asked = elin.get(reverse("withdraw_consent", args=[case.pk])).text
    assert re.findall(r'name="what" value="(.*?)"', asked) == ["whole"]
    assert "Inget samtycke gäller just nu." not in asked
    assert "Psykiatri" not in asked
    assert "redan taget tillbaka" not in call(case, elin, cast.unit(AF).pk), "nor by asking of each"
    assert "Hela samtycket är taget tillbaka, för alla parter." in call(case, elin, "whole")
    with behind_the_wall():
        assert set(fallen(case)) == {*builders.USUAL}
        assert Consent.objects.get(case=case).withdrawn_by_id == cast.elin.pk
    assert "Inget samtycke gäller just nu." in elin.get(reverse("withdraw_consent", args=[case.pk])).text


@pytest.mark.clause("W1", "W3")
@pytest.mark.django_db
def test_sub_goals_of_the_party_that_is_gone_are_the_supervisor_s_to_agree_anew(make_case, cast, sign_in) -> None:
    from tests.desk.test_named import plan, sub_goal

    case = make_case("active")
    goal = plan(case, cast)
    for what in ("Besked om lönebidrag", "Inskrivning"):
        sub_goal(goal, what, "Mats Lindahl", cast.unit(AF))
    withdraw(case, cast, cast.unit(AF))
    seen = sign_in(cast.elin).get(reverse("case", args=[case.pk])).text
    assert (
        "2 delmål i planen har Arbetsförmedlingen som ansvarig. Handledaren kommer överens om vem som tar över." in seen
    )
    # Without the team there is nobody to agree it.
    withdraw(case, cast, cast.unit("Knutpunktsteamet"))
    seen = sign_in(cast.johan).get(reverse("case", args=[case.pk])).text
    assert "Arbetsförmedlingen ser inget mer av det som andra skriver" in seen
    assert "Utan teamet på Knutpunkten kommer ärendet inte vidare." in seen
    assert "Handledaren kommer överens" not in seen
    assert "Platsen påverkas inte." not in seen


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_the_unit_whose_part_is_gone_is_told_that_nothing_waits_for_it(make_case, cast, sign_in) -> None:
    case = make_case("announced")
    with acting_as(cast.ulrika) as who, behind_the_wall():
        Knowledge.objects.create(
            case=case,
            author_unit_id=who.unit_id,
            category="halsa",
            text="Vår egen mening.",
            written_at=timezone.now(),
            written_by=cast.ulrika,
        )
    withdraw(case, cast, cast.unit("Öppenpsykiatrin"))
    seen = sign_in(cast.ulrika).get(reverse("case", args=[case.pk])).text
    assert "Din enhet är inte part längre." in seen
    assert "väntas inte göra något mer" in seen
    assert "ser inget mer av det som andra skriver" not in seen


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_of_one_part_taken_back_the_case_says_which_how_and_who_took_it(make_case, cast, sign_in) -> None:
    case = make_case("announced", meeting_on=timezone.localdate() + timedelta(days=9))
    part = {"what": str(cast.unit(AF).pk), "how": "meeting", "taken_by": "Nadja Berg"}
    sign_in(cast.nadja).post(reverse("withdraw_consent", args=[case.pk]), part)
    for page in ("case", "consent"):
        seen = sign_in(cast.johan).get(reverse(page, args=[case.pk])).text
        assert "Nadja Berg tog emot det" in seen, page
        assert "vid ett möte" in seen, page
    # Nobody waits for a unit that is no party.
    with behind_the_wall():
        waited = {turn.unit.name for turn in Turn.objects.filter(case=case, step="disclose").select_related("unit")}
    assert waited == {"Öppenpsykiatrin"}


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_a_consent_that_begins_later_can_be_taken_back_and_one_that_ran_out_stays_as_it_was(
    make_case, cast, sign_in
) -> None:
    case = make_case("placed", valid_until=timezone.localdate() - timedelta(days=1))
    with behind_the_wall():
        ahead = builders.sign_for(case, {AF: ["grund"]}, cast, Level.TEXT, timezone.localdate() + timedelta(days=90))
        Party.objects.filter(consent_id=ahead.pk).update(valid_from=timezone.localdate() + timedelta(days=5))
    johan = sign_in(cast.johan)
    page = reverse("withdraw_consent", args=[case.pk])
    assert f'value="{cast.unit(AF).pk}"' in johan.get(page).text
    johan.post(page, {"what": "whole", "how": "writing", "taken_by": "Johan Wik"})
    with behind_the_wall():
        assert {row.consent_id for row in fallen(case).values()} == {ahead.pk}
        assert Consent.objects.filter(case=case, withdrawn_at__isnull=False).get() == ahead
    assert "Inget samtycke gäller just nu." in johan.get(page).text


# Two at once, and twice.


@pytest.mark.clause("W1")
@pytest.mark.django_db
@pytest.mark.parametrize("what", ["whole", "one"])
def test_a_call_written_down_a_second_time_is_said_to_be_done(what: str, make_case, cast, sign_in) -> None:
    case = make_case("announced")
    chosen = "whole" if what == "whole" else str(cast.unit(AF).pk)
    data = {"what": chosen, "how": "phone", "taken_by": "Johan Wik"}
    page = reverse("withdraw_consent", args=[case.pk])
    only_own = "De det gäller ser nu bara det de själva har skrivit."
    johan = sign_in(cast.johan)
    assert "En enhet som själv har skrivit något behåller det, med namnet och ärendets nummer." in johan.get(page).text
    assert only_own in johan.post(page, data, follow=True).text
    again = sign_in(cast.nadja).post(page, data, follow=True)
    assert f"Det var redan taget tillbaka. {only_own}" in again.text
    with behind_the_wall():
        assert Entry.objects.of_case(case.pk).filter(event="withdrawn").count() == 1
        assert {row.withdrawn_by_id for row in fallen(case).values()} == {cast.johan.pk}


def call(case: Any, client: Any, *chosen: Any) -> str:
    """A call written down, about these units or ``whole``; what the next page says of it."""
    data = {"what": [str(one) for one in chosen], "how": "phone", "taken_by": "Receptionen"}
    return strip_tags(client.post(reverse("withdraw_consent", args=[case.pk]), data, follow=True).text)


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_several_parts_are_taken_back_in_one_call_and_a_second_time_is_said_to_be_done(
    make_case, cast, sign_in
) -> None:
    case = make_case("announced")
    names = [AF, "Öppenpsykiatrin"]
    both = [cast.unit(name).pk for name in names]
    johan, nadja = sign_in(cast.johan), sign_in(cast.nadja)
    asked = nadja.get(reverse("withdraw_consent", args=[case.pk])).text
    assert asked.count('type="checkbox" name="what"') == len(builders.USUAL) + 1
    assert "Rätta: Ta tillbaka samtycke" in call(case, nadja)
    full = " och ".join(cast.unit(name).full_name for name in names)
    assert f"Samtycket är taget tillbaka för {full}." in call(case, nadja, *both)
    assert "Det var redan taget tillbaka." in call(case, johan, *both)
    with behind_the_wall():
        assert set(fallen(case)) == {*names}
        assert {row.withdrawn_by_id for row in fallen(case).values()} == {cast.nadja.pk}
        assert Entry.objects.of_case(case.pk).get(event="withdrawn").detail["parts"] == "several"
        assert Notice.objects.filter(case_id=case.pk, event="part_withdrawn", user=cast.johan).count() == 1
        own = Notice.objects.filter(case_id=case.pk, event="own_part_withdrawn")
        assert {one.user_id for one in own} == {cast.mats.pk, cast.ulrika.pk}
        assert own.count() == 2, "once each"
        assert Consent.objects.get(case=case).withdrawn_at is None
        assert not Turn.objects.filter(case=case, step="sign_consent").exists()
    for user in (cast.mats, cast.ulrika):
        assert sign_in(user).get(reverse("case", args=[case.pk])).status_code == 404
        told = strip_tags(sign_in(user).get(reverse("start")).text)
        assert "Din enhets del i ett samtycke har tagits tillbaka" in told
        assert case.person_name not in told
    seen = strip_tags(johan.get(reverse("case", args=[case.pk])).text)
    for name in names:
        assert f"{cast.unit(name).full_name} är inte part längre." in seen


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_of_several_parts_those_already_taken_back_do_not_hinder_the_others(make_case, cast, sign_in) -> None:
    case = make_case("active")
    withdraw(case, cast, cast.unit(AF))
    said = call(case, sign_in(cast.johan), cast.unit(AF).pk, cast.unit("Öppenpsykiatrin").pk)
    assert f"Samtycket är taget tillbaka för {cast.unit('Öppenpsykiatrin').full_name}." in said
    with behind_the_wall():
        assert set(fallen(case)) == {AF, "Öppenpsykiatrin"}
        parts = Entry.objects.of_case(case.pk).filter(event="withdrawn").order_by("at")
        assert [entry.detail["parts"] for entry in parts] == ["one", "one"]


@pytest.mark.clause("W1", "W2")
@pytest.mark.django_db
@pytest.mark.parametrize("chosen", ["each", "whole and one"])
def test_every_part_in_one_call_is_the_whole_consent(chosen: str, make_case, cast, sign_in) -> None:
    case = make_case("active")
    parts = [cast.unit(name).pk for name in builders.USUAL]
    said = call(case, sign_in(cast.johan), *(parts if chosen == "each" else ["whole", parts[0]]))
    assert ("Hela samtycket är taget tillbaka, för alla parter." in said) == (chosen == "whole and one")
    with behind_the_wall():
        assert set(fallen(case)) == {*builders.USUAL}
        assert Consent.objects.get(case=case).withdrawn_at is not None
        assert Entry.objects.of_case(case.pk).get(event="withdrawn").detail["parts"] == "whole"
        assert [turn.step for turn in Turn.objects.filter(case=case)] == ["sign_consent"]


@pytest.mark.django_db
def test_nothing_chosen_is_asked_for_in_words(make_case, cast, sign_in) -> None:
    case = make_case("active")
    assert "Välj om hela samtycket tas tillbaka, eller för vilka parter" in call(case, sign_in(cast.johan))
    with behind_the_wall():
        assert not fallen(case)


@pytest.mark.slow("two threads and a database of their own")
@pytest.mark.parametrize(
    ("first", "second"), [("whole", "whole"), ("whole", "one"), ("one", "one"), ("several", "one")]
)
def test_of_two_withdrawals_at_once_both_succeed_and_each_part_falls_once(
    first: str, second: str, own_database, make_case, cast
) -> None:
    case = make_case("active")
    start = Barrier(2)

    def withdrawn(name: str, what: str) -> str:
        units = {"one": [AF], "several": [AF, "Öppenpsykiatrin"]}.get(what)
        unit_ids = units and [cast.unit(name).pk for name in units]
        try:
            with acting_as(getattr(cast, name)) as who:
                start.wait(timeout=10)
                done = engine.withdraw_consent(
                    case.pk, unit_ids=unit_ids, how="phone", taken_by=who.name, by=who, at=timezone.now()
                )
            return "wrote" if done else "was done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(withdrawn, ("johan", "nadja"), (first, second)))
    with behind_the_wall():
        rows = fallen(case)
        entries = Entry.objects.of_case(case.pk).filter(event="withdrawn").count()
        turns = Turn.objects.filter(case=case).count()
    expected = {"one": {AF}, "several": {AF, "Öppenpsykiatrin"}}.get(first, {*builders.USUAL})
    assert set(rows) == expected
    assert "wrote" in outcomes
    assert entries == outcomes.count("wrote")
    assert turns == (1 if "whole" in (first, second) else turns)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("begins", "ends", "can_be"), [(-10, 0, True), (-10, -1, False), (1, 10, True)], ids=["last day", "over", "to come"]
)
def test_a_consent_can_be_taken_back_on_its_last_day_and_before_its_first(
    begins: int, ends: int, can_be: bool, make_case, cast
) -> None:
    case, today = make_case("announced"), timezone.localdate()
    days = {"valid_from": today + timedelta(days=begins), "valid_until": today + timedelta(days=ends)}
    with behind_the_wall():
        case.consents.update(**days)
        case.parties.filter(basis=Basis.CONSENT).update(**days)
    withdraw(case, cast)
    with behind_the_wall():
        fell = case.parties.filter(basis=Basis.CONSENT, withdrawn_at__isnull=False)
        assert fell.exists() is can_be
        assert (case.consents.get().withdrawn_at is not None) is can_be


# The page that was open meanwhile.


def withdraw(case: Any, cast: Any, unit: Any = None) -> None:
    with acting_as(cast.johan) as who:
        engine.withdraw_consent(
            case.pk, unit_ids=unit and [unit.pk], how="phone", taken_by="Johan Wik", by=who, at=timezone.now()
        )


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_whoever_had_the_page_open_is_told_at_their_next_click_and_their_form_is_not_kept(
    make_case, cast, sign_in
) -> None:
    case = make_case("announced")
    mats, karin = sign_in(cast.mats), sign_in(cast.karin)
    for client in (mats, karin):
        assert client.get(reverse("case", args=[case.pk])).status_code == 200
    withdraw(case, cast)
    sent = {
        "text_arbetsmarknad": "Inskriven sedan 2024-08",
        "share_arbetsmarknad": "on",
        "answer": "disclosed",
        "version": "1",
    }
    answers = [
        karin.get(reverse("read_referral", args=[case.pk])),
        mats.get(reverse("case", args=[case.pk])),
        mats.post(reverse("step", args=[case.pk, "disclose"]), sent),
    ]
    for answer in answers:
        assert answer.status_code == 404
        assert "Ärendet är inte öppet för dig som förut" in answer.text
        assert "Samtycket kan vara taget tillbaka eller ha löpt ut" in answer.text
        for hidden in ("Sandqvist", "Johan Wik", "per telefon", case.number):
            assert hidden not in answer.text
    assert "Det du skickade nyss togs inte emot." in answers[-1].text
    assert "Inskriven sedan 2024-08" in answers[-1].text, "to be copied"
    with behind_the_wall():
        assert not Knowledge.objects.filter(case=case).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "hours", "is_told"), [("case", 11, True), ("case", 13, False), ("attendance", 1, False)]
)
def test_it_is_told_to_those_who_had_it_open_the_same_day(
    what: str, hours: int, is_told: bool, make_case, cast, sign_in
) -> None:
    case = make_case("announced")
    with acting_as(cast.mats) as mats:
        record("read", by=mats, at=timezone.now() - timedelta(hours=hours), case_id=case.pk, what=what)
    withdraw(case, cast)
    told = sign_in(cast.mats).get(reverse("case", args=[case.pk])).text
    assert ("Ärendet är inte öppet för dig som förut" in told) is is_told


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_whoever_had_not_opened_it_is_not_told_that_there_was_anything(make_case, cast, sign_in) -> None:
    case = make_case("announced")
    withdraw(case, cast)
    for user in (cast.mats, cast.siv, cast.tove):
        answer = sign_in(user).get(reverse("case", args=[case.pk]))
        assert answer.status_code == 404
        assert "Här finns inget för dig att se" in answer.text


@pytest.mark.clause("W1")
@pytest.mark.django_db
def test_whose_ground_falls_while_they_write_the_same_call_down_is_told_so(
    make_case, cast, sign_in, monkeypatch
) -> None:
    """Between the page's first look and the lock: the coordinator waited for the caseworker, who was first."""
    case = make_case("announced")
    monkeypatch.setattr(engine, "lock", lambda case_id: None)
    data = {"what": "whole", "how": "phone", "taken_by": cast.karin.name}
    answer = sign_in(cast.karin).post(reverse("withdraw_consent", args=[case.pk]), data)
    assert answer.status_code == 404
    assert "Ärendet är inte öppet för dig som förut" in answer.text


# What has been shared already.


@pytest.mark.clause("W1", "W4")
@pytest.mark.django_db
def test_what_was_shared_is_listed_for_the_person_and_to_print_also_after_the_withdrawal(
    make_case, cast, sign_in
) -> None:
    case = make_case("announced")
    consent = case.consents.get
    now = timezone.now()
    with acting_as(cast.mats) as who, behind_the_wall():
        Knowledge.objects.create(
            case=case,
            author_unit_id=who.unit_id,
            category="arbetsmarknad",
            text="Hemlig mening.",
            written_at=now,
            written_by=cast.mats,
            disclosed_at=now,
            disclosed_by=cast.mats,
            disclosed_under=consent().pk,
        )
        Party.objects.filter(case=case, basis=Basis.CONSENT).update(level=Level.TEXT)  # the meeting's day has come
    sign_in(cast.karin).get(reverse("case", args=[case.pk]))
    withdraw(case, cast)
    page = sign_in(cast.johan).get(reverse("shared", args=[case.pk])).text
    for shown in (AF, "Uppgifter till mötet", "Arbetsmarknad", "Mats Lindahl", f"{now:%Y-%m-%d}", "Knutpunktsteamet"):
        assert shown in page, shown
    assert f"{timezone.localdate(case.created_at)}" in page  # the consent it was shared under
    [to] = re.findall(r'data-label="Till">(.*?)</td>', page, re.DOTALL)
    assert re.findall(r"<li>(.*?)</li>", to) == ["Knutpunkten, Knutpunktsteamet", "Västerviks kommun, Försörjningsstöd"]
    assert "data-print" in page
    assert '<p class="off-paper">Gå igenom listan' in page
    assert "Hemlig mening." not in page
    for other in (cast.karin, cast.mats, cast.ulrika, cast.tove):
        assert sign_in(other).get(reverse("shared", args=[case.pk])).status_code == 404
    with behind_the_wall():
        account = type(cast.johan).objects.create(email="leif@deltagare.example", name="Leif Sandqvist", password="!")
        case.person.account = account
        case.person.save()
        Knowledge.objects.update(disclosed_at=timezone.now())  # after the parts were taken back: nobody was let read it
    assert 'data-label="Till">Ingen än</td>' in sign_in(cast.johan).get(reverse("shared", args=[case.pk])).text
    own = re.sub(r"<[^>]+>", "", sign_in(account).get(reverse("own_page")).text)
    assert "Vad har delats om mig?" in own
    assert "Uppgifter till mötet: arbetsmarknad" in own
    assert "Utlämnat av Mats Lindahl" in own
    since = timezone.localdate(case.created_at)
    assert f"med stöd av ditt samtycke från {long_date(since)} {since}" in own


@pytest.mark.django_db
def test_the_list_of_what_was_shared_is_empty_for_everybody_else_in_the_database_too(make_case, cast) -> None:
    case = make_case("announced")
    with acting_as(cast.johan) as who, behind_the_wall():
        Knowledge.objects.create(
            case=case,
            author_unit_id=who.unit_id,
            category="social",
            text="x",
            written_at=timezone.now(),
            written_by=cast.johan,
            disclosed_at=timezone.now(),
            disclosed_by=cast.johan,
            disclosed_under=case.consents.get().pk,
        )
    for name, count in (("johan", 1), ("nadja", 1), ("karin", 0), ("mats", 0), ("siv", 0), ("bengt", 0), ("admin", 0)):
        with acting_as(getattr(cast, name)), connection.cursor() as cursor:
            cursor.execute("select count(*) from shared_in(%s)", [case.pk])
            assert cursor.fetchone()[0] == count, name


@pytest.mark.clause("W1", "W4")
@pytest.mark.django_db
def test_what_is_only_written_is_not_listed_as_shared(make_case, cast, sign_in) -> None:
    case, now = make_case("announced"), timezone.now()
    with behind_the_wall():
        account = type(cast.johan).objects.create(email="leif@deltagare.example", name="Leif Sandqvist", password="!")
        case.person.account = account
        case.person.save()
        of_case: dict[str, Any] = {"case": case, "author_unit": case.referring_unit, "category": "social"}
        Section.objects.create(**of_case, key="possibilities", data={"text": "x"}, saved_at=now, saved_by=cast.johan)
        Knowledge.objects.create(**of_case, text="x", written_at=now, written_by=cast.johan)
        MappingArea.objects.create(**of_case, area="social", own_words="x", saved_at=now, saved_by=cast.johan)
        StoredFile.objects.create(
            **of_case,
            purpose="investigation",
            name="utredning.pdf",
            content_type="application/pdf",
            size=1,
            sha256="0" * 64,
            content=b"x",
            uploaded_at=now,
            uploaded_by=cast.johan,
        )

    def listed(user: Any) -> set[str]:
        with acting_as(user), connection.cursor() as cursor:
            cursor.execute("select what from shared_in(%s)", [case.pk])
            return {what for (what,) in cursor.fetchall()}

    assert listed(account) == listed(cast.johan) == set()
    assert "Uppgifter till mötet" not in sign_in(account).get(reverse("own_page")).text
    with behind_the_wall():
        shared = {"disclosed_at": now, "disclosed_by": cast.johan, "disclosed_under": case.consents.get().pk}
        for model in (Section, Knowledge, MappingArea, StoredFile):
            model.objects.filter(case=case).update(**shared)  # type: ignore[attr-defined]
    assert listed(account) == listed(cast.johan) == {"referral", "knowledge", "mapping", "file"}
    assert "Uppgifter till mötet" in sign_in(account).get(reverse("own_page")).text
    with behind_the_wall():
        # Left empty, and handed over with the rest.
        Section.objects.filter(case=case).update(data={"text": "", "rows": []})
    assert listed(account) == listed(cast.johan) == {"knowledge", "mapping", "file"}
