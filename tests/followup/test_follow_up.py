"""Follow-up meetings: the plan is the agenda, confirmed or renewed (S10)."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from knutpunkten.access.who import acting_as
from knutpunkten.followup.forms import FollowUpForm
from knutpunkten.followup.models import FollowUp
from knutpunkten.notices.models import Notice
from knutpunkten.plans.models import Plan, SubGoal
from knutpunkten.routine import engine
from tests.conftest import behind_the_wall
from tests.plans.conftest import fresh_version
from tests.plans.pages import FAR_END, IN_FOUR_WEEKS, NEXT_YEAR, page, rows_of, write_goal

A_DAY = timedelta(days=1)


def answers(**changed):
    return {
        "held_on": timezone.localdate().isoformat(),
        "who_took_part": "Leif Sandqvist\nElin Strand, handledare\nJohan Wik, handläggare",
        "score_1": "6",
        "words_1": "Det går framåt.",
        "state-1_1": "under_way",
        "agreed": "Mats ringer före jul.",
        "next_on": IN_FOUR_WEEKS.isoformat(),
        **changed,
    }


def follow_up(client, case, **changed):
    return client.post(page("step", case, "follow_up"), answers(**changed) | {"version": fresh_version(case)})


@pytest.mark.clause("S10")
def test_the_plan_is_gone_through_and_the_caseworker_reads_what_was_agreed(case, agreed, elin, sign_in, cast):
    agenda = elin.get(page("follow_up", case)).text
    assert "”Jag vill jobba i ett kök igen”" in agenda
    assert "Besked om lönebidrag" in agenda

    follow_up(elin, case, words_1="Två provdagar är gjorda.")

    fresh_version(case)
    assert case.follow_up_on == IN_FOUR_WEEKS
    goal, sub_goal = rows_of(case, 1)
    assert [row["score"] for row in goal.scores] == [4, 6]
    assert sub_goal.state == "under_way"
    shown = elin.get(page("plan", case)).text
    assert "<strong>6</strong>, förra gången 4" in shown
    # The caseworker, who was at this one, is not said to have been at the next.
    asked = elin.get(page("step", case, "follow_up"), follow=True).text
    assert "Leif Sandqvist\nElin Strand, handledare</textarea>" in asked
    for reader in (cast.johan, cast.mats):
        read = sign_in(reader).get(page("follow_up", case)).text
        assert "Mats ringer före jul." in read
        assert "”Jag vill jobba i ett kök igen” Två provdagar är gjorda." in " ".join(strip_tags(read).split())


@pytest.mark.clause("S10")
def test_the_other_actors_are_kept_informed_as_far_as_their_part_goes(case, agreed, elin, cast):
    follow_up(elin, case)
    for event in ("agree_plan", "follow_up"):
        # Of the parties Arbetsförmedlingen alone follows the planning; Gamleby hälsocentral is told nothing of it.
        assert told(case, event) == {cast.johan.pk, cast.mats.pk}


def told(case, event):
    with behind_the_wall():
        return set(Notice.objects.filter(case_id=case.pk, event=event).values_list("user", flat=True))


@pytest.mark.clause("S10")
def test_a_rewritten_plan_becomes_the_version_in_force_and_keeps_its_history(case, agreed, elin):
    elin.post(page("begin_plan", case))
    write_goal(elin, case, version=2, own_words="Jag vill driva ett eget kök", what="Gå en kurs")

    follow_up(elin, case, plan="revised", participation="Leif ville ändra målet själv.")

    with behind_the_wall():
        second = Plan.objects.get(case=case, version=2)
        row = FollowUp.objects.get(case=case)
    assert second.agreed_on == timezone.localdate()
    assert (row.plan_id, row.is_revised) == (second.pk, True)
    assert [score["score"] for score in rows_of(case, 2)[0].scores] == [4, 6]
    assert rows_of(case, 2)[1].state == "under_way"
    shown = elin.get(page("plan", case)).text
    assert "”Jag vill driva ett eget kök”" in shown
    assert "Ändrat sedan version 1" in shown


@pytest.mark.clause("S10")
def test_a_version_that_is_replaced_stays_as_it_stood_while_it_was_in_force(case, agreed, elin):
    first, done = f"{page('plan', case)}?version=1", "Delmålet ”Besked om lönebidrag” är klart"
    assert "Försenad" in elin.get(first).text
    elin.post(page("begin_plan", case))
    write_goal(elin, case, version=2, what="Besked om lönebidrag", responsible="Mats Lindahl")

    follow_up(elin, case, **{"state-1_1": "done"}, plan="revised", participation="Leif ville ändra målet själv.")

    goal, sub_goal = rows_of(case, 1)
    assert ([row["score"] for row in goal.scores], sub_goal.state, sub_goal.done_on) == ([4], "not_begun", None)
    assert "Försenad" not in elin.get(first).text
    assert done in elin.get(page("plan", case)).text
    assert "klart" in elin.get(page("compare_plans", case)).text


@pytest.mark.clause("S10")
def test_a_new_version_tells_what_was_done_while_it_was_written_and_not_what_was_done_before(case, agreed, elin):
    def done_told(*, before):
        lineage, written = rows_of(case, 1)[1].lineage, page("begin_plan", case)
        done = page("mark_sub_goal", case, lineage)
        for address in (done, written) if before else (written, done):
            elin.post(address, {"state": "done"})
        shown = elin.get(page("plan", case), {"version": "2"}).text
        elin.post(done, {"state": "under_way"})
        return "Delmålet ”Besked om lönebidrag” är klart" in shown

    assert not done_told(before=True)
    assert done_told(before=False)


def test_a_plan_that_is_opened_and_not_rewritten_asks_nothing_of_the_follow_up(case, agreed, elin):
    elin.post(page("begin_plan", case))
    assert "Planen är omskriven" not in elin.get(page("follow_up", case)).text
    assert "skrivs.</strong>" not in elin.get(page("plan", case)).text
    follow_up(elin, case)
    with behind_the_wall():
        assert FollowUp.objects.get(case=case).plan_id == agreed.pk


def test_a_draft_that_is_thrown_away_says_what_the_plan_in_force_says(case, agreed, elin):
    elin.post(page("begin_plan", case))
    write_goal(elin, case, version=2, own_words="Jag vill driva ett eget kök", what="Gå en kurs")
    goal, sub_goal = rows_of(case, 2)
    for do in (f"sub_goal:{goal.pk}", "goal", f"remove:{sub_goal.pk}"):
        form = elin.get(page("edit_plan", case)).context["form"]
        words = {name: "" if (value := form[name].value()) is None else str(value) for name in form.fields}
        elin.post(page("edit_plan", case), {**words, "do": do})
    assert "Version 2 börjar gälla om ni väljer den när du registrerar" in elin.get(page("follow_up", case)).text
    assert "Släng utkastet" in elin.get(page("edit_plan", case)).text

    told = elin.post(page("edit_plan", case), {"do": "discard"}, follow=True).text

    assert "Utkastet är slängt" in told
    assert "Planen är omskriven" not in elin.get(page("follow_up", case)).text
    (goal, sub_goal), (in_force, of_force) = rows_of(case, 2), rows_of(case, 1)
    assert (goal.own_words, sub_goal.what) == (in_force.own_words, of_force.what)


def test_the_first_draft_is_not_thrown_away(draft, elin):
    assert "Släng utkastet" not in elin.get(page("edit_plan", draft)).text
    assert elin.post(page("edit_plan", draft), {"do": "discard"}).status_code == 404


def test_a_rewritten_plan_can_wait_and_the_old_one_go_on(case, agreed, elin):
    elin.post(page("begin_plan", case))
    write_goal(elin, case, version=2, what="Gå en kurs")
    follow_up(elin, case, plan="confirmed")
    with behind_the_wall():
        assert Plan.objects.get(case=case, version=2).agreed_on is None
        assert FollowUp.objects.get(case=case).plan_id == agreed.pk


def test_a_rewritten_plan_that_lacks_something_does_not_come_into_force(case, agreed, elin):
    elin.post(page("begin_plan", case))
    write_goal(elin, case, version=2, responsible="")
    answer = follow_up(elin, case, plan="revised", participation="Leif var med.")
    assert "Ett delmål i mål 1 saknar ansvarig." in answer.text
    assert "Mats ringer före jul." in answer.text
    with behind_the_wall():
        assert not FollowUp.objects.filter(case=case).exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("held_on", "", "Skriv vilken dag ni träffades"),
        ("held_on", f"{timezone.localdate().year + 2}-01-01", "Skriv ett datum som har varit, eller dagens"),
        ("held_on", "2001-01-01", "Skriv ett datum från och med starten"),
        ("next_on", "2001-01-01", "för nästa uppföljning"),
        ("planned_end_on", "2001-01-01", "för planerat avslut"),
        ("planned_end_on", FAR_END, "Planerat avslut är mer än tre år bort"),
        ("next_on", NEXT_YEAR, "Kontrollera nästa uppföljning: skriv en dag till och med"),
        ("agreed", "", "Skriv vad ni kom överens om"),
        ("score_1", "11", "Välj ett tal från 0 till 10"),
        ("state-1_1", "perhaps", "Välj hur det går med delmålet"),
        ("words_1", "x" * 5001, "högst 5000 tecken"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_half_written(case, agreed, elin, field, value, sentence):
    answer = follow_up(elin, case, **{field: value})
    assert sentence in answer.text
    assert "Johan Wik, handläggare" in answer.text
    with behind_the_wall():
        assert not FollowUp.objects.filter(case=case).exists()
    goal, sub_goal = rows_of(case, 1)
    assert (len(goal.scores), sub_goal.state) == (1, "not_begun")


def test_a_follow_up_older_than_the_last_or_than_the_plan_is_refused_and_overwrites_nothing(case, agreed, elin):
    today = timezone.localdate()
    days = [today - timedelta(days=n) for n in (6, 5, 4, 3)]
    with behind_the_wall():
        Plan.objects.filter(pk=agreed.pk).update(agreed_on=days[1])
    written = f"Skrivet av Elin Strand, Knutpunkten, Knutpunktsteamet, {today}, delat"
    assert written in re.sub(r"\s+", " ", strip_tags(elin.get(page("plan", case)).text)), "not the day of the meeting"
    answer = follow_up(elin, case, held_on=str(days[0]))
    assert f"Skriv en dag från och med den då ni kom överens om planen, {days[1]}" in strip_tags(answer.text)
    assert follow_up(elin, case, held_on=str(days[3]), score_1="7").status_code == 302

    answer = follow_up(elin, case, held_on=str(days[2]), score_1="3")

    assert f"Skriv en dag från och med förra uppföljningen, {days[3]}" in strip_tags(answer.text)
    assert [row["score"] for row in rows_of(case, 1)[0].scores] == [4, 7]
    assert follow_up(elin, case, held_on=str(days[3])).status_code == 302, "twice on one day is no slip"
    late = elin.post(page("step", case, "follow_up"), answers(score_1="8") | {"version": fresh_version(case) - 1})
    chosen = "<strong>Var är du nu? Mål 1: ”Jag vill jobba i ett kök igen”</strong><br>8</li>"
    assert (late.status_code, chosen in late.text) == (409, True), "on an older page, to be copied"


@pytest.mark.clause("S10")
def test_a_follow_up_sent_twice_from_one_page_is_recorded_once_though_it_marked_a_sub_goal(case, agreed, elin):
    sent = answers(words_1="Bra.") | {"version": fresh_version(case)}
    assert elin.post(page("step", case, "follow_up"), sent).status_code == 302
    again = elin.post(page("step", case, "follow_up"), sent)
    assert again.status_code == 409
    assert "Det har redan hänt något" in again.text
    with behind_the_wall():
        assert FollowUp.objects.filter(case=case).count() == 1


def test_there_is_nothing_to_follow_up_before_the_plan_is_agreed(case, elin):
    assert "Registrera uppföljning" not in elin.get(page("follow_up", case)).text
    assert follow_up(elin, case).status_code == 409


@pytest.mark.clause("W1")
def test_who_lacks_the_category_planning_reads_no_follow_up(case, agreed, elin, sign_in, cast):
    follow_up(elin, case)
    shown = sign_in(cast.siv).get(page("follow_up", case)).text
    assert "Delas inte med er enhet" in shown
    assert "Mats ringer" not in shown


def test_the_follow_up_costs_few_statements(case, agreed, elin, django_assert_max_num_queries):
    follow_up(elin, case)
    with django_assert_max_num_queries(8 + 12):
        elin.get(page("follow_up", case))


@pytest.mark.clause("S10")
def test_after_an_error_one_stays_on_the_agenda_with_what_was_typed(case, agreed, elin):
    shown = follow_up(elin, case, held_on="i tisdags", words_1="Provade köket.").text

    assert "Rätta: Uppföljning" in shown
    assert 'href="#id_held_on"' in shown
    assert "Planen är dagordningen." in shown
    for typed in ("i tisdags", "Provade köket.", "Mats ringer före jul."):
        assert typed in shown
    assert re.search(r'name="score_1" value="6"[^>]* checked', shown)


def test_a_sub_goal_marked_elsewhere_meanwhile_stays_so_and_is_read_before_something_else_is_saved(case, agreed, elin):
    seen = {"seen": elin.get(page("follow_up", case)).context["form"].seen}
    elin.post(page("mark_sub_goal", case, rows_of(case, 1)[1].lineage), {"state": "done"})

    refused = follow_up(elin, case, **seen)

    assert "Någon annan har skrivit här sedan du öppnade sidan" in refused.text
    assert "<dt>Besked om lönebidrag</dt><dd>Klart</dd>" in refused.text
    with behind_the_wall():
        assert not FollowUp.objects.filter(case=case).exists()
    assert follow_up(elin, case, **seen, **{"state-1_1": "not_begun"}).status_code == 302, "as the page showed it"
    assert rows_of(case, 1)[1].state == "done"
    assert follow_up(elin, case, seen=refused.context["form"].seen).status_code == 302
    assert rows_of(case, 1)[1].state == "under_way"


def test_a_sub_goal_marked_between_the_form_and_the_lock_stays_so(case, agreed, elin, cast):
    with acting_as(cast.elin) as who:
        form = FollowUpForm(answers(), case=case, who=who)
        assert form.is_valid()
    elin.post(page("mark_sub_goal", case, rows_of(case, 1)[1].lineage), {"state": "done"})
    with pytest.raises(engine.Overtaken), acting_as(cast.elin) as who:
        engine.take(case.pk, "follow_up", by=who, at=timezone.now(), data=form.cleaned_data)
    assert rows_of(case, 1)[1].state == "done"


def test_the_sub_goals_stand_as_on_the_plan_and_each_is_marked_by_its_own_field(case, agreed, elin):
    with behind_the_wall():
        goal, late = rows_of(case, 1)
        soon = SubGoal.objects.create(
            goal=goal, case=case, author_unit=late.author_unit, what="Hälsa på", position=9, due_on=late.due_on - A_DAY
        )
    shown = elin.get(page("follow_up", case)).text
    assert shown.index("Hälsa på") < shown.index("Besked om lönebidrag")
    follow_up(elin, case, **{"state-1_1": "not_begun", "state-1_2": "done"})
    with behind_the_wall():
        soon.refresh_from_db()
    assert (soon.state, rows_of(case, 1)[1].state) == ("done", "not_begun")


def test_an_answer_off_the_scale_marks_nothing_and_is_told(case, agreed, elin):
    assert "Välj ett tal från 0 till 10" in follow_up(elin, case, score_1="mycket").text


def test_the_bare_address_of_the_step_leads_to_the_agenda_with_its_days(case, agreed, elin):
    answer = elin.get(page("step", case, "follow_up"), follow=True)
    assert answer.redirect_chain == [(page("follow_up", case), 302)]
    assert f'value="{timezone.localdate().isoformat()}"' in answer.text


@pytest.mark.clause("W1")
def test_one_sent_after_the_consent_was_taken_back_is_not_recorded_and_nothing_typed_is_lost(
    case, agreed, elin, sign_in, cast
):
    gone = {"what": "whole", "how": "phone", "taken_by": "Johan Wik"}
    next_one = "Följs upp <time"
    assert next_one in elin.get(page("plan", case)).text
    assert sign_in(cast.johan).post(page("withdraw_consent", case), gone).status_code == 302
    answer = follow_up(elin, case, words_1="Det går framåt, sakta.")
    assert "Det går framåt, sakta." in answer.text
    assert "Samtycket gäller inte" in answer.text
    assert 'id="errors"' in answer.text
    with behind_the_wall():
        assert not FollowUp.objects.filter(case=case).exists()
    assert "Teamets arbete vilar" in elin.get(page("follow_up", case)).text
    for name in ("follow_up", "plan"):
        assert "<textarea" not in elin.get(page(name, case)).text
    assert next_one not in elin.get(page("plan", case)).text


def kept(client, address):
    return client.post("/logga-in/lamna-tillbaka/", {"path": address}).json()["fields"]


def test_what_is_typed_and_not_sent_waits_on_the_page_until_it_is_recorded(case, agreed, elin):
    address = page("step", case, "follow_up")
    typed = [["agreed", "Mats ringer före jul."]]
    elin.post("/logga-in/behall/", {"path": address, "fields": json.dumps(typed)})
    assert f'data-words-wait="{address}"' in elin.get(page("follow_up", case)).text

    assert follow_up(elin, case, agreed="").status_code == 200
    assert kept(elin, address) == typed, "refused, it is written down nowhere else"

    follow_up(elin, case)
    assert kept(elin, address) == []
    assert "data-words-wait" not in elin.get(page("follow_up", case)).text


def test_what_one_has_typed_is_not_a_colleague_s(case, agreed, elin, sign_in, cast):
    address = page("step", case, "follow_up")
    elin.post("/logga-in/behall/", {"path": address, "fields": json.dumps([["agreed", "Mats ringer före jul."]])})
    colleague = sign_in(cast.johan)
    assert "data-words-wait" not in colleague.get(page("follow_up", case)).text
    assert kept(colleague, address) == []
    follow_up(colleague, case)
    assert kept(elin, address), "what another sends is another's"
