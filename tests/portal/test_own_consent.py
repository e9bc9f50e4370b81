"""Mitt samtycke: what the person may do with it, and what it means to have taken it back, in words to themself (W1)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from knutpunkten.access.who import acting_as
from knutpunkten.audit.actions import record
from knutpunkten.cases.models import Level, Party
from knutpunkten.meetings.models import Knowledge
from tests.activities.test_week import text_of
from tests.builders import sign_for
from tests.conftest import behind_the_wall
from tests.portal.test_own_page import amira, open_page, said, with_plan
from tests.portal.test_own_papers import met
from tests.routine.test_withdrawal import withdraw
from tests.ui.conftest import site
from tests.ui.test_media import on_paper

pytestmark = pytest.mark.django_db
__all__ = ["amira", "site"]
TAKEN_BACK = "Du har tagit tillbaka ditt samtycke"


def greeting(person):
    """What stands first on the page, before what was there already."""
    return (
        text_of(open_page(person)).partition("Hej Amira!")[2].partition("Ditt nästa möte")[0].partition("Inget möte")[0]
    )


@pytest.mark.clause("W1")
def test_what_rests_says_so_where_the_person_reads_when_to_come_and_the_next_step_is_theirs_to_choose(
    cast, amira, make_case
):
    case = make_case("active", person=amira, follow_up_on=timezone.localdate() + timedelta(days=9))
    rests = "Vilar just nu. Fråga Elin Strand innan du kommer."
    page = text_of(open_page(amira))
    assert rests not in page
    assert "Du deltar." in page
    withdraw(case, cast)
    page = text_of(open_page(amira))
    assert "Så här långt har det kommit Din plats är kvar. Arbetet vilar just nu." in page
    meeting, _, week = page.partition("Min vecka")
    assert rests in meeting.partition("Ditt nästa möte")[2]
    assert rests in week.partition("Så här långt")[0]
    assert "Nästa steg Johan Wik frågar om du vill ge ett nytt samtycke. Du bestämmer själv. Sedan" in page
    assert "Nytt samtycke eller avbryt" not in page


@pytest.mark.clause("W1")
@pytest.mark.parametrize(
    ("state", "stands"),
    [
        ("draft", "Remissen lämnas inte in förrän du har skrivit på ett nytt samtycke."),
        ("handed_over", "Ditt ärende tas inte upp på något möte förrän du har skrivit på ett nytt samtycke."),
        ("announced", "Ditt ärende tas inte upp på något möte förrän"),
        ("queued", "Du står kvar i kön, men får ingen plats förrän"),
        ("placed", "Din plats är kvar, men arbetet vilar tills"),
        ("active", "Din plats är kvar, men arbetet vilar tills"),
        ("returned", "Remissen lämnas inte in förrän"),
    ],
)
def test_the_first_the_person_reads_is_what_it_means_to_have_taken_all_back(cast, amira, make_case, state, stands):
    case = make_case(state, person=amira)
    assert "samtycke" not in greeting(amira)
    withdraw(case, cast)
    told = greeting(amira)
    assert told.strip().startswith(f"{TAKEN_BACK} {stands}")
    caller = cast.elin if state == "active" else cast.johan
    assert f"Ring {caller.name}: {caller.phone}" in told
    is_asked = "Johan Wik frågar dig om du vill ge ett nytt." in told
    assert is_asked != ("Vill du ge ett nytt? Säg det till Johan Wik." in told)
    assert is_asked == (state != "draft")
    assert "Ditt ärende tas upp på ett möte." not in text_of(open_page(amira))


def test_who_takes_part_reads_whom_to_ask_about_the_sessions(cast, amira, make_case):
    withdraw(make_case("active", person=amira), cast)
    assert f"Undrar du om du ska komma till passen? Ring {cast.elin.name}: {cast.elin.phone}" in greeting(amira)


def test_an_offered_place_is_said_to_be_there_still(cast, amira, make_case):
    today = timezone.localdate()
    case = make_case("queued", person=amira, offered_at=timezone.now(), answer_by=today + timedelta(days=5))
    page = text_of(open_page(amira))
    assert "Så här långt har det kommit Du är erbjuden en plats. Din handläggare pratar med dig om den." in page
    assert "står i kö för en plats" not in page
    withdraw(case, cast)
    assert "Platsen som du har erbjudits är kvar. Du kan fortfarande tacka ja eller nej." in greeting(amira)


def test_a_consent_that_ran_out_is_not_said_to_be_taken_back(amira, make_case):
    case = make_case("active", person=amira)
    with behind_the_wall():
        Party.objects.filter(case=case, basis="consent").update(valid_until=timezone.localdate() - timedelta(days=1))
    assert greeting(amira).strip().startswith("Ditt samtycke har gått ut Din plats är kvar")


@pytest.mark.clause("W1")
def test_to_take_back_the_teams_part_alone_is_told_as_to_take_back_all(cast, amira, make_case):
    case = make_case("active", person=amira, follow_up_on=timezone.localdate() + timedelta(days=9))
    withdraw(case, cast, cast.unit("Knutpunktsteamet"))
    stands = "Din plats är kvar, men arbetet vilar tills du har skrivit på ett nytt samtycke."
    assert greeting(amira).strip().startswith(f"Du har tagit tillbaka samtycket för Knutpunkten {stands}")
    page = text_of(open_page(amira))
    assert page.count("Vilar just nu. Fråga Elin Strand innan du kommer.") == 2
    assert "De här får läsa nu:" in page


@pytest.mark.clause("W1", "W2")
@pytest.mark.parametrize(
    ("state", "rests"),
    [
        ("announced", "Ditt ärende vilar just nu, och tas inte upp på något möte."),
        ("presented", "Gruppen har pratat om din fråga. Råden vilar just nu."),
    ],
)
def test_a_consultation_without_the_team_is_said_to_rest(cast, amira, make_case, state, rests):
    case = make_case(state, kind="consultation", person=amira)
    assert rests not in text_of(open_page(amira))
    withdraw(case, cast, cast.unit("Knutpunktsteamet"))
    assert f"Så här långt har det kommit {rests}" in text_of(open_page(amira))


def test_nothing_is_said_of_it_while_somebody_may_read(cast, amira, make_case):
    case = make_case("active", person=amira)
    withdraw(case, cast, cast.unit("Arbetsförmedlingen"))
    assert TAKEN_BACK not in text_of(open_page(amira))
    assert "De här får läsa nu:" in text_of(open_page(amira))


def test_nobody_is_announced_as_reading_where_nobody_does(cast, amira, make_case):
    withdraw(make_case("active", person=amira), cast)
    page = text_of(open_page(amira))
    assert "De här får läsa nu" not in page
    assert "Inget samtycke gäller just nu." in page


@pytest.mark.clause("W1")
def test_with_several_cases_it_is_said_of_which_the_consent_is_and_who_reads_in_each_other(cast, amira, make_case):
    case = make_case("active", person=amira)
    parties = {"LIS-teamet": ["grund"], "Arbetsförmedlingen": ["grund"]}
    other = make_case("announced", kind="consultation", programme=cast.lis, person=amira, parties=parties)
    reads = f"I ärende {other.number} gäller också ett samtycke. Där får Arbetsförmedlingen och LIS-teamet läsa."
    assert reads in text_of(open_page(amira))
    withdraw(case, cast)
    page = open_page(amira)
    assert f'href="{reverse("own_case", args=[other.pk])}#samtycke"' in page.text
    words = text_of(page)
    assert reads.replace(" också", "") in words
    for of_the_case in (
        f"Du har tagit tillbaka ditt samtycke i ärende {case.number}",
        f"Inget samtycke gäller i ärende {case.number} just nu.",
        f"Får inte läsa längre i ärende {case.number}",
    ):
        assert of_the_case in words
    with behind_the_wall():
        other.parties.filter(basis="consent").update(withdrawn_at=timezone.now())
    assert f"I ärende {other.number} gäller" not in text_of(open_page(amira))


def test_of_a_case_that_has_ended_nothing_waits_for_a_consent(cast, amira, make_case):
    withdraw(make_case("closed", person=amira), cast)
    assert TAKEN_BACK not in text_of(open_page(amira))


def test_why_they_may_read_is_said_once_where_it_is_the_same_for_all(cast, amira, make_case):
    case = make_case("active", person=amira)
    page = text_of(open_page(amira))
    assert page.count("För att samordna stödet.") == 1
    assert "Varför, som det står i samtycket För att samordna stödet." in page
    today = timezone.localdate()
    other = with_consent(case, cast, "För din praktik.", today)
    page = text_of(open_page(amira))
    assert "som det står i samtycket" not in page
    assert f"{other.unit.full_name} Vad de får läsa Grunduppgifter Varför För din praktik." in page


def with_consent(case, cast, purpose, day):
    """One more consent, for one unit that had no part."""
    with behind_the_wall():
        consent = sign_for(case, {"Öppenpsykiatrin": ["grund"]}, cast, Level.TEXT, day + timedelta(days=9))
        type(consent).objects.filter(pk=consent.pk).update(purpose=purpose)
        Party.objects.filter(case=case, unit=cast.unit("Öppenpsykiatrin")).exclude(consent_id=consent.pk).delete()
        return Party.objects.select_related("unit__agency").get(consent_id=consent.pk)


def renewed(case, cast, **of_parts):
    """The same parts once more, in a consent signed on the same day."""
    names = ["Arbetsförmedlingen", "Knutpunktsteamet"]
    with behind_the_wall():
        consent = sign_for(case, {name: ["grund"] for name in names}, cast, Level.TEXT, None)
        Party.objects.filter(consent_id=consent.pk).update(**of_parts)


@pytest.mark.clause("W1")
def test_who_reads_now_and_goes_on_by_a_renewed_consent_is_not_said_to_begin_later(cast, amira, make_case):
    begins = timezone.localdate() + timedelta(days=30)
    case = make_case("active", person=amira, parties={"Arbetsförmedlingen": ["grund"]})
    renewed(case, cast, valid_from=begins)
    page = text_of(open_page(amira))
    going_on, _, later = page.partition("Från en senare dag får de här fortsätta läsa, eller läsa mer:")[2].partition(
        "De här får läsa först senare:"
    )
    assert (
        going_on.count("Vad de får läsa") == later.partition("Det du har skrivit på")[0].count("Vad de får läsa") == 1
    )
    assert "Arbetsförmedlingen Vad de får läsa" in going_on
    signed = said(timezone.localdate(case.created_at))
    assert f"Samtycke från {signed} Börjar gälla {said(begins)} Läs" in page
    assert f"Samtycke från {signed} Gäller nu Läs" in page


@pytest.mark.clause("W1")
def test_a_unit_that_two_consents_name_stands_once_with_all_that_it_reads_and_until_when(cast, amira, make_case):
    today = timezone.localdate()
    first, last = today + timedelta(days=20), today + timedelta(days=200)
    case = make_case("active", person=amira, parties={"Arbetsförmedlingen": ["grund", "arbete"]}, valid_until=first)
    renewed(case, cast, valid_until=last)
    now = text_of(open_page(amira)).partition("De här får läsa nu:")[2].partition("Det du har skrivit på")[0]
    both = f"Tidigare arbete Hur länge Till {said(first)} Vad de får läsa Grunduppgifter Hur länge Till {said(last)}"
    assert f"Arbetsförmedlingen Vad de får läsa {both}" in now
    assert now.count("Arbetsförmedlingen") == 1


@pytest.mark.clause("W1")
def test_who_reads_no_longer_is_named_once_though_two_consents_named_them(cast, amira, make_case):
    today = timezone.localdate()
    case = make_case("active", person=amira, parties={"Arbetsförmedlingen": ["grund"], "Knutpunktsteamet": ["grund"]})
    with behind_the_wall():
        Party.objects.filter(case=case, basis="consent").update(valid_until=today - timedelta(days=1))
    renewed(case, cast)
    page = text_of(open_page(amira))
    assert "Får inte läsa längre" not in page
    assert f"Gällde till {said(today - timedelta(days=1))} Läs samtycket" in page
    withdraw(case, cast)
    page = text_of(open_page(amira))
    ended = page.partition("Får inte läsa längre")[2].partition("Det du har skrivit på")[0]
    assert ended.count("Taget tillbaka") == 2
    assert "Gällde till" not in ended
    assert f"Taget tillbaka {said(today)} Läs samtycket" in page


@pytest.mark.clause("W4")
def test_that_one_part_alone_was_taken_back_is_said_so_in_the_log(cast, amira, make_case):
    case = make_case("active", person=amira)
    withdraw(case, cast, cast.unit("Arbetsförmedlingen"))
    page = text_of(open_page(amira))
    assert "Tog emot att du tog tillbaka en del av ditt samtycke" in page
    assert "Tog emot att du tog tillbaka ditt samtycke" not in page
    withdraw(case, cast)
    assert "Tog emot att du tog tillbaka ditt samtycke" in text_of(open_page(amira))


def test_what_basic_information_is_stands_in_words(amira, make_case):
    make_case("active", person=amira)
    words = "Vad grunduppgifter är Vem du är, dina egna ord, frågan, kontakter och besked"
    assert text_of(open_page(amira)).count(words) == 1


def taking_back(person):
    page = text_of(open_page(person))
    return page.partition("Vill du ta tillbaka samtycket?")[2].partition("Vem har sett och ändrat?")[0]


@pytest.mark.clause("W1")
@pytest.mark.parametrize(
    ("state", "for_one", "for_all"),
    [
        ("draft", "Ditt ärende kan gå vidare ändå.", "Remissen lämnas inte in förrän"),
        ("queued", "Du står kvar i kön.", "Du står kvar i kön, men får ingen plats förrän"),
        ("active", "Du får vara kvar på Knutpunkten.", "Din plats är kvar, men arbetet vilar tills"),
    ],
)
def test_the_person_reads_that_one_part_alone_may_be_taken_back_and_what_that_means(
    amira, make_case, state, for_one, for_all
):
    make_case(state, person=amira)
    told = taking_back(amira)
    assert "Du kan ta tillbaka allt, eller bara för en eller några av dem." in told
    assert f"Tar du tillbaka för en av dem ser den genast inget mer från de andra. {for_one}" in told
    assert f"Tar du tillbaka allt, eller för Knutpunkten, ser de genast inget mer. {for_all}" in told


def test_of_a_single_part_it_is_not_said_that_one_may_choose(cast, amira, make_case):
    make_case("active", person=amira, parties={"Knutpunktsteamet": ["grund"]})
    told = taking_back(amira)
    assert "eller bara för" not in told
    assert "De andra ser genast inget mer. Din plats är kvar" in told


def test_of_a_case_that_has_ended_no_place_is_said_to_be_kept(amira, make_case):
    make_case("closed", person=amira)
    told = taking_back(amira)
    assert "Den du tar tillbaka för ser genast inget mer från de andra. Var och en behåller" in told
    for untrue in ("plats", "vad som händer sedan"):
        assert untrue not in told


@pytest.mark.parametrize("is_to_come", [False, True])
def test_where_the_work_rests_nothing_is_said_to_go_on_without_one_of_the_others(cast, amira, make_case, is_to_come):
    case = make_case("active", person=amira)
    withdraw(case, cast, cast.unit("Knutpunktsteamet"))
    if is_to_come:
        renewed(case, cast, valid_from=timezone.localdate() + timedelta(days=30))
    told = taking_back(amira)
    assert "inget mer från de andra. Tar du" in told if is_to_come else "inget mer från de andra. Var och" in told
    assert ("Din plats är kvar, men arbetet vilar" in told) == is_to_come
    assert "Du får vara kvar" not in told


def tell_of_work(case, cast):
    """What Arbetsförmedlingen knows of earlier work, given out to the meeting."""
    now = timezone.now()
    with behind_the_wall():
        Knowledge.objects.create(
            case=case,
            author_unit=cast.unit("Arbetsförmedlingen"),
            category="arbete",
            text="x",
            written_at=now,
            written_by=cast.mats,
            disclosed_at=now,
            disclosed_by=cast.mats,
            disclosed_under=case.consents.get().pk,
        )


@pytest.mark.clause("W1", "W4")
def test_what_was_shared_says_to_whom(cast, amira, make_case):
    case = make_case("active", person=amira, parties={"Arbetsförmedlingen": ["arbete"], "Knutpunktsteamet": ["arbete"]})
    tell_of_work(case, cast)
    told = "Uppgifter till mötet: tidigare arbete Till: Knutpunkten, Knutpunktsteamet Utlämnat av Mats Lindahl"
    to_nobody = "Uppgifter till mötet: tidigare arbete Till: ingen än Utlämnat av Mats Lindahl"
    assert told in text_of(open_page(amira))
    of_team = Party.objects.filter(case=case, unit=cast.knutpunkten.team)
    for categories, words in ((["grund"], to_nobody), (["arbete"], told)):
        with behind_the_wall():
            of_team.update(categories=categories)
        assert words in text_of(open_page(amira))
    assert "Det de redan har lämnat ut får de som är kvar fortsätta läsa." in text_of(open_page(amira))
    withdraw(case, cast, cast.unit("Arbetsförmedlingen"))
    goes_on = "Det de hann lämna ut får de som är kvar fortsätta läsa."
    assert goes_on in text_of(open_page(amira))
    withdraw(case, cast)
    assert told in text_of(open_page(amira)), "what was shared has been shared"
    assert goes_on not in text_of(open_page(amira)), "nobody stays"
    with behind_the_wall():
        Knowledge.objects.update(disclosed_at=timezone.now())
    page = open_page(amira)
    assert to_nobody in text_of(page), "their part had been taken back before"
    assert "<summary><span>Allt som har delats" in page.text, "the case's number runs on in the sentence"


@pytest.mark.clause("W1", "W4")
def test_who_has_received_something_stays_listed_though_it_is_written_anew(cast, amira, make_case):
    parties = {
        unit: ["arbete", "planering"] for unit in ("Arbetsförmedlingen", "Försäkringskassan", "Knutpunktsteamet")
    }
    case = make_case("active", person=amira, parties=parties, plan_agreed_at=timezone.now())
    tell_of_work(case, cast)
    with acting_as(cast.mats) as mats:
        record("disclose", by=mats, at=timezone.now(), case_id=case.pk, person_id=case.person_id, category="arbete")
    with behind_the_wall():
        met(case, cast, timezone.localdate(), "Vi tar det lugnt.")
    withdraw(case, cast, cast.unit("Försäkringskassan"))
    with behind_the_wall():
        met(case, cast, timezone.localdate(), "Du ringer köket i april.")
        Knowledge.objects.update(disclosed_at=timezone.now())
    page = text_of(open_page(amira))
    assert "Uppföljningar: planering Till: Arbetsförmedlingen Försäkringskassan" in page
    assert "Uppgifter till mötet: tidigare arbete Till: Försäkringskassan Knutpunkten" in page


@pytest.mark.clause("W1", "W4")
def test_what_is_folded_on_the_page_is_printed_with_it(cast, amira, make_case, site):
    case = make_case("active", person=amira, plan_agreed_at=timezone.now())
    with_plan(case, cast)
    tell_of_work(case, cast)
    page = site.show_html(open_page(amira).text)
    folded = [
        page.get_by_text("Utlämnat av Mats Lindahl"),
        page.locator("details").get_by_text("Provvecka i skolköket"),
    ]
    for one in folded:
        expect(one).to_be_hidden()
    page.emulate_media(media="print")
    for one in folded:
        expect(one).to_be_visible()
    paper = " ".join(" ".join(on_paper(page)).split())
    assert "Utlämnat av Mats Lindahl" in paper
    assert "Samtycke från" in paper.partition("Det du har skrivit på")[2]
    assert "Skriv ut" not in paper
    assert page.locator("#delat + .card [data-print]").count() == 1
