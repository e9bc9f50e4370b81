"""What people do on the main road, from the besked to the final report (S9–S12, S14, L4, L11), each from their start page."""

from datetime import date, timedelta

from django.utils import timezone

from knutpunkten.organisations.calendar import add_working_days, is_working_day
from tests.journeys.road_to_a_place import PERSON
from tests.journeys.traveller import Traveller, day_in

GOAL = "Jag vill orka jobba halvtid i ett kök."
FIRST_STEP, SECOND_STEP = "Gå upp och äta frukost före åtta", "Pröva ett storkök två förmiddagar"
REVISED_STEP = "Pröva ett storkök tre förmiddagar"
AGREED = "Majken fortsätter med tre förmiddagar och ringer själv när hon är sjuk."
RESULT = "Majken har varit med två förmiddagar i veckan och prövat ett storkök."
JUDGEMENT = "Klarar halvtid i rätt miljö, med arbetspauser."
SUGGESTIONS = "Fortsatt samtalsstöd och en lönebidragsanställning."
LAST_WORDS = "Nu vet jag att det går."
ONWARD = "Söker lönebidragsanställning och följer upp var fjortonde dag."
CONTENT = "Frukost tillsammans, 7TJUGO och sedan arbetsträning i kök."


# Towards the start (S9, S12, L11).


def register_decision(at: Traveller) -> None:
    """Johan registers his own authority's decision on the service (S12)."""
    at.step_in_as("Johan Wik")
    at.open_task("Beslut om insats")
    at.press("Registrera beslut om insats")
    at.reads("Skriv vilket datum beslutet togs", "Skriv er egen beteckning på beslutet")
    at.fill({"När togs beslutet?": day_in(), "Er egen beteckning": "FS 2026/114"})
    at.press("Registrera beslut om insats")
    at.reads("Beslutet är registrerat", "FS 2026/114")


def allocate(at: Traveller) -> None:
    at.step_in_as("Karin Hallgren")
    at.open_task("Utse handledare")
    at.choose("Vem blir handledare?", "Elin Strand, har inga deltagare nu")
    at.press("Utse handledare")
    at.reads("Handledaren får veta det och bokar första mötet", "Elin Strand")


def book_first_meeting(at: Traveller) -> str:
    """Elin books, with those around the case and a friend; answers contract and privacy notice as printed (S9)."""
    at.step_in_as("Elin Strand")
    at.open_task("Boka första mötet")
    at.fill({"Dag": working_day_in(1), "Börjar": "10:00", "Slutar": "09:00"})
    at.press("Boka första mötet")
    at.reads("Skriv ett klockslag som är senare än när mötet börjar")
    at.fill({"Börjar": "09:00", "Slutar": "10:00", "Andra som bjuds in": "Tuva Öberg, syster"})
    at.press("Boka första mötet")
    at.reads("De inbjudna får veta det", "Johan Wik", "Tuva Öberg")
    return at.read_paper("Skriv ut kontrakt och dataskyddsinformation")


def hold_first_meeting(at: Traveller) -> None:
    """What was agreed, the contract signed, the privacy notice given (S9)."""
    at.step_in_as("Elin Strand")
    at.open_task("Håll första mötet")
    at.fill({"Startdatum": day_in(), "Timmar i veckan": "10", "Vad ska personen göra?": CONTENT})
    at.fill({"Kontraktet påskrivet den": day_in(), "Vem såg att kontraktet skrevs på?": "Elin Strand"})
    at.fill({"Informationen lämnad den": day_in(), "Vem lämnade informationen?": "Elin Strand"})
    at.tick("Vilka dagar?", "Måndag", "Tisdag", "Onsdag", "Torsdag", "Fredag")
    at.choose("Dataskyddsinformationen", "Informerad, ville inte skriva under")
    at.press("Registrera första mötet")
    at.reads("Starta insatsen den dag ni kom överens om")


def start(at: Traveller) -> None:
    at.step_in_as("Elin Strand")
    at.open_task("Starta insatsen")
    at.press("Starta insatsen")
    at.reads("Insatsen har startat. Börja med kartläggningen.")


# Mapping and plan (S14, L3, L5).

NEEDS = {
    "Grundläggande behov": ("Jag äter mest smörgåsar.", "Behöver rutiner för mat och sömn."),
    "Sociala behov": ("Jag träffar bara min granne.", "Vill ha fler att prata med."),
    "Fysiska behov": ("Ryggen är okej nu.", "Orkar stå i två timmar."),
    "Psykiska behov": ("Jag oroar mig på nätterna.", "Har hjälp av sina samtal."),
    "Arbete och studier": ("Jag kan laga mat för många.", "Vill pröva storkök."),
}


def map_needs(at: Traveller) -> None:
    """The five areas, the person's own words apart from staff's; it is not done before all are there (S14, L3)."""
    at.step_in_as("Elin Strand")
    at.open_task("Kartläggning")
    at.reads("Det går inte än")
    for area, (own, seen) in NEEDS.items():
        part = at.part(area)
        at.fill({"Egna ord": own, "Det vi ser": seen}, within=part)
        part.get_by_role("group", name="Var är du nu?").get_by_label("4", exact=True).check()
        at.press("Spara", within=part)
    at.press("Kartläggningen är klar")
    at.reads("Kartläggningen är klar. Skriv planen tillsammans.")


def write_plan(at: Traveller) -> None:
    """A goal in the person's own words, with two sub-goals: who is responsible, from when, until when."""
    at.press("Börja skriva planen")
    if not at.page.get_by_label("Mål 1, med egna ord").count():
        at.press("Lägg till mål")
    at.fill({"Mål 1, med egna ord": GOAL, "Varför är det viktigt?": "Då kan jag betala hyran själv."})
    at.page.get_by_role("group", name="Var är du nu?").get_by_label("3", exact=True).check()
    for number, (what, who, unit, due) in enumerate(
        (
            (FIRST_STEP, "Majken", "Ingen, eller någon annan", day_in(20)),
            (SECOND_STEP, "Mats Lindahl", "Arbetsförmedlingen", day_in(40)),
        ),
        start=1,
    ):
        if not at.page.get_by_label(f"Delmål 1.{number}").count():
            at.press("Lägg till delmål")
        at.fill_last({f"Delmål 1.{number}": what, "Vem ansvarar?": who, "Från": day_in(), "Klart senast": due})
        at.page.get_by_label("Från vilken myndighet?").last.select_option(label=unit)
        at.page.get_by_label("Hur och när följs det upp?").last.fill("På varje uppföljningsmöte")
    at.press("Spara och läs planen", at.page.locator("form > .actions"))


def working_day_in(days: int) -> str:
    """The first working day from then on, as it is written: nobody is followed up on another."""
    return add_working_days(timezone.localdate() + timedelta(days=days - 1), 1).isoformat()


def agree_plan(at: Traveller) -> str:
    """How the person took part, who was there, and when it is followed up; answers the plan on paper (L5)."""
    at.fill({"Nästa uppföljning": working_day_in(14)})
    at.press("Kom överens om planen")
    at.reads("Beskriv hur Majken har varit med och tagit fram planen")
    at.fill(
        {
            "Hur har Majken varit med": "Majken valde målet och skrev det själv.",
            "Vilka var med?": "Majken Öberg\nElin Strand, handledare\nJohan Wik, handläggare",
            "Överenskommen den": day_in(),
            "Nästa uppföljning": working_day_in(14),
        }
    )
    at.press("Kom överens om planen")
    at.reads("Planen gäller", GOAL, FIRST_STEP, SECOND_STEP, "Mats Lindahl")
    return at.read_paper("Skriv ut")


# Taking part (L4, S3).


def come_to_a_session(at: Traveller) -> None:
    """Two weeks have gone: a session on a working day since the start, whom it was for, and that she came."""
    at.step_in_as("Elin Strand")
    at.menu("Veckan")
    at.follow("Förra veckan")
    at.follow("Nytt arbetspass")
    at.fill({"Datum": last_working_day().isoformat(), "Rum": "Stora rummet"})
    at.choose("Arbetspass", "08:00–09:50")
    at.pick("Tema", "7TJUGO")
    at.pick("Ledare", "Elin Strand")
    at.press("Planera passet")
    at.reads("7TJUGO är planerat")
    at.choose("Vilka ska vara med?", PERSON)
    at.press("Spara vilka som är med")
    at.press("Alla kom")
    at.reads("1 av 1", "1,8 av 10")


def last_working_day() -> date:
    """A working day of the last fortnight, in the week before this one."""
    day = timezone.localdate() - timedelta(days=timezone.localdate().weekday() + 3)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


# Followed up, revised (S10).


def follow_up(at: Traveller) -> None:
    """The plan is rewritten together, goes through goal by goal, and its new version holds (S10)."""
    at.step_in_as("Elin Strand")
    at.open_task("Uppföljningsmöte")
    at.press("Skriv om planen")
    at.page.get_by_label("Delmål 1.2").fill(REVISED_STEP)
    at.press("Spara och läs planen", at.page.locator("form > .actions"))
    at.follow("Börja uppföljningen")
    at.fill({"När träffades ni?": day_in(), "Vad kom ni överens om?": AGREED, "Nästa uppföljning": working_day_in(28)})
    at.page.get_by_role("group", name="Var är du nu?").get_by_label("5", exact=True).check()
    at.page.get_by_role("group", name=FIRST_STEP).get_by_label("Klart").check()
    at.press("Registrera uppföljning")
    at.reads("Beskriv hur personen har varit med och skrivit om planen")
    at.fill({"Hur har personen varit med": "Majken ville pröva en förmiddag till."})
    at.press("Registrera uppföljning")
    at.reads(
        "Uppföljningen är registrerad och nästa datum är satt", REVISED_STEP, "Version 2", "Ändrat sedan version 1"
    )


# Closing (S11, S14, S0).


def close(at: Traveller) -> None:
    """The closing meeting, part of the way reached, the report, and who carries on, each leading to the next."""
    at.step_in_as("Elin Strand")
    at.open_case(PERSON)
    at.follow("Förbered avslutet")
    at.reads("Det går inte än")
    at.follow("Avslutsmöte", within=at.page.locator(".task-list"))
    at.choose("Avslutas insatsen som planerat?", "Ja, som planerat")
    at.press("Spara och fortsätt")
    at.reads("Skriv vilken dag avslutsmötet hölls", "Skriv vilka som var med på avslutsmötet")
    at.fill({"När hölls avslutsmötet?": day_in(), "Vilka var med?": "Majken Öberg\nJohan Wik\nMats Lindahl"})
    at.press("Spara och fortsätt")
    at.choose("Vad blev det?", "Närmare egen försörjning än förut")
    at.press("Spara och fortsätt")
    at.fill({"Personens egna ord": LAST_WORDS, "Resultat": RESULT, "Bedömning": JUDGEMENT})
    at.fill({"Förslag på fortsatta insatser": SUGGESTIONS})
    at.press("Spara och fortsätt")
    at.fill({"Vem tar vid?": "Mats Lindahl", "Med vad?": ONWARD, "Från och med": day_in(1)})
    at.pick("Från vilken myndighet?", "Arbetsförmedlingen")
    at.press("Spara och fortsätt")
    at.press("Avsluta och lämna över")
    at.reads(
        "Insatsen är avslutad. Slutdokumentationen läses utanför teamet bara med stöd av ett samtycke som omfattar "
        "planeringen. Platsen erbjuds nästa i kön, om det finns någon att fråga."
    )


def read_report(at: Traveller) -> str:
    """Johan reads the final report; answers it on paper."""
    at.step_in_as("Johan Wik")
    at.reads("Insatsen är avslutad")
    at.follow(PERSON, within=at.part("Nytt"))
    at.reads(LAST_WORDS, RESULT, JUDGEMENT, SUGGESTIONS, "Närmare egen försörjning än förut", "Mats Lindahl", ONWARD)
    return at.read_paper("Öppna som dokument")
