"""Closing: the report handed over to the caseworker, and somebody who carries on (S0, S11, S14)."""

import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader

from knutpunkten.cases.models import Party
from knutpunkten.closing.models import Closing, OnwardPlan
from knutpunkten.notices.models import Notice
from tests.conftest import behind_the_wall
from tests.plans.conftest import fresh_version
from tests.plans.pages import page

IN_TWO_YEARS = (timezone.localdate() + timedelta(days=732)).isoformat()
REPORT = {
    "own_words": "Nu vet jag vad jag klarar.",
    "result": "Från fyra till femton timmar i veckan.",
    "judgement": "Klarar halvtid med anpassning.",
    "suggestions": "Lönebidrag.",
}


def save(client, case, part, **words):
    return client.post(page("closing_part", case, part), words)


def hold_meeting(client, case, **changed):
    sent = {
        "is_planned": "True",
        "met_on": timezone.localdate().isoformat(),
        "who_took_part": "Leif Sandqvist\nElin Strand, handledare\nMats Lindahl, Arbetsförmedlingen",
    }
    return save(client, case, "mote", **{**sent, **changed})


def carry_on(client, case, unit, **changed):
    sent = {
        "receiver": "Mats Lindahl",
        "receiver_unit_id": str(unit.pk),
        "what": "Möte om lönebidrag med snickeriet.",
        "from_on": (timezone.localdate() + timedelta(days=7)).isoformat(),
    }
    return save(client, case, "fortsattning", **{**sent, **changed})


def close(client, case):
    return client.post(page("step", case, "close"), {"version": fresh_version(case)}, follow=True)


@pytest.mark.clause("S11", "S14")
def test_a_case_that_ends_on_the_way_has_somebody_who_carries_on_before_it_is_closed(case, elin, cast):
    hold_meeting(elin, case)
    save(elin, case, "utfall", outcome="more")
    save(elin, case, "rapport", **REPORT)
    shown = elin.get(page("closing", case)).text
    assert "Skriv vem som tar vid, med vad och när." in shown
    refused = close(elin, case).text
    assert "Det går inte än. Skriv vem som tar vid, med vad och när." in refused
    assert "Planerat eller i förtid" in refused  # still among the closing's parts
    fresh_version(case)
    assert case.state == "active"

    carry_on(elin, case, cast.unit("Arbetsförmedlingen"))
    close(elin, case)

    fresh_version(case)
    assert case.state == "closed"
    with behind_the_wall():
        assert Closing.objects.get(case=case).handed_over_at is not None
        assert OnwardPlan.objects.get(case=case).receiver_unit == cast.unit("Arbetsförmedlingen")
        # The receiver's representative is told, as far as the consent lets that unit follow the planning.
        assert Notice.objects.filter(case_id=case.pk, event="close", user=cast.mats).exists()


@pytest.mark.clause("S14")
def test_the_caseworker_reads_the_report_when_it_is_handed_over_and_not_before(case, elin, sign_in, cast):
    johan = sign_in(cast.johan)
    hold_meeting(elin, case)
    save(elin, case, "utfall", outcome="work")
    save(elin, case, "rapport", **REPORT)
    assert "Klarar halvtid" not in johan.get(page("closing", case)).text
    assert johan.get(page("report_pdf", case)).status_code == 404

    close(elin, case)

    shown = johan.get(page("closing", case)).text
    assert "Klarar halvtid med anpassning." in shown
    assert "Nu vet jag vad jag klarar." in shown
    document = johan.get(page("report_pdf", case))
    assert document.content.startswith(b"%PDF-")
    assert "Sandqvist" not in document["Content-Disposition"]


@pytest.mark.clause("S0", "L2")
def test_fully_self_supporting_is_told_from_more_than_before(case, elin):
    choices = elin.get(page("closing_part", case, "utfall")).text
    assert "Självförsörjande genom arbete" in choices
    assert "Närmare egen försörjning än förut" in choices
    save(elin, case, "utfall", outcome="more")
    assert "Skriv vem som tar vid" in elin.get(page("closing", case)).text
    save(elin, case, "utfall", outcome="studies")
    assert "Skriv vem som tar vid" not in elin.get(page("closing", case)).text


@pytest.mark.clause("S11")
def test_somebody_who_cannot_be_reached_is_closed_with_what_was_tried(case, elin):
    refused = hold_meeting(elin, case, met_on="", who_took_part="", exemption="unreachable")
    assert "Skriv vad ni har prövat innan ni avslutar utan möte" in refused.text
    hold_meeting(
        elin, case, met_on="", who_took_part="", exemption="unreachable", what_was_tried="Tre brev och fem samtal."
    )
    save(elin, case, "utfall", outcome="other", other_outcome="Flyttade utan att höra av sig.")
    save(elin, case, "rapport", **REPORT)
    close(elin, case)
    fresh_version(case)
    assert case.state == "closed"
    shown = elin.get(page("case", case)).text
    assert "Ärendet avslutades utan en överenskommen plan." in shown
    assert "Planen skrivs tillsammans" not in shown


def test_what_lacks_of_the_closing_meeting_is_told_at_once(case, elin):
    refused = hold_meeting(elin, case, is_planned="", met_on="", who_took_part="").text
    for told in (
        "i förtid. Är det i förtid, skriv också varför",
        "vilken dag avslutsmötet hölls",
        "vilka som var med på",
    ):
        assert refused.count(told) == 2, "in the summary, and at its field"


def test_what_is_asked_only_of_an_early_end_or_of_no_meeting_says_so(case, elin):
    shown = elin.get(page("closing_part", case, "mote")).text
    assert "Bara om det är i förtid" in shown
    assert "Bara om det inte blev något möte" in shown
    for told in ("Kunde ni träffas?", "Ja, vi träffades", "Nej, personen går inte att nå"):
        assert told in shown


def test_the_closing_keeps_nothing_that_does_not_apply(case, elin):
    hold_meeting(elin, case, early_reason="Flyttar.", what_was_tried="Tre brev.")
    shown = elin.get(page("closing_part", case, "mote")).text
    assert "Flyttar." not in shown
    assert "Tre brev." not in shown
    hold_meeting(elin, case, exemption="unreachable", what_was_tried="Tre brev.")
    shown = elin.get(page("closing_part", case, "mote")).text
    assert "Tre brev." in shown
    assert "Leif" not in re.search(r'<textarea[^>]*name="who_took_part".*?</textarea>', shown, re.DOTALL)[0]


@pytest.mark.clause("W1")
def test_who_lacks_the_category_planning_never_reads_the_report(case, elin, sign_in, cast):
    hold_meeting(elin, case)
    save(elin, case, "utfall", outcome="work")
    save(elin, case, "rapport", **REPORT)
    close(elin, case)
    siv = sign_in(cast.siv)
    shown = siv.get(page("closing", case)).text
    assert "Delas inte med er enhet" in shown
    assert "halvtid" not in shown
    assert siv.get(page("report_pdf", case)).status_code == 404


def printed(client, case):
    pages = PdfReader(io.BytesIO(client.get(page("report_pdf", case)).content)).pages
    return " ".join(" ".join(one.extract_text() for one in pages).split())


@pytest.mark.clause("S14", "W1")
def test_a_caseworker_without_a_part_is_told_of_before_the_closing_and_named_on_no_paper(case, elin, cast):
    hold_meeting(elin, case)
    save(elin, case, "utfall", outcome="work")
    save(elin, case, "rapport", **REPORT)
    assert "Slutdokumentationen lämnas till Johan Wik" in elin.get(page("closing", case)).text
    with behind_the_wall():
        yesterday = timezone.localdate() - timedelta(days=1)
        Party.objects.filter(case=case, unit=cast.unit("Försörjningsstöd")).update(valid_until=yesterday)
    shown = elin.get(page("closing", case)).text
    assert "Johan Wik kan inte läsa slutdokumentationen." in shown
    assert "lämnas till Johan Wik" not in shown
    with behind_the_wall():
        Party.objects.filter(case=case, basis="consent").update(valid_until=yesterday)
    assert "Inget samtycke omfattar teamet nu." in elin.get(page("closing", case)).text
    asked = elin.get(page("closing_part", case, "fortsattning")).text
    assert "så det finns ingen part att välja" in asked
    assert re.search(r'<option value="annan" selected>', asked)
    told = close(elin, case).text
    assert "läses utanför teamet bara med stöd av ett samtycke" in told
    assert "lämnade över" not in elin.get(page("events", case)).text
    paper, shown = printed(elin, case), elin.get(page("case", case)).text
    assert "Överlämnad" not in shown
    assert "Inget samtycke lät handläggaren läsa slutdokumentationen då" in shown
    assert "Till ingen." in paper
    assert "till Johan Wik" not in paper


@pytest.mark.clause("S14")
def test_the_paper_says_when_and_to_whom_it_was_handed_over(case, elin):
    hold_meeting(elin, case)
    save(elin, case, "utfall", outcome="work")
    save(elin, case, "rapport", **REPORT)
    assert "Inte överlämnad än" in printed(elin, case)
    close(elin, case)
    assert f"{timezone.localdate()}, till Johan Wik, " in printed(elin, case)


def test_an_empty_closing_says_everything_that_lacks(case, elin):
    shown = close(elin, case).text
    for sentence in ("Avslutsmötet är inte ifyllt.", "Utfallet är inte valt.", "Skriv resultatet och bedömningen"):
        assert sentence in shown


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"is_planned": ""}, "Välj om insatsen avslutas som planerat eller i förtid"),
        ({"is_planned": "False"}, "Skriv varför insatsen avslutas i förtid"),
        ({"met_on": "igår"}, "Skriv datumet som ÅÅÅÅ-MM-DD"),
        ({"met_on": f"{timezone.localdate().year + 2}-01-01"}, "Skriv ett datum som har varit, eller dagens"),
        ({"met_on": ""}, "Skriv vilken dag avslutsmötet hölls"),
        ({"met_on": "2001-01-01"}, "Skriv en dag från och med starten, "),
        ({"exemption": "bored"}, "Välj varför det inte blev något möte"),
    ],
)
def test_what_is_wrong_with_the_meeting_is_told_and_what_was_typed_stays(case, elin, changed, sentence):
    answer = hold_meeting(elin, case, **changed)
    assert sentence in answer.text
    assert "Mats Lindahl, Arbetsförmedlingen" in answer.text
    with behind_the_wall():
        assert not Closing.objects.filter(case=case).exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"receiver": ""}, "Skriv namnet på den som tar vid"),
        ({"receiver_unit_id": ""}, "Välj vilken myndighet den som tar vid kommer från, eller Någon annan"),
        ({"receiver_unit_id": "annan"}, "Skriv på en rad var den som tar vid finns, och hur man når hen"),
        ({"receiver_unit_id": "00000000-0000-4000-8000-000000000000"}, "Välj en av parterna i samtycket"),
        ({"from_on": "snart"}, "Skriv datumet som ÅÅÅÅ-MM-DD"),
        ({"from_on": "2001-01-01"}, "Skriv en dag från och med starten, "),
        ({"from_on": IN_TWO_YEARS}, "Kontrollera året: det är mer än två år bort"),
        ({"from_on": "9999-12-31"}, "Kontrollera året: det är mer än två år bort"),
        ({"what": "x" * 5001}, "högst 5000 tecken"),
    ],
)
def test_what_is_wrong_with_the_plan_forward_is_told(case, elin, cast, changed, sentence):
    answer = carry_on(elin, case, cast.unit("Arbetsförmedlingen"), **changed)
    assert sentence in answer.text
    with behind_the_wall():
        assert not OnwardPlan.objects.filter(case=case).exists()


@pytest.mark.clause("S11")
def test_who_carries_on_from_elsewhere_is_said_to_be_found_where_in_the_report_and_on_paper(case, elin, cast):
    where, unit = "Studieförbundet Bilda, 0490-174 06 20", cast.unit("Arbetsförmedlingen")
    hold_meeting(elin, case)
    save(elin, case, "utfall", outcome="more")
    save(elin, case, "rapport", **REPORT)
    carry_on(elin, case, unit, receiver="Maj Ek", receiver_unit_id="annan", elsewhere=where)
    form = elin.get(page("closing_part", case, "fortsattning")).text
    assert '<option value="annan" selected>Någon annan</option>' in form
    assert f'value="{where}"' in form
    assert f"Maj Ek, {where}" in printed(elin, case)
    close(elin, case)
    assert f"Maj Ek, {where}, från " in elin.get(page("closing", case)).text


def test_where_somebody_was_is_not_kept_of_who_carries_on_in_an_agency(case, elin, cast):
    carry_on(elin, case, cast.unit("Arbetsförmedlingen"), elsewhere="Studieförbundet Bilda")
    with behind_the_wall():
        assert OnwardPlan.objects.get(case=case).elsewhere == ""


@pytest.mark.clause("S11")
def test_who_carries_on_from_nowhere_is_asked_about_before_the_case_is_closed(case, elin, cast):
    carry_on(elin, case, cast.unit("Arbetsförmedlingen"))
    with behind_the_wall():
        OnwardPlan.objects.filter(case=case).update(receiver_unit=None)  # written before it was asked about
    save(elin, case, "utfall", outcome="more")
    assert "Skriv var den som tar vid finns." in elin.get(page("closing", case)).text
    assert '<option value="" selected>Välj …</option>' in elin.get(page("closing_part", case, "fortsattning")).text
    save(elin, case, "utfall", outcome="work")
    assert "Skriv var den som tar vid finns" not in elin.get(page("closing", case)).text


def test_nobody_carries_on_before_the_closing_meeting_is_held(case, elin, cast):
    hold_meeting(elin, case)
    yesterday = timezone.localdate() - timedelta(days=1)
    answer = carry_on(elin, case, cast.unit("Arbetsförmedlingen"), from_on=yesterday.isoformat())
    assert "Skriv en dag från och med avslutsmötet, " in answer.text
    with behind_the_wall():
        assert not OnwardPlan.objects.filter(case=case).exists()


@pytest.mark.clause("S14")
def test_a_report_whose_days_cannot_be_is_not_handed_over(case, elin, cast):
    today = timezone.localdate()
    carry_on(elin, case, cast.unit("Arbetsförmedlingen"), from_on=(today - timedelta(days=1)).isoformat())
    hold_meeting(elin, case)  # after the day on which somebody was to carry on
    save(elin, case, "utfall", outcome="more")
    save(elin, case, "rapport", **REPORT)
    sentence = f"Rätta planen för den som tar vid. Skriv en dag från och med avslutsmötet, {today}."
    assert sentence in elin.get(page("closing", case)).text
    assert sentence in close(elin, case).text
    with behind_the_wall():
        Closing.objects.filter(case=case).update(met_on="2001-01-01")  # written before the day was asked about
    refused = close(elin, case).text
    assert f"Rätta avslutsmötet. Skriv en dag från och med starten, {case.started_on}." in refused
    fresh_version(case)
    assert case.state == "active"


def test_an_outcome_that_does_not_exist_is_refused(case, elin):
    assert "Välj ett av alternativen" in save(elin, case, "utfall", outcome="rich").text


@pytest.mark.clause("S14")
def test_another_outcome_is_said_in_a_line_that_the_report_and_its_paper_tell(case, elin, cast):
    told = "Flyttar till Gotland och börjar om där"
    assert "Skriv på en rad vad det blev" in save(elin, case, "utfall", outcome="other").text
    assert save(elin, case, "utfall", outcome="other", other_outcome=told).status_code == 302
    hold_meeting(elin, case)
    save(elin, case, "rapport", **REPORT)
    carry_on(elin, case, cast.unit("Arbetsförmedlingen"))
    assert f"Annat: {told}" in printed(elin, case)
    close(elin, case)
    assert f"Annat: {told}" in elin.get(page("closing", case)).text


def test_what_was_said_of_another_outcome_goes_with_it(case, elin):
    save(elin, case, "utfall", outcome="other", other_outcome="Flyttar till Gotland")
    save(elin, case, "utfall", outcome="more", other_outcome="Flyttar till Gotland")
    assert "Gotland" not in elin.get(page("closing_part", case, "utfall")).text


@pytest.mark.clause("S14")
def test_another_outcome_that_was_chosen_before_it_was_asked_about_is_asked_about_now(case, elin):
    hold_meeting(elin, case)
    save(elin, case, "utfall", outcome="other", other_outcome="Flyttar")
    with behind_the_wall():
        Closing.objects.filter(case=case).update(other_outcome="")
    assert "Skriv vad det blev, när utfallet är Annat." in elin.get(page("closing", case)).text


def test_the_report_is_saved_while_it_is_written(case, elin):
    answer = elin.post(page("closing_part", case, "rapport"), {"result": "Halvvägs"}, headers={"HX-Request": "true"})
    assert "Sparat" in answer.text
    with behind_the_wall():
        assert Closing.objects.get(case=case).result == "Halvvägs"


@pytest.mark.parametrize(
    ("part", "first", "second"),
    [
        ("rapport", REPORT, REPORT | {"result": "Till halvtid."}),
        ("utfall", {"outcome": "more"}, {"outcome": "other", "other_outcome": "Flyttar"}),
    ],
)
def test_a_part_of_the_closing_is_not_written_over_from_an_older_page_unread(case, elin, part, first, second):
    address = page("closing_part", case, part)
    opened = {"seen": elin.get(address).context["form"].seen}
    for _ in "twice":
        assert save(elin, case, part, **first | opened).status_code == 302
    refused = save(elin, case, part, **second | opened)
    assert "Någon annan har skrivit här sedan du öppnade sidan" in refused.text
    assert "Så här står det sparat nu" in refused.text
    assert "Något har ändrats under tiden" in refused.text
    with behind_the_wall():
        assert Closing.objects.filter(case=case, **first).exists()
    assert save(elin, case, part, **second | {"seen": refused.context["form"].seen}).status_code == 302


def test_nothing_is_chosen_of_the_meeting_because_another_part_was_saved(case, elin):
    address = page("closing_part", case, "mote")
    opened = elin.get(address).context["form"].seen
    save(elin, case, "utfall", outcome="more")
    assert " checked" not in elin.get(address).text
    assert "Inte ifyllt än" in printed(elin, case)
    assert hold_meeting(elin, case, seen=opened).status_code == 302, "nobody else has written there"


def test_an_empty_report_is_refused_on_the_way_to_the_next_part_and_not_while_it_is_written(case, elin):
    empty = dict.fromkeys(REPORT, "")
    refused = save(elin, case, "rapport", **empty)
    assert refused.status_code == 200
    assert "Skriv något i slutdokumentationen, eller gå tillbaka till avslutet" in refused.text
    with behind_the_wall():
        assert not Closing.objects.filter(case=case).exists()
    saved = elin.post(page("closing_part", case, "rapport"), empty, headers={"HX-Request": "true"})
    assert saved.status_code == 200


def test_each_part_leads_to_the_next_that_lacks_something_and_to_the_list_when_none_does(case, elin, cast):
    def address(part):
        return page("closing_part", case, part)

    assert save(elin, case, "rapport", **(REPORT | {"judgement": ""})).url == address("fortsattning")
    assert carry_on(elin, case, cast.unit("Arbetsförmedlingen")).url == address("mote")
    assert hold_meeting(elin, case).url == address("utfall")
    assert save(elin, case, "utfall", outcome="more").url == address("rapport")
    assert save(elin, case, "rapport", **REPORT).url == page("closing", case)
    assert hold_meeting(elin, case).url == page("closing", case)
    assert save(elin, case, "utfall", outcome="work").url == page("closing", case)
    assert save(elin, case, "rapport", **REPORT).url == page("closing", case)


def test_the_report_is_not_said_to_be_saved_before_anything_is_written_in_it(case, elin):
    def saved():
        shown = elin.get(page("closing_part", case, "rapport")).text
        return "Sparat" in re.search(r"<p[^>]*data-saved.*?</p>", shown, re.DOTALL)[0]

    hold_meeting(elin, case)
    assert not saved()
    save(elin, case, "rapport", result="Halvvägs")
    assert saved()


def test_the_plan_forward_may_be_written_first(case, elin, cast):
    carry_on(elin, case, cast.unit("Arbetsförmedlingen"))
    assert "Mats Lindahl" in elin.get(page("closing_part", case, "fortsattning")).text
    assert "Skriv vem som tar vid" not in elin.get(page("closing", case)).text


def test_what_was_handed_over_stands_as_it_was(case, elin):
    hold_meeting(elin, case)
    save(elin, case, "utfall", outcome="work")
    save(elin, case, "rapport", **REPORT)
    close(elin, case)
    late = save(elin, case, "rapport", **(REPORT | {"result": "Något <b>annat</b>"}))
    assert late.status_code == 409
    assert "Ärendet har tagit slut, så det går inte att skriva i det längre." in late.text
    assert late.text.count('<li class="written">') == 1, "what stands already is not to be copied"
    assert "<strong>Resultat</strong><br>Något &lt;b&gt;annat&lt;/b&gt;</li>" in late.text
    assert f'href="{page("case", case)}">Öppna ärendet som det är nu' in late.text
    by_itself = elin.post(page("closing_part", case, "rapport"), {"result": "Mer"}, headers={"HX-Request": "true"})
    assert (by_itself.status_code, "Inte sparat. Ärendet har tagit slut" in by_itself.text) == (422, True)
    for part in ("mote", "utfall", "rapport", "fortsattning"):
        assert elin.get(page("closing_part", case, part)).url == page("closing", case)
    with behind_the_wall():
        assert Closing.objects.get(case=case).result == REPORT["result"]


def test_of_a_case_that_was_cancelled_no_report_is_promised(make_case, cast, elin):
    now = timezone.now()
    parties = {"Knutpunktsteamet": ["grund", "planering"]}
    case = make_case(
        "cancelled", parties=parties, started_at=now, plan_agreed_at=now, closed_at=now, supervisor=cast.elin
    )
    shown = elin.get(page("closing", case)).text
    assert "Ärendet avbröts, och någon slutdokumentation lämnades inte över." in shown
    assert "skriver slutdokumentationen vid avslutet" not in shown


def test_only_the_cases_own_supervisor_writes_the_closing(case, sign_in, cast):
    for writer, code in ((cast.peter, 404), (cast.karin, 403), (cast.johan, 403)):
        assert save(sign_in(writer), case, "utfall", outcome="work").status_code == code
    with behind_the_wall():
        assert not Closing.objects.filter(case=case).exists()


@pytest.mark.parametrize("part", ["annat", "MOTE"])
def test_a_part_that_does_not_exist_is_not_found(case, elin, part):
    assert elin.get(page("closing_part", case, part)).status_code == 404


def test_the_closing_costs_few_statements(case, elin, django_assert_max_num_queries):
    hold_meeting(elin, case)
    with django_assert_max_num_queries(8 + 12):
        elin.get(page("closing", case))
