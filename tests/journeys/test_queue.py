"""The queue: admitted to it, and told at once when a place becomes free (S7, S8)."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.conftest import server
from tests.journeys.deeds import Visitor
from tests.journeys.passing_time import the_minute_is_over

pytestmark = pytest.mark.slow("a real site and a real browser, and axe-core on each page")

# Jonas and his namesake's neighbour have waited a month; Sofie is admitted to the queue today.
JONAS, MARIA, SOFIE = "Jonas Ekdahl", "Maria Lindkvist", "Sofie Bergdahl"
MARIA_LINDQVIST = "Maria Lindqvist"
PAR = "Pär Öhman"
PATIENCE = 30  # seconds, for the worker to send a mail


@pytest.fixture
def live_server_url(seeded_database: str, start_site: Callable[..., str]) -> str:
    """With its worker, which offers the place that became free and sends the mail."""
    return start_site(seeded_database, has_worker=True)


@pytest.mark.clause("S7", "S8", "W3")
def test_a_place_that_becomes_free_is_offered_down_the_queue_at_once(visitor: Visitor, seeded_database: str):
    # Given a programme whose last place is given away, and somebody more admitted to the queue
    visitor.step_in_as("Karin Hallgren")
    give_the_last_place_away(visitor)
    admit_to_the_queue(visitor)

    # And one in the queue whose case is cancelled
    visitor.step_in_as("Johan Wik")
    cancel(visitor, MARIA, "Personens egen önskan", "Har fått ett arbete och vill inte vänta.")

    # When somebody who takes part leaves
    visitor.step_in_as("Peter Ågren")
    freed_at = timezone.now().replace(second=0, microsecond=0)
    cancel(visitor, PAR, "Annat, till exempel flytt", "Flyttar till en annan kommun.")

    # Then the first in the queue is offered the place at once, and the caseworker is told in three places
    visitor.step_in_as("Johan Wik")
    hear_of_the_place(visitor, JONAS)
    decline(visitor, JONAS)

    # And then the next, past the one who was cancelled, and the caseworker says yes
    hear_of_the_place(visitor, SOFIE)
    accept(visitor, SOFIE)

    # And everybody sees where it stands
    visitor.step_in_as("Karin Hallgren")
    see_the_queue(visitor)

    # And the mail came, and names nobody
    the_minute_is_over(server(seeded_database))
    read_the_mail(visitor, freed_at)


def give_the_last_place_away(visitor: Visitor) -> None:
    """The one free place, which those before have said no to: it takes a written reason to pass them over."""
    visitor.follow("Förbered mötet")
    visitor.follow("Vilka är med?")
    visitor.page.get_by_label("Karin Hallgren").check()
    visitor.press("Spara och öppna mötet")
    visitor.press("Börja mötet idag")
    visitor.put_off("Hanna Ljung", "Omar Saleh")
    visitor.follow(MARIA_LINDQVIST, visitor.agenda)
    expect(visitor.decisions).to_contain_text("1 ledig")
    visitor.decide("Plats", reason="Gruppen ser en tydlig väg.")
    expect(visitor.decisions).to_contain_text("Skriv varför platsen inte går till den som väntat längst")
    visitor.decide("Plats", passed_over_reason="De som står före har tackat nej till den.")
    visitor.reads(f"{MARIA_LINDQVIST}: plats.")


def admit_to_the_queue(visitor: Visitor) -> None:
    visitor.follow(SOFIE, visitor.agenda)
    expect(visitor.decisions).to_contain_text("ingen ledig")
    expect(visitor.decisions).to_contain_text("blir nr 3")
    expect(visitor.decisions.get_by_role("radio", name="Plats ingen ledig")).to_be_disabled()
    visitor.decide("Kö", reason="Alla platser är upptagna.")
    visitor.reads(f"{SOFIE}: kö. Ärendet står i kön.")


def cancel(visitor: Visitor, name: str, wish: str, why: str) -> None:
    visitor.open_case(name)
    visitor.follow("Avbryt")
    visitor.press("Avbryt")
    visitor.reads("Två saker behöver ändras")
    visitor.choose("Vems önskan är det?", wish)
    visitor.write(why=why)
    visitor.press("Avbryt")
    visitor.sees_in_the_bar("Avbruten")
    visitor.reads("Ärendet är avbrutet", why)


def hear_of_the_place(visitor: Visitor, name: str) -> None:
    """On the start page, both as a task and as news, and under Nytt."""
    visitor.menu("Start")
    visitor.until_it_reads(f"Svara på erbjuden plats: {name}")
    visitor.reads(f"{name}: En plats erbjöds.")
    visitor.follow("Visa allt nytt")
    newest = visitor.page.locator("main").get_by_role("listitem").first
    expect(newest).to_contain_text(f"{name} · Nästa steg är att prata med personen och svara, om det inte är gjort.")
    visitor.on_a_phone()
    visitor.menu("Start")


def decline(visitor: Visitor, name: str) -> None:
    visitor.open_task(f"Svara på erbjuden plats: {name}")
    visitor.follow("Tacka nej till platsen")
    visitor.press("Tacka nej till platsen")
    visitor.reads("behöver ändras")
    visitor.write(reason="Operationen är flyttad till våren.")
    visitor.press("Tacka nej till platsen")
    visitor.reads("Platsen erbjuds nästa i kön", "Operationen är flyttad till våren.")
    visitor.sees_in_the_bar("I kö", "Väntar på en plats")


def accept(visitor: Visitor, name: str) -> None:
    visitor.open_task(f"Svara på erbjuden plats: {name}")
    visitor.reads("Erbjuden plats", "Vem svarar?")
    visitor.on_a_phone()
    visitor.press("Tacka ja till platsen")
    visitor.reads("Platsen är er.")
    visitor.sees_in_the_bar("Har plats")


def see_the_queue(visitor: Visitor) -> None:
    visitor.reads(f"Utse handledare: {SOFIE}")
    visitor.menu("Kö och platser")
    queue = visitor.part("Väntar på en plats").get_by_role("listitem")
    expect(queue).to_have_count(1)
    expect(queue).to_contain_text(JONAS)
    for name in (SOFIE, MARIA_LINDQVIST):
        expect(visitor.page.get_by_role("row", name=name)).to_be_visible()
    visitor.reads("12 av 12 platser är upptagna")
    visitor.does_not_read(PAR, MARIA)
    visitor.on_a_phone()


def read_the_mail(visitor: Visitor, since: datetime) -> None:
    """To Johan, since the place became free; it says that there is a task, and nothing of whose."""
    letters = visitor.page.get_by_role("article").filter(has_text="Till johan@myndighet.example")
    give_up_at = timezone.now().timestamp() + PATIENCE
    visitor.follow("Demons post", visitor.page.get_by_role("contentinfo"))
    while not any(
        datetime.fromisoformat(time.get_attribute("datetime") or "") >= since
        for time in letters.get_by_role("time").all()
    ):
        assert timezone.now().timestamp() < give_up_at, "no mail came"
        visitor.page.reload()
    visitor.reads("Du har en ny uppgift att titta på. Logga in:")
    visitor.does_not_read(JONAS, SOFIE, MARIA, PAR, "S-20", "Platsen", "kön")
    visitor.on_a_phone()
