"""The plan: goals in the person's own words, sub-goals with responsible and date, versions kept (S14, L5, W1, W3)."""

import io
import re
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from pypdf import PdfReader

from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Party
from knutpunkten.notices.models import Notice
from knutpunkten.plans.actions import save_plan
from knutpunkten.plans.models import Goal, Plan, SubGoal
from knutpunkten.plans.rules import next_follow_up, wrong_days
from tests.conftest import behind_the_wall
from tests.plans.conftest import fresh_version
from tests.plans.pages import FAR_END, IN_FOUR_WEEKS, NEXT_YEAR, agree, page, rows_of, write_goal


@pytest.mark.clause("S14", "L5")
def test_a_plan_with_goal_sub_goal_responsible_and_date_is_agreed_and_read_by_the_parties(draft, elin, sign_in, cast):
    assert "Hur och när följs det upp?" in elin.get(page("edit_plan", draft)).text
    write_goal(elin, draft, unit=cast.unit("Arbetsförmedlingen"), responsible="Mats Lindahl")
    asked = elin.get(page("plan", draft)).text
    assert "Kom överens om planen" in asked
    assert "Leif Sandqvist\nElin Strand, handledare</textarea>" in asked

    agree(elin, draft, fresh_version(draft))

    fresh_version(draft)
    assert draft.plan_agreed_at is not None
    assert draft.follow_up_on == IN_FOUR_WEEKS
    for reader in (cast.elin, cast.johan, cast.mats):
        text = sign_in(reader).get(page("plan", draft)).text
        assert "”Jag vill jobba i ett kök igen”" in text
        assert "Mats Lindahl" in text
        assert "Följs upp: Samtal" in text
        assert "Leif har själv formulerat målen." in text


@pytest.mark.clause("S14")
def test_a_plan_that_lacks_something_cannot_be_agreed_and_says_what(draft, elin):
    write_goal(elin, draft, responsible="", due_on="")
    shown = elin.get(page("plan", draft)).text
    assert "Ett delmål i mål 1 saknar ansvarig och datum." in shown
    refused = agree(elin, draft, fresh_version(draft)).text
    assert "Ett delmål i mål 1 saknar ansvarig och datum." in refused
    assert "Leif har själv formulerat målen." in refused
    fresh_version(draft)
    assert draft.plan_agreed_at is None


def test_a_plan_is_not_agreed_before_the_mapping_is_done(case, elin):
    elin.post(page("begin_plan", case))
    write_goal(elin, case)
    assert "Kartläggningen är inte klar." in agree(elin, case, fresh_version(case)).text
    fresh_version(case)
    assert case.plan_agreed_at is None


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("participation", "", "Beskriv hur Leif har varit med och tagit fram planen"),
        ("agreed_on", "2026-13-01", "Kontrollera datumet:"),
        ("agreed_on", f"{timezone.localdate().year + 2}-01-01", "Skriv ett datum som har varit, eller dagens"),
        ("agreed_on", "2001-01-01", "Skriv ett datum från och med starten"),
        ("next_follow_up_on", "2001-01-01", "för nästa uppföljning"),
        ("planned_end_on", "2001-01-01", "för planerat avslut"),
        ("planned_end_on", FAR_END, "Planerat avslut är mer än tre år bort"),
        ("next_follow_up_on", NEXT_YEAR, "Kontrollera nästa uppföljning: skriv en dag till och med"),
    ],
)
def test_what_is_wrong_when_agreeing_is_told_and_what_was_typed_stays(draft, elin, field, value, sentence):
    write_goal(elin, draft)
    answer = agree(elin, draft, fresh_version(draft), **{field: value})
    assert sentence in answer.text
    assert "Elin Strand, handledare" in answer.text
    assert "Rätta: Genomförandeplan" in answer.text
    assert "”Jag vill jobba i ett kök igen”" in answer.text  # the plan that is agreed stands beside
    fresh_version(draft)
    assert draft.plan_agreed_at is None


@pytest.mark.clause("W1")
def test_who_lacks_the_category_planning_reads_neither_plan_nor_document(case, agreed, sign_in, cast):
    siv = sign_in(cast.siv)
    shown = siv.get(page("plan", case))
    assert "Delas inte med er enhet" in shown.text
    assert "kök" not in shown.text
    assert siv.get(page("plan_pdf", case)).status_code == 404
    assert siv.get(page("compare_plans", case)).status_code == 404
    with behind_the_wall():
        assert Entry.objects.of_case(case.pk).filter(user_id=cast.siv.pk, event="denied").exists()


@pytest.mark.clause("W1")
def test_nobody_outside_the_team_sees_a_plan_being_written(draft, elin, sign_in, cast):
    write_goal(elin, draft)
    for reader in (cast.mats, cast.johan):
        text = sign_in(reader).get(page("plan", draft)).text
        assert "kök" not in text
        assert "Planen är inte påbörjad" in text
        assert sign_in(reader).get(page("plan_pdf", draft)).status_code == 404
    assert "kök" in sign_in(cast.karin).get(page("plan", draft)).text


@pytest.mark.clause("W3")
def test_an_agency_that_is_behind_is_shown_and_reminded_in_its_own_inbox(case, agreed, elin, sign_in, cast):
    _, sub_goal = rows_of(case, 1)
    shown = elin.get(page("plan", case)).text
    assert "Myndigheter som ligger efter" in shown
    assert "Försenad 7 dagar" in shown

    answer = elin.post(page("remind_sub_goal", case, sub_goal.lineage), follow=True)

    assert "Mats Lindahl är påmind." in answer.text
    assert "påmind" in elin.get(page("plan", case)).text
    events = elin.get(page("events", case)).text
    assert "påminde Arbetsförmedlingen om delmålet ”Besked om lönebidrag”" in events
    assert "började skriva planen" in events
    with behind_the_wall():
        told = Notice.objects.filter(event="reminded").values_list("user", flat=True)
        assert list(told) == [cast.mats.pk]


@pytest.mark.clause("W3")
def test_a_late_sub_goal_waits_for_the_unit_that_answers_for_it_and_is_seen_by_those_who_guide(
    case, agreed, sign_in, cast
):
    what = "Besked om lönebidrag"
    waiting = sign_in(cast.mats).get(reverse("start"))
    (task,) = waiting.context["tasks"]
    assert (task["title"], task["due"]) == ("Delmål i planen: Leif Sandqvist", timezone.localdate() - timedelta(days=7))
    assert f"{what}. Mats Lindahl ansvarar" in waiting.text or f"{what}. Du ansvarar" in waiting.text
    _, sub_goal = rows_of(case, 1)
    where = f"{page('plan', case)}#delmal-{sub_goal.lineage}"
    assert task["action"]["url"] == where
    assert task["why"].endswith("Berätta hur det går för Elin Strand, som ändrar i planen.")
    for user in (cast.karin, cast.elin):
        assert f'<a href="{where}">Leif Sandqvist</a>' in sign_in(user).get(reverse("start")).text
        (row,) = [row for row in sign_in(user).get(reverse("start")).context["waiting"] if what in row["what"]]
        assert row["who"] == "Mats Lindahl"
        links = sign_in(user).get(reverse("start")).text, sign_in(user).get(reverse("remind_several")).text
        assert (reverse("remind_several") in links[0]) is ("Ingen att påminna" not in links[1]), "of it, from the plan"
    for user in (cast.siv, cast.nadja, cast.johan, cast.peter):  # no planning, another unit, another supervisor
        assert what not in sign_in(user).get(reverse("start")).text
    with behind_the_wall():
        SubGoal.objects.filter(case=case).update(state="done")
    assert sign_in(cast.mats).get(reverse("start")).context["tasks"] == []


@pytest.mark.clause("W1", "W3")
def test_the_late_sub_goal_of_a_unit_that_is_no_party_any_more_waits_for_the_supervisor(
    case, agreed, elin, sign_in, cast
):
    with behind_the_wall():
        Party.objects.filter(case=case, unit=cast.unit("Arbetsförmedlingen")).update(withdrawn_at=timezone.now())
    shown = elin.get(page("plan", case)).text
    assert "Inte part längre. Kom överens om vem som tar över" in shown
    assert "Ring i stället" not in shown
    start = elin.get(reverse("start")).context
    assert "Mats Lindahl ansvarar, men enheten är inte part längre." in start["tasks"][0]["why"]
    rows = start["waiting"] + sign_in(cast.karin).get(reverse("start")).context["waiting"]
    assert [row["who"] for row in rows if "lönebidrag" in row["what"]] == ["Elin Strand"]


@pytest.mark.clause("W1")
def test_a_unit_that_does_not_see_the_plan_is_never_told_of_it(case, agreed, elin, sign_in, cast):
    _, sub_goal = rows_of(case, 1)
    with behind_the_wall():
        SubGoal.objects.filter(pk=sub_goal.pk).update(responsible_unit=cast.unit("Gamleby hälsocentral"))
    answer = elin.post(page("remind_sub_goal", case, sub_goal.lineage), follow=True)
    assert "ser inte planen" in answer.text
    assert "lönebidrag" not in sign_in(cast.siv).get(reverse("start")).text
    with behind_the_wall():
        assert not Notice.objects.filter(event="reminded").exists()


def test_what_is_not_overdue_cannot_be_reminded_of(draft, elin, cast):
    write_goal(elin, draft, unit=cast.unit("Arbetsförmedlingen"))
    agree(elin, draft, fresh_version(draft))
    _, sub_goal = rows_of(draft, 1)
    assert elin.post(page("remind_sub_goal", draft, sub_goal.lineage)).status_code == 404


def test_a_sub_goal_is_marked_and_the_mark_undone(case, agreed, elin, cast, sign_in):
    _, sub_goal = rows_of(case, 1)
    address = page("mark_sub_goal", case, sub_goal.lineage)
    assert ">Markera som klart</button>" in elin.get(page("plan", case)).text
    answer = elin.post(address, {"state": "done"}, follow=True)
    assert "är markerat: klart" in answer.text
    _, marked = rows_of(case, 1)
    assert (marked.state, marked.done_on, marked.marked_by_id) == ("done", timezone.localdate(), cast.elin.pk)
    events = reverse("events", args=[case.pk])
    assert f"markerade delmålet ”{marked.what}”: klart" in elin.get(events).text
    without_the_plan = sign_in(cast.siv).get(events)
    assert without_the_plan.status_code == 200
    assert marked.what not in without_the_plan.text

    elin.post(address, {"state": "not_begun", "done_on": "", "undo": "1"})
    _, undone = rows_of(case, 1)
    assert (undone.state, undone.done_on) == ("not_begun", None)


def test_a_mark_of_no_known_state_or_in_another_case_is_not_found(case, agreed, elin, make_case):
    _, sub_goal = rows_of(case, 1)
    assert elin.post(page("mark_sub_goal", case, sub_goal.lineage), {"state": "perhaps"}).status_code == 404
    assert elin.post(page("mark_sub_goal", case, uuid4()), {"state": "done"}).status_code == 404
    other = make_case("active")
    assert elin.post(page("mark_sub_goal", other, sub_goal.lineage), {"state": "done"}).status_code == 404
    assert rows_of(case, 1)[1].state == "not_begun"


@pytest.mark.clause("L5")
def test_a_rewritten_plan_shows_what_has_changed_and_the_old_version_stays(case, agreed, elin):
    elin.post(page("begin_plan", case))
    later = timezone.localdate() + timedelta(days=60)
    write_goal(
        elin, case, version=2, own_words="Jag vill driva ett eget kök", what="Besked om lönebidrag", due_on=later
    )
    elin.post(page("edit_plan", case), {"do": f"sub_goal:{rows_of(case, 2)[0].pk}", **unchanged(case, elin)})

    compared = elin.get(page("compare_plans", case)).text
    assert "”Jag vill driva ett eget kök”" in compared
    assert "I version 1: ”Jag vill jobba i ett kök igen”" in compared
    assert "Ändrat" in compared
    turned = elin.get(page("compare_plans", case), {"fran": "2", "till": "1"})
    assert (turned.context["before"].version, turned.context["after"].version) == (1, 2)
    old = elin.get(f"{page('plan', case)}?version=1").text
    assert "”Jag vill jobba i ett kök igen”" in old
    draft = elin.get(f"{page('plan', case)}?version=2").text
    assert f"flyttat till {later.isoformat()}" in draft
    with behind_the_wall():
        first, second = Goal.objects.filter(case=case).order_by("plan__version")
    assert first.lineage == second.lineage


@pytest.mark.clause("L5")
@pytest.mark.parametrize("state", ["done", "dropped"])
def test_a_sub_goal_that_is_over_is_shown_and_not_asked_when_the_plan_is_rewritten(case, agreed, elin, state):
    elin.post(page("begin_plan", case))
    _, sub_goal = rows_of(case, 1)
    elin.post(page("mark_sub_goal", case, sub_goal.lineage), {"state": state})
    shown = elin.get(page("edit_plan", case))
    assert "Besked om lönebidrag" in shown.text
    assert 'value="Besked om lönebidrag"' not in shown.text
    write_goal(elin, case, version=2, own_words="Jag vill driva ett eget kök", what="Provvecka i skolköket")
    goal, kept = rows_of(case, 2)
    assert goal.own_words == "Jag vill driva ett eget kök"
    assert (kept.what, kept.state, kept.due_on) == ("Besked om lönebidrag", state, sub_goal.due_on)


@pytest.mark.clause("L5")
def test_beside_each_other_each_version_says_its_own_words_of_a_sub_goal(case, agreed, elin):
    elin.post(page("begin_plan", case))
    write_goal(elin, case, version=2, what="Besked om lönebidrag på halvtid", responsible="Mats Lindahl")
    compared = elin.get(page("compare_plans", case)).text
    assert 'data-label="Version 1">”Besked om lönebidrag”, Mats Lindahl' in compared
    assert 'data-label="Version 2">”Besked om lönebidrag på halvtid”, Mats Lindahl' in compared


def unchanged(case, elin):
    """The plan's form as the page shows it, to be sent again as it is."""
    form = elin.get(page("edit_plan", case)).context["form"]
    return {name: "" if (value := form[name].value()) is None else str(value) for name in form.fields}


def test_what_is_saved_is_said_and_the_draft_shown_with_the_way_on(case, agreed, elin):
    elin.post(page("begin_plan", case))
    later = timezone.localdate() + timedelta(days=60)
    write_goal(elin, case, version=2, own_words="Jag vill driva ett eget kök", due_on=later)
    sent = {**unchanged(case, elin), "do": ""}
    shown = elin.post(page("edit_plan", case), sent, follow=True).text
    for said in ("Utkastet till version 2 är sparat.", "”Jag vill driva ett eget kök”", "Fortsätt skriva"):
        assert said in shown
    assert "Börja uppföljningen" in shown


@pytest.mark.parametrize("version", ["7", "0", "x", "99999999999"])
def test_a_version_that_does_not_exist_is_not_found(case, agreed, elin, version):
    answer = elin.get(f"{page('plan', case)}?version={version}")
    assert answer.status_code == 404


def test_rows_come_and_go_and_a_removed_row_can_be_put_back(draft, elin):
    goal, sub_goal = rows_of(draft, 1)
    write_goal(elin, draft, do=f"sub_goal:{goal.pk}")
    with behind_the_wall():
        assert goal.sub_goals.count() == 2
    removed = elin.post(
        page("edit_plan", draft), {**unchanged(draft, elin), "do": f"remove:{sub_goal.pk}"}, follow=True
    )
    assert "Delmålet är borttaget" in removed.text
    assert sub_goal.pk != rows_of(draft, 1)[1].pk
    elin.post(page("edit_plan", draft), {**unchanged(draft, elin), "do": f"restore:{sub_goal.pk}"})
    assert sub_goal.pk == rows_of(draft, 1)[1].pk
    assert rows_of(draft, 1)[1].what == "Hälsa på i skolköket"
    removed = elin.post(page("edit_plan", draft), {**unchanged(draft, elin), "do": f"remove:{goal.pk}"}, follow=True)
    assert "Målet är borttaget" in removed.text
    assert f'value="restore:{goal.pk}"' in removed.text
    elin.post(page("edit_plan", draft), {"seen": elin.get(page("edit_plan", draft)).context["form"].seen, "do": "goal"})
    assert rows_of(draft, 1)[0].pk != goal.pk, "to a page without a goal one is added"


def test_each_goal_is_written_by_itself_and_what_an_older_page_did_not_show_is_read_first(draft, elin):
    write_goal(elin, draft)
    opened = {"seen": elin.get(page("edit_plan", draft)).context["form"].seen}
    # In another window the sub-goal is written anew, and then, from the older page, the goal: neither takes the other.
    write_goal(elin, draft, what="Prova på skolköket", **opened)
    write_goal(elin, draft, own_words="Jag vill bli kock", **opened)
    goal, sub_goal = rows_of(draft, 1)
    assert (goal.own_words, sub_goal.what) == ("Jag vill bli kock", "Prova på skolköket")

    refused = write_goal(elin, draft, what="Ring skolköket", responsible="Elin", **opened)
    assert "Så här står det sparat nu" in refused.text
    assert "<dt>Delmål 1.1, vem ansvarar?</dt>" in refused.text
    assert "Prova på skolköket" in refused.text
    assert 'value="Ring skolköket"' in refused.text
    assert rows_of(draft, 1)[1].what == "Prova på skolköket"

    elin.post(page("edit_plan", draft), {"do": f"remove:{sub_goal.pk}", **filled(elin, draft)})
    lost = elin.post(
        page("edit_plan", draft), {f"what-{sub_goal.pk}": "Ring skolköket", **filled(elin, draft), **opened}
    )
    assert re.findall('<li class="written">(.*?)</li>', lost.text) == ["Ring skolköket"], (
        "what stands on the page is not said again"
    )
    for read_first in ("Så här står det sparat nu", "Allt sparas medan du skriver"):
        assert read_first not in lost.text


def filled(client, case):
    """The page as it stands, to be sent back untouched."""
    form = client.get(page("edit_plan", case)).context["form"]
    return {**{name: form[name].value() or "" for name in form.fields}, "seen": form.seen}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"due_on": "snart"}, "Delmål 1.1, klart senast: skriv datumet som ÅÅÅÅ-MM-DD"),
        ({"due_on": "2020-01-01"}, "Delmål 1.1, klart senast: skriv en dag från och med starten, "),
        ({"due_on": FAR_END}, "Delmål 1.1, klart senast: kontrollera året: det är mer än tre år bort"),
        ({"from_on": "9999-12-31"}, "Delmål 1.1, från: kontrollera året: det är mer än tre år bort"),
        ({"due_on": "0206-12-01"}, "Delmål 1.1, klart senast: kontrollera året: skriv ett datum mellan 1900-01-01 och"),
        (
            {"from_on": str(IN_FOUR_WEEKS), "due_on": str(timezone.localdate())},
            "slutdatum som inte är före startdatumet",
        ),
        ({"what": "x" * 301}, "högst 300 tecken"),
    ],
)
def test_what_is_wrong_in_the_plan_is_told_and_what_was_typed_stays(draft, elin, changed, sentence):
    answer = write_goal(elin, draft, **changed)
    assert sentence in strip_tags(answer.text)
    assert next(iter(changed.values())) in answer.text
    assert "Skriv mål 1" not in answer.text  # it is typed, though not saved yet
    assert rows_of(draft, 1)[0].own_words == ""


def test_half_a_date_does_not_stop_the_rest_from_being_saved_meanwhile(draft, elin):
    answer = write_goal(elin, draft, due_on="2026-1", headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "skriv datumet som ÅÅÅÅ-MM-DD" in answer.text
    _, _, lacking = answer.text.partition('<section class="card" id="saknas" data-fresh>')
    assert lacking.strip() in elin.get(page("edit_plan", draft)).text
    assert "Saknas än" in lacking
    assert "Skriv mål 1" not in lacking  # as it is by now
    goal, sub_goal = rows_of(draft, 1)
    assert (goal.own_words, sub_goal.what, sub_goal.due_on) == (
        "Jag vill jobba i ett kök igen",
        "Hälsa på i skolköket",
        None,
    )


def test_of_a_sub_goals_two_days_none_is_saved_meanwhile_while_one_is_wrong(draft, elin):
    stood = timezone.localdate() + timedelta(days=30)
    write_goal(elin, draft, due_on=stood)
    later = str(stood + timedelta(days=1))
    assert write_goal(elin, draft, from_on=later, due_on="2045-1", headers={"HX-Request": "true"}).status_code == 422
    sub_goal = rows_of(draft, 1)[1]
    assert (sub_goal.from_on, sub_goal.due_on) == (None, stood)


def test_a_unit_outside_the_consent_cannot_be_made_responsible(draft, elin, cast):
    answer = write_goal(elin, draft, unit=cast.unit("Smärtenheten"))
    assert "Välj en av parterna i samtycket" in answer.text
    assert rows_of(draft, 1)[1].responsible_unit_id is None


def test_a_sub_goal_that_is_over_is_not_taken_away_by_a_form_made_by_hand(draft, elin):
    write_goal(elin, draft)
    _, sub_goal = rows_of(draft, 1)
    with behind_the_wall():
        SubGoal.objects.filter(pk=sub_goal.pk).update(state="done")
    sent = {**unchanged(draft, elin), "do": f"remove:{sub_goal.pk}"}
    assert elin.post(page("edit_plan", draft), sent).status_code == 404
    with behind_the_wall():
        assert SubGoal.objects.get(pk=sub_goal.pk).removed_at is None


@pytest.mark.parametrize("do", ["remove:x", f"remove:{UUID(int=1)}", f"sub_goal:{UUID(int=1)}"])
def test_a_forged_row_is_not_found(draft, elin, do):
    write_goal(elin, draft)
    answer = elin.post(page("edit_plan", draft), {**unchanged(draft, elin), "do": do})
    assert answer.status_code == 404


def test_rows_of_another_version_are_not_written(case, agreed, elin, cast, moment):
    from knutpunkten.access.who import acting_as

    elin.post(page("begin_plan", case))
    old = rows_of(case, 1)[0]
    with acting_as(cast.elin) as who:
        second = Plan.objects.get(case=case, version=2)
        assert not save_plan(plan=second, words={old.pk: {"own_words": "Annat"}}, by=who, at=moment)
    assert rows_of(case, 1)[0].own_words == "Jag vill jobba i ett kök igen"


def test_what_is_typed_in_a_plan_that_was_agreed_meanwhile_is_shown_to_be_copied(draft, elin, cast):
    write_goal(elin, draft)
    unit = cast.unit("Arbetsförmedlingen")
    _, sub_goal = rows_of(draft, 1)
    typed = {f"what-{sub_goal.pk}": "Ring <b>köket</b>", f"responsible_unit_id-{sub_goal.pk}": str(unit.pk)}
    sent = filled(elin, draft)
    agree(elin, draft, fresh_version(draft))
    late = elin.post(page("edit_plan", draft), sent | typed)
    assert late.status_code == 409
    assert "Planen är överenskommen, så" in late.text
    assert re.findall(r'<li class="written"><strong>(.*?)</strong><br>(.*?)</li>', late.text) == [
        ("Delmål 1.1", "Ring &lt;b&gt;köket&lt;/b&gt;"),
        ("Delmål 1.1, från vilken myndighet?", unit.full_name),
    ]
    by_itself = elin.post(page("edit_plan", draft), sent | typed, headers={"HX-Request": "true"})
    assert (by_itself.status_code, "Inte sparat. Planen är överenskommen" in by_itself.text) == (422, True)
    assert elin.post(page("edit_plan", draft), sent).url == page("plan", draft), "nothing of one's own to copy"
    assert rows_of(draft, 1)[1].what == "Hälsa på i skolköket"


def test_only_the_cases_own_supervisor_writes_the_plan(draft, sign_in, cast):
    for writer, code in ((cast.peter, 404), (cast.karin, 403), (cast.johan, 403), (cast.mats, 403)):
        assert sign_in(writer).post(page("begin_plan", draft)).status_code == code
        assert sign_in(writer).get(page("edit_plan", draft)).status_code == code


def test_beginning_twice_gives_the_same_draft(draft, elin):
    elin.post(page("begin_plan", draft))
    with behind_the_wall():
        assert Plan.objects.filter(case=draft).count() == 1


def test_the_document_holds_the_plan_and_its_name_holds_nobody(case, agreed, elin):
    answer = elin.get(page("plan_pdf", case))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert "Sandqvist" not in answer["Content-Disposition"]


@pytest.mark.clause("W3")
def test_the_paper_says_what_is_late_of_the_version_in_force_and_of_no_other(case, agreed, elin, moment):
    def printed():
        pages = PdfReader(io.BytesIO(elin.get(f"{page('plan_pdf', case)}?version=1").content)).pages
        return " ".join(" ".join(one.extract_text() for one in pages).split())

    assert "ej påbörjat försenat 7 dagar" in printed()
    with behind_the_wall():
        Plan.objects.create(
            case=case,
            author_unit=agreed.author_unit,
            version=2,
            agreed_on=timezone.localdate(),
            begun_at=moment,
            begun_by=agreed.begun_by,
            participation="Med",
            who_took_part="Elin Strand, handledare",
            next_follow_up_on=timezone.localdate(),
        )
    assert "Besked om lönebidrag" in printed()
    assert "försenat" not in printed()


def test_the_plan_costs_few_statements_however_long_it_is(case, agreed, elin, django_assert_max_num_queries):
    with behind_the_wall():
        plan, goal = agreed, Goal.objects.get(plan=agreed)
        late = timezone.localdate() - timedelta(days=3)
        for position in range(2, 12):
            more = Goal.objects.create(
                plan=plan, case=case, author_unit=goal.author_unit, position=position, own_words=f"Mål {position}"
            )
            SubGoal.objects.create(
                goal=more,
                case=case,
                author_unit=goal.author_unit,
                position=1,
                what="Något",
                responsible="Mats Lindahl",
                responsible_unit_id=rows_of(case, 1)[1].responsible_unit_id,
                due_on=late,
            )
    # The frame: savepoint and release, session, user, begin_as, the case, its grounds and the audit row.
    with django_assert_max_num_queries(8 + 12):
        assert elin.get(page("plan", case)).status_code == 200


def test_the_agency_of_whoever_is_responsible_is_said_in_words(case, draft, elin, cast):
    write_goal(elin, draft, responsible="Mats Lindahl", unit=cast.unit("Arbetsförmedlingen"))
    assert 'Mats Lindahl <span class="small meta">Arbetsförmedlingen</span>' in elin.get(page("plan", draft)).text
    write_goal(elin, draft, responsible="Arbetsförmedlingen", unit=cast.unit("Arbetsförmedlingen"))
    assert '<span class="small meta">Arbetsförmedlingen</span>' not in elin.get(page("plan", draft)).text


@pytest.mark.parametrize(
    ("today", "proposed"),
    [
        (date(2026, 11, 19), date(2026, 12, 17)),
        (date(2026, 11, 22), date(2026, 12, 21)),  # a Sunday: the Monday after
        (date(2026, 11, 27), date(2026, 12, 28)),  # Christmas Day, and a weekend
    ],
)
def test_the_follow_up_that_is_proposed_is_on_a_working_day(cast, today, proposed):
    assert next_follow_up(cast.knutpunkten, today) == proposed


def test_the_follow_up_that_is_proposed_is_not_after_the_planned_end(cast):
    today = date(2026, 11, 19)
    end, over = date(2026, 12, 1), date(2026, 11, 2)
    assert next_follow_up(cast.knutpunkten, today, end) == end
    assert next_follow_up(cast.knutpunkten, today, over) == date(2026, 12, 17)
    assert next_follow_up(cast.knutpunkten, today, date(2026, 12, 6)) == date(2026, 12, 4), "the end is a Sunday"


@pytest.mark.parametrize(
    ("next_on", "written", "asked"),
    [
        (date(2026, 12, 28), date(2026, 12, 1), True),
        (date(2026, 12, 2), None, True),  # the end that the case has stays where none is written
        (date(2026, 12, 1), date(2026, 12, 1), False),
        (date(2026, 12, 28), date(2027, 1, 29), False),
    ],
)
def test_a_next_follow_up_after_the_planned_end_is_asked_about(case, next_on, written, asked):
    today, case.planned_end_on = date(2026, 11, 17), date(2026, 12, 1)
    case.started_on = date(2026, 10, 1)
    wrong = wrong_days(case, met_on=today, next_on=next_on, planned_end_on=written, today=today)
    sentence = "Skriv en uppföljning före planerat avslut, 2026-12-01, eller ändra avslutet"
    assert wrong == ({"next_on": sentence} if asked else {})


@pytest.mark.parametrize(("next_on", "free"), [(date(2026, 12, 5), "en lördag"), (date(2026, 12, 25), "juldagen")])
def test_a_next_follow_up_is_on_a_working_day(case, next_on, free):
    today, case.started_on = date(2026, 11, 17), date(2026, 10, 1)
    wrong = wrong_days(case, met_on=today, next_on=next_on, planned_end_on=None, today=today)
    assert wrong == {"next_on": f"Välj en vardag: {next_on} är {free}"}


@pytest.mark.parametrize(
    ("met_on", "near"), [(None, "2026-11-17"), ("2027-11-17", "2026-11-17"), ("2025-01-01", "2026-10-01")]
)
def test_every_wrong_day_is_told_at_once_also_where_the_meetings_own_is_wrong(case, met_on, near):
    today, case.started_on = date(2026, 11, 17), date(2026, 10, 1)
    met_on = met_on and date.fromisoformat(met_on)
    wrong = wrong_days(case, met_on=met_on, next_on=date(2026, 12, 5), planned_end_on=case.started_on, today=today)
    assert ("met_on" in wrong) == (met_on is not None), "an empty one is the field's own to tell"
    assert wrong["next_on"] == "Välj en vardag: 2026-12-05 är en lördag"
    assert wrong["planned_end_on"] == f"Skriv en dag efter {near} för planerat avslut"


def test_a_next_follow_up_may_lie_three_intervals_off_and_not_a_day_more(case) -> None:
    today = date(2026, 11, 17)
    last = today + timedelta(weeks=3 * case.programme.follow_up_weeks)

    def wrong_with(next_on: date) -> str:
        return wrong_days(case, met_on=None, next_on=next_on, planned_end_on=None, today=today).get("next_on", "")

    assert wrong_with(last) == ""
    assert str(last) in wrong_with(last + timedelta(days=1))
