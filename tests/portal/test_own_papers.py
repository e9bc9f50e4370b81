"""What the person may read of their own case: the whole plan, and on paper the plan, the referral and what they signed (W1)."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Basis, Section
from knutpunkten.closing.models import Closing, OnwardPlan
from knutpunkten.consents.models import Consent
from knutpunkten.documents.models import StoredFile
from knutpunkten.documents.privacy_notice import notice_in_force
from knutpunkten.followup.models import FollowUp
from knutpunkten.organisations.models import User
from knutpunkten.people.models import Person
from knutpunkten.plans.models import Goal, Plan, SubGoal
from tests.activities.test_week import text_of
from tests.builders import make_person
from tests.conftest import behind_the_wall
from tests.portal.test_own_page import amira, open_page, said, with_plan

pytestmark = pytest.mark.django_db
__all__ = ["amira"]


def ask(person, name, case, *args, **query):
    client = Client()
    client.force_login(person.account)
    return client.get(reverse(name, args=[case.pk, *args]), query)


def printed(response):
    assert response["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u00ad", "").split())


def a_file(case, by, purpose, **more):
    with behind_the_wall():
        return StoredFile.objects.create(
            case=case,
            purpose=purpose,
            category="grund",
            author_unit=case.referring_unit,
            name="papper.pdf",
            content_type="application/pdf",
            size=8,
            sha256="0" * 64,
            content=b"%PDF-1.7",
            uploaded_at=timezone.now(),
            uploaded_by=by,
            **more,
        )


def scanned(case, cast):
    """The consent's scan, as signing keeps it: disclosed to nobody."""
    scan = a_file(case, cast.johan, StoredFile.Purpose.CONSENT)
    with behind_the_wall():
        case.consents.update(scan=scan)
    return scan


def is_denied(response):
    return response.status_code == 404


def test_the_whole_plan_in_force_is_read_on_the_page(cast, amira, make_case):
    case, today = make_case("active", person=amira, plan_agreed_at=timezone.now()), timezone.localdate()
    with_plan(case, cast, "Mats Lindahl", responsible_unit=cast.unit("Arbetsförmedlingen"), from_on=today)
    with behind_the_wall():
        Goal.objects.filter(case=case).update(why="Jag mår bra av att ha något att göra")
        SubGoal.objects.filter(case=case).update(follow_up="När veckan är slut")
        follow_up = {"who_took_part": "Amira Haddad\nElin Strand, handledare", "next_follow_up_on": today}
        Plan.objects.filter(case=case).update(**follow_up)
        of_goal = {"case": case, "author_unit": cast.knutpunkten.team, "goal": Goal.objects.get(case=case)}
        done = {"state": "done", "done_on": today - timedelta(days=3), "due_on": today, "responsible": "Amira"}
        SubGoal.objects.create(**of_goal, position=2, what="Ringa köket", **done)
    page = text_of(open_page(amira))
    assert "Jag mår bra av att ha något att göra" in page
    assert "Alla delmål (2)" in page
    assert f"Ringa köket Klart, {said(today - timedelta(days=3))} . Ansvarig: du." in page
    assert "Provvecka i skolköket Ej påbörjat. Ansvarig: Mats Lindahl, Arbetsförmedlingen." in page
    assert f"Från {said(today)} Till {said(today + timedelta(days=9))} Följs upp: När veckan är slut" in page
    assert "Hur du var med Vi skrev tillsammans Vilka var med Du Elin Strand, handledare" in page
    assert f"Följs upp {said(today)} Läs hela planen som PDF" in page
    with behind_the_wall():
        case.parties.filter(basis=Basis.CONSENT).update(withdrawn_at=timezone.now())
        for days, agreed in ((1, "Du ringer köket i april."), (30, "Vi tar det lugnt.")):
            met(case, cast, today - timedelta(days=days), agreed)
    page = text_of(open_page(amira))
    assert "Så kom planen till" in page
    assert f"Följs upp {said(today)}" not in page, "not while the team's work rests"
    last, _, before = page.partition("Senaste uppföljningen")[2].partition("Uppföljningarna innan (1)")
    agreed = "Vilka var med Du Elin Strand, handledare Hur det har gått: ”Jobba i kök” Provdagarna gick bra. Vad ni kom överens om Du ringer köket i april."
    assert f"När {said(today - timedelta(days=1))} {agreed}" in last
    assert "Vi tar det lugnt." in before


def met(case, cast, day, agreed):
    """A follow-up of the plan, written down."""
    by = {"author_unit": cast.knutpunkten.team, "recorded_at": timezone.now(), "recorded_by": cast.elin}
    who = "Amira Haddad\nElin Strand, handledare"
    goals = [{"goal": "Jobba i kök", "words": "Provdagarna gick bra."}, {"goal": "Sova bättre", "words": ""}]
    FollowUp.objects.create(case=case, held_on=day, who_took_part=who, agreed=agreed, next_on=day, goals=goals, **by)


def test_the_plan_is_read_on_paper_and_a_version_being_written_is_not(cast, amira, make_case):
    case = make_case("active", person=amira, plan_agreed_at=timezone.now())
    with_plan(case, cast)
    assert reverse("plan_pdf", args=[case.pk]) in open_page(amira).text
    assert "Provvecka i skolköket" in printed(ask(amira, "plan_pdf", case))
    with behind_the_wall():
        draft = {"begun_at": timezone.now(), "begun_by": cast.elin, "author_unit": cast.knutpunkten.team}
        Plan.objects.create(case=case, version=2, **draft)
    assert all(is_denied(ask(amira, "plan_pdf", case, version=asked)) for asked in (2, 3, 0, "abc", "²"))
    assert "version-1" in ask(amira, "plan_pdf", case)["Content-Disposition"]


@pytest.mark.clause("W1", "S11", "S14")
def test_of_a_closed_case_the_person_reads_how_it_ended_and_who_carries_on_and_nothing_to_do(cast, amira, make_case):
    at, today = timezone.now(), timezone.localdate()
    case = make_case("closed", person=amira, plan_agreed_at=at, closed_at=at)
    with_plan(case, cast, "Amira")
    of_team = {"case": case, "author_unit": cast.knutpunkten.team, "saved_at": at}
    with behind_the_wall():
        Closing.objects.create(
            **of_team, saved_by=cast.elin, is_planned=True, outcome="more", result="Klarar halvtid.", judgement="Mer."
        )
    assert reverse("report_pdf", args=[case.pk]) not in open_page(amira).text
    assert is_denied(ask(amira, "report_pdf", case))
    with behind_the_wall():
        Closing.objects.update(handed_over_at=at)
        unit = cast.unit("Arbetsförmedlingen")
        onward = {"receiver": "Mats Lindahl", "receiver_unit": unit, "what": "Möte om lönebidrag", "from_on": today}
        OnwardPlan.objects.create(**of_team, **onward)
    page = text_of(open_page(amira))
    assert f"Det här är avslutat. Sedan {said(today)} Vad det blev Närmare egen försörjning än förut" in page
    assert f"Vem som tar vid Mats Lindahl, Arbetsförmedlingen {unit.phone} Från {said(today)}" in page
    assert "Med vad Möte om lönebidrag Läs slutdokumentationen som PDF" in page
    assert "Nu: " not in page
    assert "Klarar halvtid." in printed(ask(amira, "report_pdf", case))


@pytest.mark.clause("W1", "W4")
def test_the_person_reads_what_they_signed_and_the_reading_is_written_down(cast, amira, make_case):
    case = make_case("active", person=amira)
    scan = scanned(case, cast)
    with behind_the_wall():
        consent = case.consents.get()
    response = open_page(amira)
    page = response.text
    assert f"Samtycke från {said(consent.signed_on)} Gäller nu Läs samtycket från" in text_of(response)
    assert f"{reverse('consent_pdf', args=[case.pk])}?samtycke={consent.pk}" in page
    assert reverse("file", args=[case.pk, scan.pk]) in page
    assert "För att samordna stödet." in printed(ask(amira, "consent_pdf", case, samtycke=consent.pk))
    paper = ask(amira, "file", case, scan.pk)
    assert paper.content == b"%PDF-1.7"
    assert paper["Content-Disposition"].startswith("attachment;")
    with behind_the_wall():
        mine = Entry.objects.of_case(case.pk).filter(user_id=amira.account_id)
        assert mine.filter(event="read_file", object_id=scan.pk).count() == 1
        assert mine.filter(event="read", detail__what="consent_pdf").count() == 1


@pytest.mark.clause("W1")
def test_the_paper_that_was_signed_is_for_the_person_and_the_unit_that_keeps_it(cast, amira, make_case, sign_in):
    case = make_case("active", person=amira)
    scan = scanned(case, cast)
    assert sign_in(cast.johan).get(reverse("file", args=[case.pk, scan.pk])).status_code == 200
    for user in (cast.karin, cast.elin, cast.mats):
        assert is_denied(sign_in(user).get(reverse("file", args=[case.pk, scan.pk])))
        with acting_as(user):
            assert not StoredFile.objects.filter(pk=scan.pk).exists()


@pytest.mark.clause("W1")
def test_neither_a_consent_nor_a_file_that_is_a_draft_is_read(cast, amira, make_case):
    case = make_case("announced", person=amira)
    with behind_the_wall():
        signed = case.consents.get()
        draft = Consent.objects.get(pk=signed.pk)
        draft.pk, draft.signed_on, draft.saved_at = None, None, timezone.now()
        draft.save(force_insert=True)
    assert is_denied(ask(amira, "consent_pdf", case, samtycke=draft.pk))
    assert "För att samordna stödet." in printed(ask(amira, "consent_pdf", case))
    undisclosed = a_file(case, cast.johan, StoredFile.Purpose.INVESTIGATION)
    assert is_denied(ask(amira, "file", case, undisclosed.pk))
    with behind_the_wall():
        StoredFile.objects.update(disclosed_at=timezone.now(), disclosed_by=cast.johan)
    assert ask(amira, "file", case, undisclosed.pk).status_code == 200


def question(case, text, **disclosed):
    with behind_the_wall():
        Section.objects.create(
            case=case,
            author_unit=case.referring_unit,
            category="grund",
            key="question",
            data={"question": text},
            saved_at=timezone.now(),
            saved_by=case.caseworker,
            **disclosed,
        )


@pytest.mark.clause("W1")
@pytest.mark.parametrize("state", ["draft", "handed_over", "announced", "active", "closed"])
def test_the_referral_is_read_on_paper_once_it_is_handed_over(cast, amira, make_case, state):
    handed_over = None if state == "draft" else timezone.now()
    case = make_case(state, person=amira, handed_over_at=handed_over)
    question(case, "Kan Amira börja i köket?", disclosed_at=timezone.now(), disclosed_by=cast.johan)
    assert (reverse("referral_pdf", args=[case.pk]) in open_page(amira).text) == (state != "draft")
    paper = ask(amira, "referral_pdf", case)
    if state == "draft":
        assert is_denied(paper)
    else:
        assert "Kan Amira börja i köket?" in printed(paper)


@pytest.mark.clause("W1")
def test_what_is_written_and_not_disclosed_is_not_on_the_persons_paper(amira, make_case):
    case = make_case("handed_over", person=amira, handed_over_at=timezone.now())
    question(case, "Bara vår egen anteckning.")
    assert "anteckning" not in printed(ask(amira, "referral_pdf", case))


@pytest.mark.clause("W5")
@pytest.mark.parametrize("name", ["plan_pdf", "consent_pdf", "referral_pdf"])
def test_a_protected_person_is_not_named_on_their_own_papers(cast, amira, make_case, name):
    case = make_case("active", person=amira, plan_agreed_at=timezone.now(), handed_over_at=timezone.now())
    with_plan(case, cast)
    assert "Haddad" in printed(ask(amira, name, case))
    with behind_the_wall():
        Person.objects.filter(pk=amira.pk).update(protection=Person.Protection.MARKED)
    paper = printed(ask(amira, name, case))
    assert "Haddad" not in paper
    assert "av deltagaren" in paper


@pytest.mark.clause("W1")
@pytest.mark.parametrize("name", ["plan_pdf", "consent_pdf", "referral_pdf"])
def test_another_persons_papers_do_not_exist(cast, amira, make_case, name):
    case = make_case("active", person=amira, plan_agreed_at=timezone.now(), handed_over_at=timezone.now())
    with_plan(case, cast)
    with behind_the_wall():
        account = User.objects.create_user("jens@deltagare.example", "Jens Hult")
        jens = make_person("Jens", "Hult", account=account)
    assert ask(amira, name, case).status_code == 200
    assert is_denied(ask(jens, name, case))


@pytest.mark.clause("S15")
def test_how_ones_details_are_handled_is_read_from_the_page(cast, amira, make_case):
    make_case("active", person=amira)
    notice = notice_in_force(cast.knutpunkten, timezone.localdate())
    address = reverse("routine_document", args=[notice.pk])
    assert f'href="{address}">Så behandlas dina uppgifter</a>' in open_page(amira).text
    client = Client()
    client.force_login(amira.account)
    assert f"Personuppgiftsansvarig {cast.knutpunkten.host.name}" in text_of(client.get(address))
