"""Work training and internships, internal and external: planned, changed, ended, and read where one's week is."""

import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from knutpunkten.activities.models import Placement
from knutpunkten.activities.rules import placements_between
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Change, Party
from knutpunkten.organisations.models import User
from knutpunkten.people.models import Person
from tests.activities.test_week import text_of
from tests.builders import make_person
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
MONDAY = TODAY - timedelta(days=TODAY.weekday())
ANSWERS = {
    "kind": "internship",
    "setting": "external",
    "place": "Skolköket på Ringeltaube",
    "contact": "Lena Frid",
    "contact_phone": "070-174 06 77",
    "from_on": (MONDAY - timedelta(weeks=1)).isoformat(),
    "until_on": (MONDAY + timedelta(weeks=5)).isoformat(),
    "weekly_hours": "8",
    "weekdays": ["0", "2"],
}


@pytest.fixture
def case(make_case):
    return make_case("active", started_on=TODAY - timedelta(days=60))


@pytest.fixture
def elin(cast, sign_in):
    return sign_in(cast.elin)


@pytest.fixture
def plan(elin, case):
    """``plan(weekly_hours="4")``: a placement planned through the page."""

    def send(of=None, **changed):
        return elin.post(reverse("new_placement", args=[(of or case).pk]), {**ANSWERS, **changed})

    return send


def the_only():
    with behind_the_wall():
        return Placement.objects.get()


def panel(client, case):
    page = client.get(reverse("case", args=[case.pk])).text
    section = page.partition('aria-labelledby="panel-placering"')[2].partition("</section>")[0]
    return " ".join(re.sub("<[^>]+>", " ", section).split())


@pytest.mark.clause("L6")
def test_the_supervisor_plans_an_external_internship_and_the_parties_of_the_planning_read_it(
    elin, case, cast, sign_in, plan
):
    assert "Planera arbetsträning eller praktik" in text_of(elin.get(reverse("new_placement", args=[case.pk])))
    assert plan().status_code == 302
    for reader in (elin, sign_in(cast.johan), sign_in(cast.mats)):
        shown = panel(reader, case)
        assert "Praktik, extern : Skolköket på Ringeltaube Pågår" in shown
        assert f"{ANSWERS['from_on']} till {ANSWERS['until_on']} · 8 timmar i veckan: måndag och onsdag" in shown
        assert "Kontakt: Lena Frid, 070-174 06 77" in shown
    assert "Elin Strand" in shown


@pytest.mark.clause("L6", "W1")
def test_who_has_no_part_in_the_planning_reads_nothing_of_it(make_case, cast, sign_in, plan):
    parts = {"Knutpunktsteamet": ["grund", "planering"], "Gamleby hälsocentral": ["grund", "halsa"]}
    case = make_case("active", parties=parts, started_on=TODAY - timedelta(days=60))
    plan(of=case)
    page = text_of(sign_in(cast.siv).get(reverse("case", args=[case.pk])))
    assert "Skolköket" not in page
    assert "Arbetsträning och praktik" not in page


@pytest.mark.clause("L6")
def test_internal_work_training_is_told_from_an_external_internship(elin, case, plan):
    plan(kind="training", setting="internal", place="Återbruket", contact="", contact_phone="", weekdays=["4"])
    assert "Arbetsträning, intern : Återbruket" in panel(elin, case)
    assert "Kontakt" not in panel(elin, case)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"kind": ""}, "Välj arbetsträning eller praktik"),
        ({"setting": ""}, "Välj om den är intern eller extern"),
        ({"place": " "}, "Skriv var det är"),
        ({"until_on": (MONDAY - timedelta(weeks=2)).isoformat()}, "Skriv en dag efter den då det börjar"),
        ({"from_on": (TODAY - timedelta(days=61)).isoformat()}, "då insatsen började"),
        ({"weekly_hours": "17"}, "17 timmar ryms inte på 2 dagar i veckan"),
        ({"weekly_hours": "åtta"}, "Skriv hela timmar, till exempel 8"),
        ({"weekly_hours": "8,5"}, "Skriv hela timmar, till exempel 8"),
        ({"weekdays": []}, "Kryssa i minst en dag"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(plan, answer, sentence):
    page = plan(**answer)
    assert page.status_code == 200
    assert sentence in text_of(page)
    assert "Lena Frid" in page.text
    with behind_the_wall():
        assert not Placement.objects.exists()


@pytest.mark.clause("L6", "W4")
def test_it_is_changed_and_ended_before_its_time_and_what_it_said_is_kept(elin, case, plan):
    plan()
    url = reverse("placement", args=[case.pk, the_only().pk])
    assert "Slutar det i förtid?" in text_of(elin.get(url))
    assert "Skriv varför det ändras" in text_of(elin.post(url, {**ANSWERS, "weekly_hours": "6"}))
    elin.post(url, {**ANSWERS, "weekly_hours": "6", "why_changed": "Orkar inte åtta än."})
    assert "6 timmar i veckan" in panel(elin, case)
    kept = f"Praktik, extern: ändrat {TODAY} {TODAY} , Elin Strand. Orkar inte åtta än. Timmar i veckan 6 Förut: 8"
    assert kept in panel(elin, case)
    assert "Orkar inte åtta än." not in elin.get(url).text, "the next change has a reason of its own"
    again = {**ANSWERS, "weekly_hours": "6", "why_changed": "Igen."}
    assert "Ingenting är ändrat." in text_of(elin.post(url, again))
    elin.post(url, {**again, "weekdays": ["0"], "kind": "training"})
    shown = panel(elin, case)
    assert "Vad det är Arbetsträning Förut: Praktik" in shown
    assert "Dagar Måndag Förut: Måndag och onsdag" in shown
    assert "Orkar inte åtta än." in shown
    elin.post(url, {**again, "why_changed": "Blev fel."})
    end = reverse("end_placement", args=[case.pk, the_only().pk])
    assert "Skriv varför det slutar i förtid" in text_of(elin.post(end, {"ended_on": TODAY.isoformat(), "why": ""}))
    ahead = {"ended_on": (TODAY + timedelta(days=1)).isoformat(), "why": "Fick arbete."}
    assert "eller dagens" in text_of(elin.post(end, ahead))
    elin.post(end, {"ended_on": TODAY.isoformat(), "why": "Fick arbete där."})
    shown = panel(elin, case)
    assert "Avslutad" in shown
    assert "Slutade i förtid: Fick arbete där." in shown
    assert "redan avslutad" in text_of(elin.get(url, follow=True)), "what has ended is not changed any more"
    late = elin.post(url, {**again, "why_changed": "Orkar <b>mer</b>."})
    assert late.status_code == 409
    assert "<strong>Varför ändras det?</strong><br>Orkar &lt;b&gt;mer&lt;/b&gt;.</li>" in late.text
    assert "<strong>Vilka dagar?</strong><br>Måndag</li>" in late.text
    changes = text_of(elin.get(reverse("case_reads", args=[case.pk]), {"visa": "andringar"}))
    for words in ("Planerade", "Ändrade", "Avslutade"):
        assert f"{words} arbetsträning eller praktik" in changes
    with behind_the_wall():
        assert Change.objects.filter(of_table="activities_placement").count() == 4
        events = Entry.objects.of_case(case.pk).filter(event__startswith="placement_")
        assert {e.category for e in events} == {"planering"}
        assert [e.detail["kind"] for e in events.order_by("at")] == [
            *["internship"] * 2,
            "training",
            *["internship"] * 2,
        ]


def test_one_that_was_ended_before_it_began_never_took_place(elin, case, plan):
    plan(from_on=(TODAY + timedelta(days=7)).isoformat())
    assert "Inte börjat än" in panel(elin, case)
    elin.post(
        reverse("end_placement", args=[case.pk, the_only().pk]),
        {"ended_on": TODAY.isoformat(), "why": "Platsen drogs tillbaka."},
    )
    assert "Blev inte av" in panel(elin, case)


@pytest.mark.clause("L6")
def test_it_ends_with_its_case(elin, case, cast, plan, take):
    plan()
    plan(from_on=(TODAY + timedelta(days=1)).isoformat(), place="Snickeriet")
    take(case, "cancel", cast.johan, wish="person", why="Flyttar")
    shown = panel(elin, case)
    assert f"Ringeltaube Avslutad {ANSWERS['from_on']} till {TODAY} · " in shown
    assert "Snickeriet Blev inte av" in shown
    with behind_the_wall():
        assert not placements_between(TODAY + timedelta(days=1), TODAY + timedelta(weeks=9)).exists()


@pytest.mark.clause("L6", "S3", "L1")
def test_its_hours_are_planned_time_beside_what_was_attended(elin, case, cast, plan):
    plan()
    for page in (elin.get("/veckan/"), elin.get("/veckan/deltagare/")):
        assert "plus praktik 8 tim" in text_of(page)
    assert "0 av 10 tim, plus praktik 8 tim, bara 8 tim planerat" in text_of(elin.get("/veckan/")), (
        "two hours are not planned yet"
    )
    elin.post(
        reverse("placement", args=[case.pk, the_only().pk]),
        {**ANSWERS, "weekly_hours": "10", "why_changed": "Orkar mer."},
    )
    week = text_of(elin.get("/veckan/"))
    assert "0 av 10 tim, plus praktik 10 tim" in week, "planned, and not attended: nobody has marked it"
    assert "planerat" not in week.partition("0 av 10 tim")[2].partition("Hur många timmar")[0]


def test_a_week_in_which_it_ends_has_the_hours_of_its_days_there(case, plan):
    plan(until_on=MONDAY.isoformat())
    placement = the_only()
    assert placement.minutes_in(MONDAY - timedelta(weeks=1)) == 480
    assert placement.minutes_in(MONDAY) == 240
    assert placement.minutes_in(MONDAY + timedelta(weeks=1)) == 0


@pytest.mark.clause("L6", "S14")
def test_it_stands_in_the_week_of_the_plan_and_of_its_pdf(elin, case, cast, plan):
    plan()
    elin.post(reverse("begin_plan", args=[case.pk]))
    with behind_the_wall():
        case.plans.update(agreed_on=TODAY, participation="Tillsammans")
    words = ("Måndag och onsdag", "8 timmar i veckan", "Praktik, extern", "Skolköket på Ringeltaube")
    shown = text_of(elin.get(reverse("plan", args=[case.pk])))
    pdf = PdfReader(io.BytesIO(elin.get(reverse("plan_pdf", args=[case.pk])).content))
    printed = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    for one in words:
        assert one in shown
        assert one in printed


@pytest.mark.clause("L6")
def test_the_person_reads_where_and_when_on_their_own_page(cast, make_case, sign_in, plan, client):
    with behind_the_wall():
        account = User.objects.create_user("amira@deltagare.example", "Amira Haddad")
        person = make_person("Amira", "Haddad", account=account)
    plan(of=make_case("active", person=person, started_on=TODAY - timedelta(days=60)))
    client.force_login(account)
    page = text_of(client.get("/min-sida/"))
    week = page.partition("Nästa vecka")[2].partition("Så här långt")[0]
    assert "Praktik Skolköket på Ringeltaube , måndag och onsdag, 8 timmar i veckan, till" in week
    assert "Kontakt: Lena Frid, 070-174 06 77 ." in week
    assert "Planerade arbetsträning eller praktik" in page.partition("Vem har sett och ändrat?")[2]


@pytest.mark.clause("W5")
def test_where_a_protected_person_is_placed_is_not_kept(elin, cast, make_case, plan):
    with behind_the_wall():
        hidden = make_person("Mira", "Alm", number="198701052394", protection="sekretessmarkering")
    case = make_case("active", person=hidden, started_on=TODAY - timedelta(days=60))
    page = text_of(elin.get(reverse("new_placement", args=[case.pk])))
    assert "personen har skyddade personuppgifter" in page
    assert "Kontakt på platsen" not in page
    assert plan(of=case).status_code == 302
    assert (the_only().place, the_only().contact, the_only().contact_phone) == ("", "", "")


@pytest.mark.clause("W5")
def test_where_somebody_was_is_not_shown_once_they_are_protected(elin, cast, case, plan):
    plan()
    url = reverse("placement", args=[case.pk, the_only().pk])
    elin.post(url, {**ANSWERS, "place": "Återbruket", "weekly_hours": "6", "why_changed": "Orkar mindre."})
    assert "Var Återbruket Förut: Skolköket" in panel(elin, case)
    with behind_the_wall():
        Person.objects.filter(pk=case.person_id).update(protection=Person.Protection.MARKED)
    shown = panel(elin, case)
    assert "Timmar i veckan 6 Förut: 8" in shown
    assert "Återbruket" not in shown
    assert "Skolköket" not in shown


@pytest.mark.clause("W1")
def test_without_a_consent_nothing_is_planned(elin, case, plan):
    plan()
    with behind_the_wall():
        Party.objects.filter(case=case, basis="consent").update(withdrawn_at=timezone.now())
    late = elin.post(reverse("new_placement", args=[case.pk]), ANSWERS)
    assert (late.status_code, "Teamets arbete vilar" in late.text) == (409, True)
    assert "<strong>Var?</strong><br>Skolköket på Ringeltaube</li>" in late.text, "to be copied"
    with behind_the_wall():
        assert Placement.objects.count() == 1


def test_nobody_but_the_supervisor_plans_one_and_of_this_case_alone(cast, sign_in, elin, case, make_case, plan):
    plan()
    placement = the_only()
    for other in (cast.karin, cast.johan, cast.mats, cast.peter):
        assert sign_in(other).get(reverse("new_placement", args=[case.pk])).status_code in (403, 404)
    elsewhere = make_case("active")
    assert elin.get(reverse("placement", args=[elsewhere.pk, placement.pk])).status_code == 404
    closed = make_case("closed")
    assert elin.get(reverse("new_placement", args=[closed.pk])).url == reverse("case", args=[closed.pk])
    late = elin.post(reverse("new_placement", args=[closed.pk]), ANSWERS)
    assert (late.status_code, "Ärendet har tagit slut" in late.text) == (409, True)
