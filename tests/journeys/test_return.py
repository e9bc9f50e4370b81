"""A return: the group says why and what would change it; it is mended, and handed over again (S7)."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.deeds import Visitor

pytestmark = pytest.mark.slow("a real site and a real browser, and axe-core on each page")

SOFIE = "Sofie Bergdahl"
WHY = "Gruppen vet för lite om hur praktiken på kontor gick."
CHANGE = "Ett omdöme från praktiken, och vad Sofie själv vill gå vidare med."
MENDED = "Hur går Sofie från praktiken på kontor till en anställning, nu när omdömet finns?"


@pytest.mark.clause("S7", "S13", "W2", "W3")
def test_a_returned_case_is_told_of_mended_and_handed_over_again(visitor: Visitor):
    # Given a case at the meeting, when the group returns it, it must say why and what would change it
    visitor.step_in_as("Karin Hallgren")
    return_it(visitor)

    # Then it is the representative's to tell the caseworker, in the group's own words
    visitor.step_in_as("Nadja Berg")
    tell_the_caseworker(visitor)

    # And the caseworker reads it, confirms, and from then on it is theirs to go on with
    visitor.step_in_as("Johan Wik")
    confirm(visitor)
    take_up_again(visitor)
    mend(visitor)

    # And handed over again it is with the representative, as the first time
    hand_over_again(visitor)
    visitor.step_in_as("Nadja Berg")
    visitor.open_task(f"Anmäl ärendet till gruppen: {SOFIE}")
    visitor.press("Anmäl till gruppen")
    visitor.sees_in_the_bar("Anmäld")

    # And another agency reads nothing of it before it is up again, not even what it once read
    visitor.step_in_as("Mats Lindahl")
    visitor.open_case(SOFIE)
    visitor.does_not_read(MENDED)


def return_it(visitor: Visitor) -> None:
    visitor.follow("Förbered mötet")
    visitor.follow("Vilka är med?")
    visitor.page.get_by_label("Karin Hallgren").check()
    visitor.press("Spara och öppna mötet")
    visitor.follow(SOFIE, visitor.agenda)
    visitor.decide("Återremiss")
    expect(visitor.decisions).to_contain_text("Välj ”Börja mötet idag” om ni träffas redan nu")
    visitor.press("Börja mötet idag")
    visitor.decide("Återremiss")
    expect(visitor.decisions).to_contain_text("Två konsultationer är kvar. Ta dem först, eller skjut upp dem.")
    visitor.put_off("Hanna Ljung", "Omar Saleh")
    visitor.follow(SOFIE, visitor.agenda)
    visitor.decide("Återremiss")
    for lacking in ("Skriv skälet, så att handläggaren förstår", "Skriv vad som skulle ändra gruppens besked"):
        expect(visitor.decisions.get_by_role("link", name=lacking)).to_be_visible()
    visitor.decide("Återremiss", reason=WHY, what_would_change_it=CHANGE)
    visitor.reads(f"{SOFIE}: återremiss.")
    visitor.follow(SOFIE, visitor.agenda)
    visitor.reads("Gruppens besked", "Återremiss", WHY, CHANGE)
    visitor.on_a_phone()


def tell_the_caseworker(visitor: Visitor) -> None:
    visitor.open_task(f"Lämna besked till handläggaren: {SOFIE}")
    words = visitor.page.get_by_label("Besked till handläggaren").input_value()
    assert WHY in words
    assert CHANGE in words
    visitor.choose("Hur lämnas det?", "Här i Knutpunkten")
    visitor.press("Lämna besked")
    visitor.reads("Beskedet är lämnat. Johan Wik bekräftar när det har kommit fram.", "Inte bekräftat än")
    visitor.sees_in_the_bar("Återremiss", "Bekräfta beskedet", "Johan Wik")


def confirm(visitor: Visitor) -> None:
    visitor.reads(f"{SOFIE}: Du har fått besked efter ärendemötet")
    visitor.open_task(f"Bekräfta beskedet: {SOFIE}")
    visitor.reads(WHY, CHANGE)
    visitor.on_a_phone()
    visitor.press("Bekräfta beskedet")
    visitor.reads("Nu vet alla att beskedet har kommit fram.", "Bekräftat")
    visitor.sees_in_the_bar("Återremiss", "Ta upp igen, eller avbryt", "Din tur")


def take_up_again(visitor: Visitor) -> None:
    visitor.menu("Start")
    visitor.open_task(f"Ta upp igen, eller avbryt: {SOFIE}")
    visitor.reads(CHANGE)
    visitor.press("Ta upp remissen igen")
    visitor.sees_in_the_bar("Utkast", "Komplettera remissen", "Din tur")
    visitor.reads(WHY, CHANGE)  # what is answered now


def mend(visitor: Visitor) -> None:
    """The referral stands as it was written; one answers the question that was asked."""
    visitor.menu("Start")
    visitor.open_task(f"Komplettera remissen: {SOFIE}")
    visitor.reads(WHY, CHANGE)
    visitor.follow("Frågeställning")
    visitor.write(question=MENDED)
    visitor.press("Spara och fortsätt")


def hand_over_again(visitor: Visitor) -> None:
    visitor.follow("Kontrollera och lämna till")
    visitor.reads(MENDED, "Gäller till")
    visitor.press("Lämna till Nadja Berg")
    visitor.reads("Remissen är inlämnad", f"idag {timezone.localtime():%H}")
