"""A consultation: a caseworker asks the group for advice, presents it at the meeting, and gets an answer (K1–K5)."""

import pytest

from tests.journeys.deeds import Visitor

pytestmark = pytest.mark.slow("a real site and a real browser, and axe-core on each page")

WILMA, NUMBER = "Wilma Sten", "200110109295"
WORDS = "Jag vill att någon säger samma sak två gånger i rad."
QUESTION = "Vem samordnar planeringen för Wilma när tre enheter har var sin plan?"
MONEY = "Lever på aktivitetsersättning och bor hos sin syster."
PAIN = "Värk i händerna, värst på morgonen."
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
    visitor.follow("Läs remissen")
    visitor.reads(WORDS, QUESTION, "Delas inte med er enhet")
    visitor.does_not_read(MONEY, PAIN)
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
    """It may be done, and is optional (K1)."""
    visitor.follow("Prata med din representant")
    visitor.reads("Valfritt")
    visitor.follow("Tillbaka")


def write_together(visitor: Visitor) -> None:
    visitor.follow("Wilmas egna ord")
    visitor.write(words=WORDS)
    visitor.press("Spara och fortsätt")
    visitor.write(living=MONEY, health=PAIN)
    visitor.press("Spara och fortsätt")
    visitor.write(**{"about-0": "Ekonomi"})
    visitor.press("Spara och fortsätt")
    visitor.press("Spara och fortsätt")
    visitor.reads("question")
    visitor.write(question=QUESTION)
    visitor.press("Spara och fortsätt")


def sign(visitor: Visitor) -> None:
    visitor.reads("Samtycke")


def hand_over(visitor: Visitor) -> None: ...


def give_it_to_the_group(visitor: Visitor) -> None: ...


def answer_for_the_employment_service(visitor: Visitor) -> None: ...


def open_the_meeting(visitor: Visitor) -> None: ...


def present(visitor: Visitor) -> None: ...


def advise(visitor: Visitor) -> None: ...


def read_the_advice(visitor: Visitor) -> None: ...
