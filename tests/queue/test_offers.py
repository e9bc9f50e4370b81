"""A place becomes free: the next in the queue is asked, and the caseworker told at once (S8)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.module_loading import autodiscover_modules
from procrastinate.contrib.django import app

from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Case, Party, Turn
from knutpunkten.desk.jobs import offer_places, settle
from knutpunkten.notices.models import Notice
from knutpunkten.organisations.calendar import add_working_days
from knutpunkten.organisations.models import Programme
from knutpunkten.queue.forms import OfferForm
from knutpunkten.queue.models import Holding, Offer, Place, Ticket
from knutpunkten.routine import engine
from tests.activities.test_week import text_of
from tests.builders import make_person
from tests.conftest import behind_the_wall


def step_url(case: Any, step: str) -> str:
    return reverse("step", args=[case.pk, step])


def run_offer_job(cast: Any, as_worker: Any) -> int:
    """The job that a freed place defers, as the worker would run it."""
    with as_worker():
        return offer_places(cast.knutpunkten.pk, timezone.now())


def jobs_waiting() -> list[str]:
    with behind_the_wall(), connection.cursor() as cursor:
        cursor.execute("select args->>'programme_id' from procrastinate_jobs where task_name = 'offer_next_place'")
        return [row[0] for row in cursor.fetchall()]


def states(cast: Any) -> list[str]:
    return list(Place.objects.filter(programme=cast.knutpunkten).order_by("number").values_list("state", flat=True))


@pytest.mark.clause("S8")
def test_when_a_place_becomes_free_the_caseworker_of_the_first_is_told_at_once_and_can_accept(
    cast, sign_in, places, in_queue, as_worker
):
    places(1)
    waits_longest, _ = in_queue(days=26), in_queue(days=5)

    assert run_offer_job(cast, as_worker) == 1

    news = sign_in(cast.johan).get(reverse("inbox")).content.decode()
    assert "En plats erbjöds" in news
    box = sign_in(cast.johan).get(reverse("case", args=[waits_longest.pk])).text
    box = box[box.index('class="next-step') :].partition("</section>")[0]
    assert "Tacka ja till platsen" in box
    assert 'data-variant="secondary">Tacka nej till platsen' in box
    page = sign_in(cast.johan).get(step_url(waits_longest, "accept"))
    assert "<h1>Svara på erbjuden plats</h1>" in page.content.decode()
    assert "Tacka ja till platsen" in page.content.decode()
    assert "Ärendet står kvar, sist i kön." in page.content.decode()
    version = Case.objects.get(pk=waits_longest.pk).version
    answer = sign_in(cast.johan).post(step_url(waits_longest, "accept"), {"version": version}, follow=True)
    # Whether a consent names the team or not, the next step's own box says who is waited for.
    assert "Platsen är er. Nästa steg står i ärendet." in answer.text
    with behind_the_wall():
        case = Case.objects.get(pk=waits_longest.pk)
        assert (case.state, case.offered_at, case.answer_by) == ("placed", None, None)
        assert Holding.objects.filter(case=case, until_at__isnull=True, place__state="taken").exists()


def test_an_offered_place_counts_as_taken(cast, places, in_queue, as_worker):
    places(1)
    in_queue(days=9)
    in_queue(days=8)
    run_offer_job(cast, as_worker)
    assert states(cast) == ["offered"]
    assert run_offer_job(cast, as_worker) == 0


@pytest.mark.clause("S8")
def test_who_declines_stands_last_and_the_place_goes_on_to_the_next(cast, sign_in, places, in_queue, as_worker):
    places(1)
    first, second = in_queue(days=26), in_queue(days=5)
    run_offer_job(cast, as_worker)
    client = sign_in(cast.johan)

    assert (
        "de parter som får del av grunduppgifterna läser det du skriver." in client.get(step_url(first, "decline")).text
    )
    empty = client.post(step_url(first, "decline"), {"version": version_of(first), "reason": ""})
    assert "Skriv kort varför platsen inte passar nu" in empty.content.decode()
    client.post(step_url(first, "decline"), {"version": version_of(first), "reason": "Opereras i veckan"})

    assert jobs_waiting() == [str(cast.knutpunkten.pk)]
    assert run_offer_job(cast, as_worker) == 1
    with behind_the_wall():
        assert Offer.objects.get(answer="").case_id == second.pk
        assert [t.waiting.case_id for t in Ticket.objects.exclude(state="left").order_by("order_at")] == [
            second.pk,
            first.pk,
        ]
        # Days waited are still counted from the day it joined the queue.
        assert Ticket.objects.get(waiting__case=first).since < timezone.now() - timedelta(days=25)
    queue = strip_tags(sign_in(cast.karin).get(reverse("queue")).text)
    assert f"Tackade nej {timezone.localdate()}: Opereras i veckan" in queue, "one knows before one offers the next"
    assert "får inget nytt erbjudande av sig själv förrän platsen har gått till någon annan." in queue


@pytest.mark.clause("W5")
def test_a_protected_person_is_offered_the_place_and_their_readers_alone_are_told(
    cast, sign_in, places, in_queue, as_worker
):
    places(1)
    with behind_the_wall():
        hidden = make_person("Skyddad", "Namnsson", "197805109316", protection="sekretessmarkering")
    case = in_queue(person=hidden, readers=[cast.nadja])
    assert run_offer_job(cast, as_worker) == 1
    with behind_the_wall():
        assert set(Notice.objects.filter(case_id=case.pk).values_list("user", flat=True)) <= {
            cast.johan.pk,
            cast.nadja.pk,
        }
        assert Notice.objects.filter(user=cast.johan, case_id=case.pk, is_protected=True).exists()
    assert step_url(case, "accept") in sign_in(cast.johan).get(reverse("start")).text
    page = sign_in(cast.karin).get(reverse("queue")).text
    assert "<strong>1 av 1</strong> platser är upptagna" in page
    assert case.number not in page


@pytest.mark.clause("S8", "W3")
def test_a_vacancy_that_was_declined_is_not_offered_to_the_same_case_again_but_is_the_coordinator_s_to_give(
    cast, sign_in, places, in_queue, take, as_worker
):
    places(1)
    only = in_queue()
    run_offer_job(cast, as_worker)
    take(only, "decline", cast.johan, reason="Inte nu")
    assert run_offer_job(cast, as_worker) == 0
    assert states(cast) == ["free"]
    assert (
        "Den erbjuds nästa i kön, om det finns någon mer att fråga." in sign_in(cast.karin).get(reverse("inbox")).text
    )
    page, freed = reverse("case", args=[only.pk]), timezone.now() - timedelta(minutes=2)
    since = f"En plats är ledig sedan {timezone.localdate(freed)}."
    assert "Erbjud en ledig plats" not in sign_in(cast.johan).get(page).text, "the next in the queue is being asked"
    with behind_the_wall():
        Place.objects.update(since=freed)
    told, asked = strip_tags(sign_in(cast.johan).get(page).text), strip_tags(sign_in(cast.karin).get(page).text)
    assert f"{since} Samordnaren bestämmer vem som erbjuds den." in told
    assert f"{since} Du bestämmer vem som erbjuds den." in asked
    assert "en ledig plats" not in told.replace("Erbjud en ledig plats", "")
    for words, shown in (("Väntar på samordnaren", told), ("Din tur", asked)):
        bar = shown.partition("Läge")[2].partition("Ärenden")[0]
        assert f"Nästa stegErbjud en ledig platsVems tur{words}" in bar, "as the box"
    assert re.search(r"Besked\s*Din tur", asked), "as the road"
    for user, words in ((cast.johan, "Samordnaren"), (cast.karin, "Din tur")):
        row = text_of(sign_in(user).get(reverse("cases"))).partition(only.number)[2]
        assert row.startswith(f" I kö Erbjud en ledig plats {words}")
    queue = strip_tags(sign_in(cast.karin).get(reverse("queue")).text)
    assert "Väntar på att du erbjuder en plats" in queue
    assert since in queue
    take(only, "offer", cast.karin)
    assert since not in strip_tags(sign_in(cast.johan).get(page).text)
    assert "Väntar på en plats" in sign_in(cast.karin).get(reverse("queue")).text


def test_a_case_without_a_living_consent_is_passed_over_but_stays_in_line(cast, places, in_queue, as_worker):
    places(1)
    without = in_queue(days=40, parties={})
    second = in_queue(days=5)
    run_offer_job(cast, as_worker)
    with behind_the_wall():
        assert Offer.objects.get().case_id == second.pk
        assert Ticket.objects.get(waiting__case=without).state == "waiting"


def test_a_case_whose_consent_ended_yesterday_is_passed_over_before_the_night_has_settled_it(
    cast, places, in_queue, as_worker
):
    places(1)
    ended = in_queue(days=40, valid_until=timezone.localdate() - timedelta(days=1))
    with behind_the_wall():
        assert Case.objects.get(pk=ended.pk).consent_lost_at is None
    assert run_offer_job(cast, as_worker) == 0
    last_day = in_queue(days=5, valid_until=timezone.localdate())
    run_offer_job(cast, as_worker)
    with behind_the_wall():
        assert Offer.objects.get().case_id == last_day.pk


@pytest.mark.clause("S8")
def test_an_offer_never_lapses_and_after_its_day_the_coordinator_decides(cast, sign_in, places, in_queue, as_worker):
    places(1)
    case = in_queue()
    run_offer_job(cast, as_worker)
    karin = sign_in(cast.karin)
    shown = karin.get(reverse("case", args=[case.pk])).content.decode()
    assert "Svara på erbjuden plats</h2>" in shown
    assert "går inte än" not in shown, "the caseworker can answer"
    early = karin.post(step_url(case, "accept"), {"version": version_of(case)})
    assert "på sig att svara" in early.content.decode()
    assert state_of(case) == "queued"

    yesterday = timezone.localdate() - timedelta(days=1)
    with behind_the_wall():
        Case.objects.filter(pk=case.pk).update(answer_by=yesterday)
        Offer.objects.filter(case=case).update(answer_by=yesterday)
        Turn.objects.filter(case=case).update(due_on=yesterday, since=timezone.now() - timedelta(days=9))
    with as_worker():
        settle(timezone.now())

    assert state_of(case) == "queued"
    page = karin.get(reverse("queue")).content.decode()
    assert "Försenad 1 dag" in page
    assert step_url(case, "decline") in page
    with behind_the_wall():
        assert Notice.objects.filter(user=cast.johan, event="reminder", case_id=case.pk).count() == 1
    karin.post(step_url(case, "accept"), {"version": version_of(case)})
    assert state_of(case) == "placed"


@pytest.mark.clause("S8", "W3")
def test_an_overdue_offer_waits_for_caseworker_and_coordinator_without_a_consent_too(
    cast, sign_in, places, in_queue, as_worker
):
    places(1)
    case = in_queue()
    run_offer_job(cast, as_worker)
    yesterday = timezone.localdate() - timedelta(days=1)
    with behind_the_wall():
        Party.objects.filter(case=case, basis="consent").update(valid_until=yesterday)
        Case.objects.filter(pk=case.pk).update(answer_by=yesterday)
        Turn.objects.filter(case=case).update(due_on=yesterday, since=timezone.now() - timedelta(days=9))
        engine.refresh(case.pk, at=timezone.now())
    karin = sign_in(cast.karin)
    for client in (karin, sign_in(cast.johan)):
        waits_for_me = text_of(client.get(reverse("start"))).partition("Väntar på andra")[0]
        assert f"Svara på erbjuden plats: {case.called}" in waits_for_me
    karin.post(step_url(case, "accept"), {"version": version_of(case)})
    assert state_of(case) == "placed"


def test_the_reminder_of_an_overdue_turn_comes_once(cast, places, in_queue, as_worker):
    places(1)
    case = in_queue()
    run_offer_job(cast, as_worker)
    with behind_the_wall():
        case.turns.update(due_on=timezone.localdate() - timedelta(days=1))
    with as_worker():
        settle(timezone.now())
        settle(timezone.now())
    with behind_the_wall():
        assert Notice.objects.filter(user=cast.johan, event="reminder").count() == 1


@pytest.mark.clause("S8")
def test_the_coordinator_may_choose_another_but_says_why(cast, sign_in, places, in_queue):
    places(1)
    in_queue(days=26)
    later = in_queue(days=5)
    karin = sign_in(cast.karin)

    bare = karin.post(step_url(later, "offer"), {"version": version_of(later)})
    assert "Skriv varför ärendet går före" in bare.content.decode()
    karin.post(
        step_url(later, "offer"),
        {"version": version_of(later), "out_of_order_reason": "Platsen finns nu i snickeriet", "next": "/ko/"},
    )

    with behind_the_wall():
        offer = Offer.objects.get()
        assert (offer.case_id, offer.out_of_order_reason) == (later.pk, "Platsen finns nu i snickeriet")
        written = Entry.objects.of_case(later.pk).get(event="offer").detail
        assert written == {"place": 1, "answer_by": offer.answer_by.isoformat(), "out_of_order": True}
    assert "Platsen finns nu i snickeriet" in karin.get(reverse("queue")).content.decode()


def test_the_first_in_line_is_offered_without_a_reason(cast, sign_in, places, in_queue):
    places(1)
    first = in_queue(days=26)
    answer = sign_in(cast.karin).post(
        step_url(first, "offer"), {"version": version_of(first), "next": reverse("queue")}
    )
    assert answer.headers["Location"] == reverse("queue")
    assert states(cast) == ["offered"]


def test_nothing_is_offered_when_no_place_is_free(cast, sign_in, places, in_queue, in_place):
    places(1)
    in_place()
    case = in_queue()
    page = sign_in(cast.karin).post(step_url(case, "offer"), {"version": version_of(case)})
    assert "Alla platser är upptagna" in page.content.decode()
    assert states(cast) == ["taken"]


def test_a_double_click_on_accept_takes_one_place(cast, sign_in, places, in_queue, as_worker):
    places(2)
    case = in_queue()
    run_offer_job(cast, as_worker)
    client, version = sign_in(cast.johan), version_of(case)
    assert client.post(step_url(case, "accept"), {"version": version}).status_code == 302
    assert client.post(step_url(case, "accept"), {"version": version}).status_code == 409
    assert states(cast) == ["taken", "free"]


def test_a_double_click_on_offer_asks_for_no_reason_but_says_that_it_is_done(
    cast, sign_in, places, in_queue, monkeypatch
):
    """The second press asks what it has to ask when the first has just been written."""
    places(2)
    case = in_queue()
    version, prepare = version_of(case), OfferForm.prepare

    def prepare_late(form):
        monkeypatch.setattr(OfferForm, "prepare", prepare)
        engine.take(case.pk, "offer", by=form.who, at=timezone.now())
        prepare(form)

    monkeypatch.setattr(OfferForm, "prepare", prepare_late)
    second = sign_in(cast.karin).post(step_url(case, "offer"), {"version": version})
    assert second.status_code == 409
    assert "Skriv varför ärendet går före" not in second.text
    with behind_the_wall():
        assert Offer.objects.count() == 1


@pytest.mark.clause("S8")
def test_a_place_is_free_when_the_case_that_had_it_ends(cast, sign_in, places, in_place, in_queue, as_worker):
    places(1)
    sitting, waiting = in_place(), in_queue()
    sign_in(cast.karin).post(
        step_url(sitting, "cancel_placed"), {"version": version_of(sitting), "why": "Flyttar", "wish": "person"}
    )
    assert states(cast) == ["free"]
    assert jobs_waiting() == [str(cast.knutpunkten.pk)]
    run_offer_job(cast, as_worker)
    with behind_the_wall():
        assert Offer.objects.get().case_id == waiting.pk


def version_of(case: Any) -> int:
    with behind_the_wall():
        return Case.objects.get(pk=case.pk).version


def state_of(case: Any) -> str:
    with behind_the_wall():
        return Case.objects.get(pk=case.pk).state


def test_the_worker_finds_the_job_that_a_freed_place_leaves_and_runs_it(
    cast, places, in_place, in_queue, take, as_worker
):
    """By the job's name and arguments as they stand in the queue: neither side imports the other."""
    places(1)
    sitting, waiting = in_place(), in_queue()
    take(sitting, "cancel_placed", cast.karin, wish="person", why="Flyttar")
    autodiscover_modules("jobs")
    left = jobs_waiting()
    assert left
    with as_worker():
        for programme_id in left:
            app.tasks["offer_next_place"](programme_id=programme_id)
    with behind_the_wall():
        assert Offer.objects.get().case_id == waiting.pk


def test_an_offer_is_answered_within_the_days_of_its_own_setting(cast, places, in_queue, as_worker):
    places(1)
    case = in_queue()
    with behind_the_wall():
        Programme.objects.filter(pk=cast.knutpunkten.pk).update(days_offer=8)
    run_offer_job(cast, as_worker)
    with behind_the_wall():
        last = add_working_days(timezone.localdate(), 8)
        assert Case.objects.get(pk=case.pk).answer_by == last
        assert Turn.objects.get(case=case, step="accept").due_on == last


@pytest.fixture
def offered(cast, places, in_queue, as_worker):
    """One place, offered to the first of three: (first, second, third)."""
    places(1)
    cases = in_queue(days=26), in_queue(days=15), in_queue(days=5)
    run_offer_job(cast, as_worker)
    return cases


def another(client: Any, case: Any, **sent: str) -> Any:
    typed = {"version": version_of(case), "reason": "Remissen behöver kompletteras först.", **sent}
    return client.post(reverse("offer_another", args=[case.pk]), typed, follow=True)


def news_of(case: Any, event: str) -> set[Any]:
    with behind_the_wall():
        return set(Notice.objects.filter(case_id=case.pk, event=event).values_list("user", flat=True))


@pytest.mark.clause("S8")
def test_the_coordinator_gives_an_offered_place_to_another_with_the_reason_of_each(cast, sign_in, offered):
    first, _, third = offered
    karin = sign_in(cast.karin)
    assert reverse("offer_another", args=[first.pk]) in karin.get(reverse("queue")).text
    why = "Har ett arbete att gå till i januari."
    answer = another(karin, first, to=str(third.pk), out_of_order_reason=why)
    assert "Båda handläggarna har fått veta det." in answer.text
    with behind_the_wall():
        assert Offer.objects.get(answer="").case_id == third.pk
        back = Offer.objects.get(case=first)
        assert (back.answer, back.why.reason) == ("withdrawn", "Remissen behöver kompletteras först.")
        line = Ticket.objects.exclude(state="left").order_by("order_at")
        assert [t.waiting.case_id for t in line] == [case.pk for case in offered], "it stands where it stood"
    assert states(cast) == ["offered"]
    johan = sign_in(cast.johan)
    assert cast.johan.pk in news_of(first, "take_back_offer") & news_of(third, "offer")
    assert why not in johan.get(reverse("case", args=[first.pk])).text, "the other's reason is the other's"
    assert why in johan.get(reverse("case", args=[third.pk])).text
    assert "återtagen" in johan.get(reverse("case", args=[first.pk])).text


@pytest.mark.clause("S8")
def test_where_nobody_else_waits_nothing_leads_to_offering_another(cast, sign_in, offered):
    first = offered[0]
    karin, here = sign_in(cast.karin), reverse("offer_another", args=[first.pk])
    assert here in karin.get(reverse("case", args=[first.pk])).text
    with behind_the_wall():
        Ticket.objects.filter(state="waiting").update(state="left")
    assert here not in karin.get(reverse("case", args=[first.pk])).text
    page = karin.get(here).text
    assert "Ingen annan kan erbjudas platsen" in page
    assert "tas tillbaka" not in page


def test_the_place_that_was_taken_back_is_not_offered_to_the_first_meanwhile(cast, sign_in, offered, as_worker):
    first, second, third = offered
    another(sign_in(cast.karin), first, to=str(third.pk), out_of_order_reason="Bråttom.")
    assert run_offer_job(cast, as_worker) == 0
    assert [version_of(case) for case in (second,)] == [second.version]


def test_what_lacks_a_reason_or_another_changes_nothing(cast, sign_in, offered):
    first, second, _ = offered
    karin = sign_in(cast.karin)
    for sent, says in (
        ({"to": str(second.pk), "reason": ""}, "Skriv varför erbjudandet tas tillbaka"),
        ({"to": str(second.pk)}, "Skriv varför det ärendet går före"),
        ({"out_of_order_reason": "Bråttom."}, "Välj vem som ska få erbjudandet i stället"),
        ({"to": str(first.pk), "out_of_order_reason": "Bråttom."}, "Välj ett av alternativen"),
    ):
        assert says in another(karin, first, **sent).text
    with behind_the_wall():
        assert Offer.objects.get().case_id == first.pk


def test_words_of_a_no_and_a_place_in_turn_are_not_for_a_team_without_a_part(cast, sign_in, offered, take):
    first, second, _ = offered
    take(first, "decline", cast.johan, reason="Väntar på en operation")
    karin = sign_in(cast.karin)
    assert "Väntar på en operation" in karin.get(reverse("queue")).text
    with behind_the_wall():
        Party.objects.filter(basis="consent", case__in=(first, second), unit=cast.knutpunkten.team).update(
            withdrawn_at=timezone.now()
        )
    seen = karin.get(reverse("queue")).text
    assert "Tackade nej" in seen
    assert "Väntar på en operation" not in seen


def test_who_has_no_consent_for_the_team_is_not_offered_another_s_place(cast, sign_in, offered):
    first, second, _ = offered
    karin, here = sign_in(cast.karin), reverse("offer_another", args=[first.pk])
    assert str(second.pk) in karin.get(here).text
    with behind_the_wall():
        Party.objects.filter(basis="consent", case=second, unit=cast.knutpunkten.team).update(
            withdrawn_at=timezone.now()
        )
    assert str(second.pk) not in karin.get(here).text


def test_if_the_other_has_gone_meanwhile_the_first_keeps_its_offer(cast, sign_in, offered, places, in_place):
    first, second, _ = offered
    before = version_of(first)
    karin = sign_in(cast.karin)
    stale = another(karin, first, version=str(before - 1), to=str(second.pk), out_of_order_reason="Bråttom.")
    assert "Någon hann före." in stale.text
    places(2)
    in_place()
    with behind_the_wall():
        Programme.objects.filter(pk=cast.knutpunkten.pk).update(places=1)
    full = another(karin, first, to=str(second.pk), out_of_order_reason="Bråttom.")
    assert "Någon hann före." in full.text
    with behind_the_wall():
        assert Offer.objects.get().answer == ""
    assert version_of(first) == before
    assert states(cast) == ["offered", "taken"]


def test_a_case_whose_consent_is_taken_back_cannot_be_chosen_instead(cast, sign_in, offered, in_queue):
    first, _, third = offered
    withdraw = reverse("withdraw_consent", args=[third.pk])
    sign_in(cast.johan).post(withdraw, {"what": "whole", "how": "phone", "taken_by": "Johan Wik"})
    karin, fourth = sign_in(cast.karin), in_queue(days=1)
    chosen_from = karin.get(reverse("offer_another", args=[first.pk])).text
    assert str(third.pk) not in chosen_from
    assert f'<option value="{fourth.pk}">3. ' in chosen_from, "the number it has in the queue"
    another(karin, first, to=str(third.pk), out_of_order_reason="Bråttom.")
    karin.post(step_url(third, "offer"), {"version": version_of(third), "out_of_order_reason": "Bråttom."})
    with behind_the_wall():
        assert Offer.objects.get().case_id == first.pk


def test_there_is_nothing_to_take_back_once_it_has_been_answered(cast, sign_in, offered, take):
    first, second, _ = offered
    take(first, "accept", cast.johan)
    answer = another(sign_in(cast.karin), first, to=str(second.pk), out_of_order_reason="Bråttom.")
    assert answer.status_code == 409
    assert version_of(second) == second.version


def test_the_step_is_taken_on_its_own_page_alone(cast, sign_in, offered):
    first = offered[0]
    karin = sign_in(cast.karin)
    here = reverse("offer_another", args=[first.pk])
    assert karin.get(step_url(first, "take_back_offer")).url == here
    assert karin.post(step_url(first, "take_back_offer"), {"version": version_of(first), "reason": "x"}).url == here
    with behind_the_wall():
        assert Offer.objects.get().answer == ""
