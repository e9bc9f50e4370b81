"""A consultation: a caseworker asks the group for advice, presents it at the meeting, and gets an answer (K1–K5)."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.deeds import Visitor

pytestmark = pytest.mark.slow("a real site and a real browser, and axe-core on each page")

WILMA, NUMBER = "Wilma Sten", "200110109295"
WORDS = "Jag vill att någon säger samma sak två gånger i rad."
QUESTION = "Vem samordnar planeringen för Wilma när tre enheter har var sin plan?"
MONEY = "Lever på aktivitetsersättning och bor hos sin syster."
PAIN = "Värk i händerna, värst på morgonen."
LIFTS = "Klarar inte att lyfta tungt, enligt utredningen i våras."
GIVEN = "Handläggaren berättade om de tre planerna. Öppenpsykiatrin var beredd att vänta med sin."
ADVICE = "Slå ihop de tre planerna till en. Arbetsförmedlingen kallar till ett gemensamt möte före jul."


@pytest.mark.clause("K1", "K2", "K3", "K4", "K5")
def test_a_caseworker_presents_a_consultation_and_gets_advice(visitor: Visitor):
    # Given a new consultation, written with Wilma and signed for
    visitor.step_in_as("Johan Wik")
    begin(visitor)
    contact_the_representative(visitor)
    write_together(visitor)
    sign(visitor)
    hand_over(visitor)

    # When the representative gives it to the group
    visitor.step_in_as("Nadja Berg")
    give_it_to_the_group(visitor)

    # Then the parties read the text itself, each in its own categories, and nobody else reads anything
    visitor.step_in_as("Mats Lindahl")
    visitor.open_task(f"Lämna uppgifter till mötet: {WILMA}")
    answer_for_the_employment_service(visitor)
    visitor.follow("Läs hela remissen")
    visitor.reads(WORDS, QUESTION, "Delas inte med er enhet")
    visitor.does_not_read(MONEY, PAIN)
    visitor.step_in_as("Ulrika Fors")
    visitor.open_case(WILMA)
    visitor.reads(LIFTS)
    visitor.follow("Läs hela remissen")
    visitor.reads(WORDS, PAIN)
    visitor.does_not_read(MONEY)
    visitor.step_in_as("Helena Ros")
    visitor.does_not_read(WILMA)
    visitor.menu("Ärenden")
    visitor.does_not_read(WILMA)

    # And at the meeting it comes before the cases, presented by the caseworker, who must be there
    visitor.step_in_as("Karin Hallgren")
    open_the_meeting(visitor)
    present(visitor)

    # And what was advised is written down and sent to the caseworker
    advise(visitor)
    visitor.step_in_as("Johan Wik")
    read_the_advice(visitor)


def begin(visitor: Visitor) -> None:
    visitor.follow("Ny remiss")
    visitor.choose("Vilken insats gäller det?", "Knutpunkten")
    visitor.choose("Vad söker ni?", "Råd av gruppen, ingen plats (konsultation)")
    first, last = WILMA.split()
    visitor.write(number=NUMBER, first_name=first, last_name=last)
    visitor.choose("Har personen skyddade personuppgifter?", "Nej")
    visitor.press("Fortsätt")
    visitor.page.get_by_label("Numret och namnet hör ihop").check()
    visitor.press("Börja skriva remissen")
    visitor.reads("Konsultationsremiss till Knutpunkten")
    visitor.on_a_phone()


def contact_the_representative(visitor: Visitor) -> None:
    """It may be done for advice, and is optional (K1)."""
    visitor.follow("Prata med din representant")
    visitor.reads("Valfritt: representanten kan ge råd och information innan ni skriver.")
    visitor.write(with_whom="Nadja Berg", on=timezone.localdate().isoformat())
    visitor.choose("Hur?", "I telefon")
    visitor.press("Spara och fortsätt")


def write_together(visitor: Visitor) -> None:
    visitor.reads("Wilmas egna ord")
    visitor.write(words=WORDS)
    visitor.press("Spara och fortsätt")
    visitor.write(living=MONEY, health=PAIN)
    visitor.press("Spara och fortsätt")
    visitor.press("Spara och fortsätt")
    visitor.reads("En sak behöver ändras", "Skriv vad kontakt 1 gäller")
    visitor.write(**{"about-0": "Ekonomi"})
    visitor.press("Spara och fortsätt")
    visitor.write(question=QUESTION)
    visitor.press("Spara och fortsätt")
    visitor.reads("Öppnas när del 6 är klar")


def sign(visitor: Visitor) -> None:
    """Consent and privacy notice, signed the same day; social insurance is not asked (K2)."""
    visitor.follow("Samtycke")
    visitor.share_with("Knutpunktsteamet")
    visitor.share_with("Arbetsförmedlingen", "Arbetsmarknad")
    visitor.share_with("Öppenpsykiatrin", "Fysisk och psykisk hälsa")
    visitor.press("Spara samtycket")
    visitor.press("Registrera påskrivet samtycke")
    visitor.reads("Lämna dataskyddsinformationen först")
    visitor.write(signed_on=timezone.localdate().isoformat(), witness="Sara Lind")
    visitor.page.get_by_label("Dataskyddsinformationen är lämnad och påskriven").check()
    visitor.press("Registrera påskrivet samtycke")


def hand_over(visitor: Visitor) -> None:
    visitor.follow("Kontrollera och lämna till")
    visitor.reads(WORDS, QUESTION, MONEY, "Råden skickas till dig")
    visitor.press("Lämna till Nadja Berg")
    visitor.reads("Remissen är inlämnad", "Du presenterar den själv på mötet, ungefär 15 minuter")


def give_it_to_the_group(visitor: Visitor) -> None:
    visitor.open_task(f"Lämna konsultationen till gruppen: {WILMA}")
    visitor.press("Lämna konsultationen till gruppen")
    visitor.reads("De andra representanterna får läsa konsultationsremissen", WORDS)
    visitor.sees_in_the_bar("Anmäld", "Lämna uppgifter till mötet")


def answer_for_the_employment_service(visitor: Visitor) -> None:
    visitor.on_a_phone()
    visitor.write(text_halsa=LIFTS)
    visitor.page.get_by_label("Lämna ut fysisk och psykisk hälsa").check()
    visitor.press("Lämna ut det ikryssade")
    visitor.reads("Du lämnade ut fysisk och psykisk hälsa.", "Har lämnat uppgifter")


def open_the_meeting(visitor: Visitor) -> None:
    visitor.follow("Förbered mötet")
    headings = visitor.page.locator("main").get_by_role("heading", level=2).all_inner_texts()
    assert headings.index("Konsultationer") < headings.index("Ärenden")
    visitor.follow("Vilka är med?")
    for name in ("Nadja Berg", "Mats Lindahl", "Ulrika Fors"):
        visitor.page.get_by_label(name).check()
    visitor.press("Spara och öppna mötet")
    expect(visitor.page.locator(".meeting-end")).to_contain_text("Konsultation 1 av 3")


def present(visitor: Visitor) -> None:
    """It cannot be done without the caseworker; when he is there it can, and comes before the cases."""
    visitor.follow(WILMA, visitor.agenda)
    visitor.reads(WORDS, QUESTION)
    visitor.press("Johan Wik har presenterat", visitor.decisions)
    expect(visitor.decisions).to_contain_text("Handläggaren är inte antecknad som närvarande på mötet.")
    visitor.follow("Vilka är här?", visitor.decisions)
    visitor.page.get_by_label("Johan Wik, presenterar sin konsultation").check()
    visitor.press("Spara och öppna mötet")
    visitor.follow(WILMA, visitor.agenda)
    visitor.press("Johan Wik har presenterat", visitor.decisions)
    expect(visitor.decisions).to_contain_text("och har inte börjat.")
    visitor.press("Börja mötet idag")
    visitor.press("Johan Wik har presenterat", visitor.decisions)
    visitor.reads(f"{WILMA}: presenterad.")
    visitor.on_a_phone()


def advise(visitor: Visitor) -> None:
    """Written down there and then; the meeting goes on with the consultations that are left, not with a case."""
    visitor.press("Skicka råden", visitor.decisions)
    expect(visitor.decisions.get_by_role("link", name="Skriv vilka råd gruppen gav")).to_be_visible()
    for name, words in {"advised": ADVICE, "given": GIVEN, "present": "Johan Wik, Mats Lindahl, Ulrika Fors"}.items():
        visitor.decisions.locator(f"[name={name}]").fill(words)
    visitor.press("Skicka råden", visitor.decisions)
    visitor.reads(f"Råden om {WILMA} är skickade till handläggaren.")
    expect(visitor.page.locator(".meeting-end")).to_contain_text("Konsultation 1 av 3")


def read_the_advice(visitor: Visitor) -> None:
    visitor.reads(f"{WILMA}: Råden efter konsultationen är nedskrivna.")
    visitor.open_case(WILMA, among="Avslutad")
    visitor.sees_in_the_bar("Avslutad", "Inget, ärendet är avslutat")
    visitor.reads("Gruppens råd", ADVICE, GIVEN, "Johan Wik, Mats Lindahl, Ulrika Fors", "Skrivet av Karin Hallgren")
    visitor.on_a_phone()
