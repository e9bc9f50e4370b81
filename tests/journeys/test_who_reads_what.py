"""Who reads what: a consent in parts, five people at five screens, and a withdrawal by phone (W1).

Sofie's consent gives Arbetsförmedlingen and Försäkringskassan her situation and the labour market, the one also
her earlier work and the other her health, and names the psychiatric clinic nowhere. What each of the five reads is asserted to the word,
and that they read nothing else, before and after she takes it all back.
"""

from collections.abc import Callable
from html import unescape

import psycopg
import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from knutpunkten.demo.texts import BACKGROUNDS
from knutpunkten.demo.told import SOFIE as TOLD
from knutpunkten.ui.dates import long_date
from tests.conftest import server
from tests.journeys.deeds import PHONE
from tests.journeys.traveller import Traveller

pytestmark = pytest.mark.slow("a real site, six real browsers, and axe-core on each kind of page")

SOFIE = "Sofie Bergdahl"
MIND = BACKGROUNDS["mind"]
QUESTION = "Vilket stöd behöver Sofie för att gå från praktik till anställning, och vem håller ihop det?"
# The referral's parts, by what they are about, and what each agency has disclosed: a line of each.
SITUATION, HINDERS, CHANCES, TRIED = MIND.living, MIND.hinders, MIND.possibilities, MIND.tried
KOMMUN = TOLD["Försörjningsstöd"]["social"][0].splitlines()[1]
AF = TOLD["Arbetsförmedlingen"]["arbetsmarknad"][0].splitlines()[1]
FK = TOLD["Försäkringskassan"]["social"][0].splitlines()[1]
REFERRAL = (QUESTION, SITUATION, HINDERS, CHANCES, TRIED)
EVERYTHING = (*REFERRAL, KOMMUN, AF, FK)
SHARED = (QUESTION, KOMMUN, AF, FK)

# What each reads: on the case page, in the referral and its PDF, where one's own unit answers, and at the meeting.
BEFORE = {
    "Johan Wik": (SHARED, REFERRAL, (QUESTION, KOMMUN), None),
    "Karin Hallgren": (SHARED, REFERRAL, (), SHARED),
    "Mats Lindahl": (SHARED, (QUESTION, SITUATION, CHANCES, TRIED), (QUESTION, AF), SHARED),
    "Helena Ros": (SHARED, (QUESTION, SITUATION, HINDERS, CHANCES), (QUESTION, FK), SHARED),
}


@pytest.fixture
def number(seeded_database: str) -> str:
    """The number of Sofie's case, which counts the demo's cases of a year: each day makes another."""
    with psycopg.connect(server(seeded_database)) as connection:
        asked = "select number from cases_case where first_name || ' ' || last_name = %s"
        [[found]] = connection.execute(asked, [SOFIE]).fetchall()
    return str(found)


@pytest.fixture
def sofies_account(seeded_database: str) -> str:
    """Sofie has an account of her own. Her supervisor would give it; she has none yet."""
    name = "Sofie Bergdahl"
    with psycopg.connect(server(seeded_database)) as connection:
        connection.execute(
            "with account as (insert into organisations_user (id, email, name, phone, password, is_active)"
            " values (gen_random_uuid(), 'sofie@deltagare.example', %s, '', '!', true) returning id)"
            " update people_person set account_id = (select id from account)"
            " where id in (select person_id from cases_case where first_name || ' ' || last_name = %s)",
            [name, name],
        )
    return name


@pytest.fixture
def sit_down(
    sofies_account: str,
    live_server_url: str,
    open_browser: Callable[[], BrowserContext],
    axe: Callable[[Page], None],
) -> Callable[[str], Traveller]:
    """``sit_down(name)``: somebody at a browser of their own, stepped in."""
    seen: set[tuple[str, bool]] = set()

    def sit_down(name: str) -> Traveller:
        traveller = Traveller(open_browser().new_page(), live_server_url, axe, seen)
        traveller.step_in_as(name)
        return traveller

    return sit_down


@pytest.mark.clause("W1", "W2", "W3", "S7")
def test_each_reads_what_the_consent_gives_and_after_a_phone_call_only_their_own(
    sit_down: Callable[[str], Traveller], complaints: list[str], number: str
):
    # Given a case on the agenda, with parties that lack categories, and one unit that is no party
    people = {name: sit_down(name) for name in BEFORE}
    johan, karin, mats, helena = people.values()
    ulrika, sofie = sit_down("Ulrika Fors"), sit_down(SOFIE)
    sofie.page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    # Then each reads what the consent gives their unit, and not a word more, on every page and paper
    meeting = open_the_meeting(karin, number)
    for name, expected in BEFORE.items():
        shown_as = number if people[name] is karin else SOFIE  # hers is the room's screen
        read_everything(people[name], *expected, shown_as=shown_as)
    case = johan.page.url
    reads_nothing_of_it(ulrika, case, number)
    reads_who_has_a_part(sofie)

    # And when she calls the coordinator and takes it back, with two of them in the middle of reading
    mats.open_case(SOFIE)
    mats.follow("Läs hela remissen")
    sit_at_the_meeting(helena)
    unread = with_the_referral_in_a_tab(karin)
    takes_a_call(karin)

    # Then their next click says so
    mats.follow(SOFIE)
    mats.reads("Din enhet är inte part längre. Ni ser det ni själva har skrivit")
    helena.follow("Läs remissen")
    helena.reads("Din enhet är inte part längre.")
    reads_just(helena)
    goes_on_reading(unread, complaints)

    # And each reads what their own unit wrote, and nothing else
    reads_just(mats, AF)
    helena.menu("Start")
    helena.open_case(SOFIE, among="Alla")
    reads_just(helena, FK)
    for reader in (karin, mats, helena, ulrika):
        may_not_open(reader, f"{case}remiss.pdf", f"{case}samtycke.pdf")
        sees_the_number_alone(reader, meeting, number)
    for reader, own in ((mats, {AF}), (helena, {FK})):
        assert holds(reader, f"{case}remiss/las/") == set(), "the page says that they are no party, and no more"
        assert holds(reader, f"{case}uppgifter/") == own
    may_not_open(karin, case, f"{case}remiss/las/")
    reads_nothing_of_it(ulrika, case, number)

    # And the caseworker keeps what the unit wrote, and has the turn; the coordinator sees that, by number
    goes_on(johan)
    waits_for_the_caseworker(karin, number)

    # And Sofie's own page says that nobody reads any longer, and who has
    reads_that_nobody_may(sofie)


# What one reads, and nothing else.


def reads_just(reader: Traveller, *expected: str) -> None:
    """Of all that is written about Sofie the page holds *expected*, shown or folded away, and nothing else."""
    assert found_in(reader.page.locator("body").inner_text() + folded(reader)) == set(expected), reader.page.url


def folded(reader: Traveller) -> str:
    return "\n".join(reader.page.locator("details").all_text_contents())


def found_in(text: str) -> set[str]:
    words = " ".join(text.split())
    return {piece for piece in EVERYTHING if piece in words}


def read_everything(
    reader: Traveller,
    on_the_case: tuple[str, ...],
    in_the_referral: tuple[str, ...],
    as_their_own: tuple[str, ...],
    at_the_meeting: tuple[str, ...] | None,
    *,
    shown_as: str,
) -> None:
    """Case page, referral, its PDF, the knowledge page, and the meeting's page, by their links."""
    if at_the_meeting is not None:
        sit_at_the_meeting(reader, shown_as)
        if reader.page.get_by_role("link", name="Visa på min egen skärm").count():
            reader.follow("Visa på min egen skärm")
        reads_just(reader, *at_the_meeting)
        reader.page.get_by_role("link", name="Knutpunkten, start").click()
    reader.open_case(SOFIE)
    reads_just(reader, *on_the_case)
    reader.follow("Läs hela remissen")
    reads_just(reader, *in_the_referral)
    assert found_in(reader.read_paper("Remissen som PDF")) == set(in_the_referral)
    reader.follow(SOFIE)
    reader.follow("Vad din enhet vet")
    reads_just(reader, *as_their_own)
    reader.follow(SOFIE)


def reads_nothing_of_it(reader: Traveller, case: str, number: str) -> None:
    """No party: neither on the start page nor among the cases, and at the meeting a number; no address helps."""
    reader.menu("Start")
    reader.does_not_read(SOFIE, number)
    reader.menu("Ärenden")
    reader.does_not_read(SOFIE, number)
    sit_at_the_meeting(reader, number)
    reader.reads(number, "Din enhet är inte part i det här ärendet.")
    reader.does_not_read(SOFIE)
    reads_just(reader)
    reader.page.get_by_role("link", name="Knutpunkten, start").click()
    may_not_open(reader, case, f"{case}remiss/las/", f"{case}remiss.pdf", f"{case}uppgifter/")


def holds(reader: Traveller, address: str) -> set[str]:
    """What of it all the page holds, markup and all."""
    answer = reader.page.request.get(address)
    assert answer.ok, address
    return found_in(unescape(answer.text()))


def may_not_open(reader: Traveller, *addresses: str) -> None:
    """Somebody who has kept an address gets the same answer as if there were nothing there."""
    for address in addresses:
        answer = reader.page.request.get(address)
        assert answer.status == 404, address
        assert SOFIE not in answer.text()


# At the meeting.


def open_the_meeting(karin: Traveller, number: str) -> str:
    """Everybody of the group is there, so the room's screen shows a number; Karin's own shows the case."""
    karin.follow("Förbered mötet")
    karin.follow("Vilka är med?")
    for name in ("Mats Lindahl", "Helena Ros", "Ulrika Fors", "Nadja Berg"):
        karin.page.get_by_label(name).check()
    karin.press("Spara och öppna mötet")
    karin.follow(number, karin.agenda)
    karin.reads("Rummet ser bara ärendenumret.", "Ulrika Fors")
    reads_just(karin)
    karin.follow("Visa på min egen skärm")
    address = karin.page.url
    karin.page.get_by_role("link", name="Knutpunkten, start").click()
    return address


def sit_at_the_meeting(reader: Traveller, shown_as: str = SOFIE) -> None:
    reader.menu("Ärendemöten")
    reader.follow("Dagordning")
    reader.follow("Öppna mötet")
    reader.follow(shown_as, reader.agenda)


def sees_the_number_alone(reader: Traveller, meeting: str, number: str) -> None:
    """At the meeting's address, whoever of the group it is."""
    answer = reader.page.request.get(meeting).text()
    assert number in answer
    assert SOFIE not in answer
    assert found_in(unescape(answer)) == set()


# The call, and what comes of it.


def with_the_referral_in_a_tab(karin: Traveller) -> Page:
    karin.menu("Start")
    karin.open_case(SOFIE)
    with karin.page.context.expect_page() as opened:
        karin.page.get_by_role("link", name="Läs hela remissen").click(modifiers=["Control"])
    tab = opened.value
    expect(tab.locator("main")).to_contain_text(SITUATION)
    return tab


def takes_a_call(karin: Traveller) -> None:
    karin.follow("Sofie vill ta tillbaka sitt samtycke")
    karin.press("Ta tillbaka nu")
    karin.reads("Två saker behöver ändras", "Välj om hela samtycket tas tillbaka, eller för vilka parter")
    karin.choose("Vad tas tillbaka?", "Hela samtycket")
    karin.choose("Hur fick du veta det?", "Per telefon")
    karin.press("Ta tillbaka nu")
    karin.reads(
        "Hela samtycket är taget tillbaka, för alla parter. De det gäller ser nu bara det de själva har skrivit."
    )


def goes_on_reading(tab: Page, complaints: list[str]) -> None:
    """In a tab that was open already: whose unit wrote nothing is told that it has closed, and finds a way on."""
    tab.get_by_role("link", name="Remissen som PDF").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Ärendet är inte öppet för dig som förut")
    expect(tab.locator("main")).to_contain_text("Samtycket kan vara taget tillbaka")
    tab.go_back()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Ärendet är inte öppet för dig som förut")
    assert SOFIE not in tab.content()
    tab.close()
    assert [said for said in complaints if "404" not in said] == []
    complaints.clear()  # the browser notes that the pages were not there


def goes_on(johan: Traveller) -> None:
    johan.menu("Start")
    johan.open_task(f"Nytt samtycke eller avbryt: {SOFIE}")
    johan.reads("Taget tillbaka", "per telefon. Karin Hallgren tog emot det.")
    johan.sees_in_the_bar("Nytt samtycke eller avbryt", "Din tur")
    johan.open_case(SOFIE)
    johan.reads("Det finns inget samtycke som gäller.", "Karin Hallgren tog emot att samtycket är taget tillbaka")
    reads_just(johan, QUESTION, KOMMUN)
    johan.follow("Läs hela remissen")
    reads_just(johan, *REFERRAL)
    assert found_in(johan.read_paper("Remissen som PDF")) == set(REFERRAL)


def waits_for_the_caseworker(karin: Traveller, number: str) -> None:
    """By number, and whose turn it is: so that nothing falls between chairs, whatever the consent (W3)."""
    karin.menu("Start")
    karin.does_not_read(SOFIE)
    karin.follow("Visa alla ärenden", karin.part("Väntar på andra"))
    karin.does_not_read(SOFIE)
    row = karin.page.get_by_role("listitem").filter(has_text=number)
    expect(row).to_contain_text("Nytt samtycke eller avbryt")
    expect(row).to_contain_text("Johan Wik")


# Her own page, on a phone.


def reads_who_has_a_part(sofie: Traveller) -> None:
    sofie.page.reload()
    expect(sofie.page.get_by_role("heading", level=1)).to_have_text("Hej Sofie!")
    sofie.reads("De här får läsa nu", "Tidigare arbete", "Arbetsmarknad", "Vem har sett och ändrat?")
    sofie.reads("Arbetsförmedlingen, representant", "Läste din remiss", "Skrev ut din remiss")
    sofie.does_not_read("Öppenpsykiatrin")


def reads_that_nobody_may(sofie: Traveller) -> None:
    today = timezone.localdate()
    sofie.page.reload()
    sofie.look(sofie.page)
    sofie.reads("Inget samtycke gäller just nu.", "Får inte läsa längre")
    for unit in ("Arbetsförmedlingen", "Försäkringskassan", "Knutpunkten, Knutpunktsteamet"):
        ended = sofie.part("Får inte läsa längre").get_by_role("listitem").filter(has_text=unit)
        expect(ended).to_contain_text(f"Taget tillbaka {long_date(today)} {today}")
    sofie.reads("Johan Wik frågar om du vill ge ett nytt samtycke. Du bestämmer själv.")
