"""What people do on the main road, from the study visit to the besked (S1–S8, S13), each from their own start page."""

import re
from datetime import date
from io import BytesIO

from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfWriter

from tests.journeys.traveller import Traveller, day_in

PERSON, NUMBER = "Majken Öberg", "19851208-9882"
OWN_WORDS = "Jag vill ha en anledning att gå upp på morgonen, och en lön jag kan leva på."
REASON = "Behöver stöd från flera håll och är redo att börja."
QUESTION = "Hur kan Majken komma tillbaka till arbete i en takt som håller?"
HEALTH_KNOWN = "Samtalskontakt varannan vecka sedan i våras."
LABOUR_KNOWN = "Inskriven som arbetssökande, tidigare butiksarbete."


# The study visit (S2, L8).


def book_visit(at: Traveller) -> int:
    """Johan books the next visit to Knutpunkten for two; answers how many days there are to it."""
    at.step_in_as("Johan Wik")
    at.follow("Boka studiebesök")
    at.reads("Karin Hallgren", "070-174 06 10", "karin@knutpunkten.example")
    at.press("Boka")
    at.reads("Två saker behöver ändras", "Välj en tid", "Skriv hur många som kommer")
    time = at.page.get_by_role("group", name="Vilken tid?").locator("label").filter(has_text="Knutpunkten:").first
    chosen = time.inner_text()
    assert re.fullmatch(r"tis .* \(v\. \d*[13579]\) kl\. 13:00–14:00, Knutpunkten: 6 av 6 platser kvar", chosen)
    time.click()
    at.fill({"Hur många kommer?": "2", "Din egen referens": "Besök 14"})
    at.press("Boka")
    at.reads("Besöket är bokat", "Besök 14")
    return days_to(chosen)


def days_to(words: str) -> int:
    """How many days there are to the date in these words."""
    written = re.search(r"\d{4}-\d\d-\d\d", words)
    assert written, words
    return (date.fromisoformat(written.group()) - timezone.localdate()).days


def report_visit(at: Traveller) -> None:
    """Karin writes down that they came, and what the person decided themself."""
    at.step_in_as("Karin Hallgren")
    at.menu("Studiebesök")
    at.follow("Fyll i")
    at.choose("Kom de till besöket?", "Ja")
    at.choose("Vad har personen själv bestämt?", "Vill ansöka")
    at.press("Spara")
    at.reads("Nu står det hur besöket gick")


# The referral (S1, S3, S4, S5).


def find_representative(at: Traveller) -> None:
    """Whom Johan talks with first stands on the contact list (S1)."""
    at.step_in_as("Johan Wik")
    at.menu("Kontaktlista")
    at.reads("Försörjningsstöd", "Nadja Berg", "070-174 06 12")
    at.menu("Start")


def begin_referral(at: Traveller) -> None:
    """Johan begins: a mistyped number is noticed, and number and name are confirmed together."""
    at.follow("Ny remiss")
    at.choose("Vilken insats gäller det?", "Knutpunkten")
    at.choose("Vad söker ni?", "En plats (samverkansärende)")
    at.fill({"Personnummer": "19851208-9883", "Förnamn": "Majken", "Efternamn": "Öberg"})
    at.choose("Har personen skyddade personuppgifter?", "Nej")
    at.fill({"Telefon": "070-174 06 60", "Språk": "svenska"})
    at.press("Fortsätt")
    at.reads("En sak behöver ändras")
    at.fill({"Personnummer": NUMBER})
    at.press("Fortsätt")
    at.reads("Är det rätt person?", PERSON, NUMBER)
    at.press("Börja skriva remissen")
    at.reads("Kryssa")
    at.page.get_by_label("Numret och namnet hör ihop").check()
    at.press("Börja skriva remissen")
    at.reads("Remiss till Knutpunkten", PERSON, "Ej påbörjad", "Kan inte påbörjas än")


def write_referral(at: Traveller) -> None:
    """Every part in turn; each leads to the next, and one left half done says what is missing."""
    at.follow("Prata med din representant")
    at.fill({"Vilken dag?": day_in(-2)})
    at.choose("Hur?", "I telefon")
    at.press("Spara och fortsätt")

    at.choose("Har Majken varit på studiebesök?", "Ja")
    at.page.get_by_label("Enhetens bokade besök").select_option(index=1)
    at.choose("Vad ville Majken efter besöket?", "Vill ansöka")
    at.press("Spara och fortsätt")

    at.fill({"Vad vill Majken själv?": OWN_WORDS, "Hur märks det": "Bad själv om att få söka efter besöket."})
    at.fill({"Hur många timmar i veckan": "10"})
    at.press("Spara och fortsätt")

    at.choose("Har Majken ett pågående beroende?", "Nej")
    at.tick("Vilka myndigheter är Majken aktuell hos just nu?", "Arbetsförmedlingen", "Region Kalmar län")
    at.fill({"Vad behöver myndigheterna göra tillsammans?": "En plan som vården och kommunen följer åt."})
    at.press("Spara och fortsätt")

    at.fill({"Vad fungerar bra?": "Tycker om att laga mat och handlar åt en granne."})
    at.press("Spara och fortsätt")
    at.reads("Beskriv vad som hindrar Majken att arbeta just nu")
    at.fill(
        {
            "Hur ser livet ut just nu?": "Bor ensam i lägenhet i Gamleby.",
            "Vad hindrar arbete just nu?": "Sover dåligt och blir trött efter några timmar.",
            "Vilka möjligheter finns": "Vill pröva storkök eller kafé.",
            "Vad är prövat tidigare?": "Butik i sju år, praktik som avbröts.",
            "Sedan när?": day_in(-500),
        }
    )
    at.tick("Hur försörjer sig Majken idag?", "Försörjningsstöd")
    at.press("Spara och fortsätt")

    write_contacts(at)
    at.fill({"Vilken är din fråga till gruppen?": QUESTION})
    at.press("Spara och fortsätt")


def write_contacts(at: Traveller) -> None:
    """All known contacts with authorities: the caseworker's own is there, and there are two more (S4)."""
    at.fill({"Vad gäller det?": "Försörjningsstöd"})
    for agency, unit, name, about in (
        ("Arbetsförmedlingen", "", "Disa Moberg", "Inskrivning"),
        ("Region Kalmar län", "Öppenpsykiatrin", "Arvid Noor", "Samtal"),
    ):
        at.press("Lägg till en kontakt")
        row = at.page.get_by_role("group", name="Kontakt").last
        at.fill({"Myndighet": agency, "Enhet": unit, "Kontaktperson": name, "Vad gäller det?": about}, within=row)
    at.press("Spara och fortsätt")


# The consent (S4, W1).

EVERYTHING = (
    "Social situation och ekonomi",
    "Fysisk och psykisk hälsa",
    "Tidigare arbete",
    "Arbetsmarknad",
    "Planering",
)
CONSENTED = {
    "Försörjningsstöd": EVERYTHING,
    "Knutpunktsteamet": EVERYTHING,
    "Arbetsförmedlingen": ("Arbetsmarknad", "Tidigare arbete", "Planering"),
    "Öppenpsykiatrin": ("Fysisk och psykisk hälsa", "Planering"),
    "Försäkringskassan": ("Social situation och ekonomi",),
}


def write_consent(at: Traveller) -> str:
    """Who may share what, until when; answers the paper as it is printed and signed."""
    at.reads("Samtycket öppnar dörren")
    for unit, categories in CONSENTED.items():
        group = at.page.get_by_role("group", name=f"Vad får {unit} läsa?", include_hidden=True)
        if not group.is_visible():
            at.page.locator("summary").filter(has_text=unit).first.click()
        for category in categories:
            group.get_by_label(category, exact=True).check()
    at.fill({"Gäller till och med": day_in(300)})
    at.press("Spara samtycket")
    return at.read_paper("Skriv ut samtycket")


def sign_consent(at: Traveller) -> None:
    at.fill({"Vilken dag skrevs papperet på?": day_in(3), "Vem bevittnade?": "Johan Wik"})
    at.press("Registrera påskrivet samtycke")
    at.reads("den kan inte ligga framåt i tiden", "Lämna dataskyddsinformationen först")
    at.fill({"Vilken dag skrevs papperet på?": day_in()})
    at.page.get_by_label("Dataskyddsinformationen är lämnad och påskriven").check()
    at.press("Registrera påskrivet samtycke")
    at.reads(f"Gäller till {day_in(300)}")


def enclose_file(at: Traveller) -> None:
    """One real PDF; something else with its name is refused (S5)."""
    at.follow("Utredningar")
    at.pick("Vad handlar den om?", "Tidigare arbete")
    at.page.get_by_label("Fil", exact=True).set_input_files(
        {"name": "arbetsprovning.pdf", "mimeType": "application/pdf", "buffer": b"inget dokument alls"}
    )
    at.press("Bifoga")
    at.reads("En sak behöver ändras")
    at.pick("Vad handlar den om?", "Tidigare arbete")
    at.page.get_by_label("Fil", exact=True).set_input_files(
        {"name": "arbetsprovning.pdf", "mimeType": "application/pdf", "buffer": a_document()}
    )
    at.press("Bifoga")
    at.reads("arbetsprovning.pdf", "Tidigare arbete")


def a_document() -> bytes:
    """A real PDF of one page."""
    writer, file = PdfWriter(), BytesIO()
    writer.add_blank_page(width=595, height=842)
    writer.add_metadata({"/Title": "Arbetsprövning"})
    writer.write(file)
    return file.getvalue()


def hand_over(at: Traveller) -> tuple[str, str]:
    """Read through together, hand over to Nadja; answers the case's number and the referral on paper (S5)."""
    at.follow("Tillbaka till remissen")
    at.follow("Kontrollera och lämna till Nadja Berg")
    at.reads(OWN_WORDS, QUESTION, "Disa Moberg", "arbetsprovning.pdf")
    at.press("Lämna till")
    at.reads("Remissen är inlämnad", "Nadja Berg", "Vad händer nu?")
    number = re.search(r"S-\d{4}-\d{3}", at.page.locator("main").inner_text())
    assert number
    return number.group(), at.read_paper("Remissen som PDF")


# Announced, gathered (S6, S13).


def announce(at: Traveller) -> int:
    """Nadja reads the referral and announces the case; answers the days to the meeting that decides."""
    at.step_in_as("Nadja Berg")
    at.open_case(PERSON)
    at.follow("Läs hela remissen")
    at.reads(OWN_WORDS, "arbetsprovning.pdf")
    at.menu("Start")
    at.open_task("Anmäl ärendet till gruppen")
    at.reads("Där anmäls namn och personnummer, inget mer")
    at.press("Anmäl till gruppen")
    at.reads("De andra representanterna får se namn och nummer")
    at.menu("Ärendemöten")
    row = at.page.locator("main tr").filter(has_text="1 ärende").last
    return days_to(row.inner_text())


def tell_what_we_know(at: Traveller, name: str, category: str, text: str, can: str) -> None:
    """A representative tells what their unit knows, and discloses it to those who may read it."""
    at.step_in_as(name)
    at.open_task("Lämna uppgifter till mötet")
    at.does_not_read(OWN_WORDS)
    part = at.part(category)
    at.fill({"Vad vet ni?": text, "Kan bidra med": can}, within=part)
    part.get_by_label("Lämna ut ").check()
    at.press("Lämna ut det ikryssade")
    at.reads("Du lämnade ut ", "Har lämnat uppgifter")


def say_not_known_here(at: Traveller, name: str) -> None:
    at.step_in_as(name)
    at.open_task("Lämna uppgifter till mötet")
    at.press("Inte aktuell hos oss")
    at.reads("Tack. Gruppen ser ert svar på mötet.", "Inte aktuell hos er")


# The meeting and the besked (S7, S13).


def set_agenda(at: Traveller) -> None:
    """Karin sets the agenda: from now the parties read the referral."""
    at.step_in_as("Karin Hallgren")
    open_todays_meeting(at)
    at.reads(PERSON, NUMBER, "3 av 3")
    at.press("Lägg fast dagordningen")
    at.reads("Dagordningen är lagd")


def open_todays_meeting(at: Traveller) -> None:
    """The meeting stands first, or among the earlier ones when its hours have passed."""
    at.menu("Ärendemöten")
    shown = at.page.locator("main section, main tr").filter(has_text=day_in()).last
    shown.get_by_role("link").last.click()
    at.arrive()


def admit_to_a_place(at: Traveller) -> None:
    """Meeting mode: who is here, what all of them and what Karin may read, and the group's besked (S7, W1)."""
    at.follow("Vilka är med?")
    for name in ("Karin Hallgren", "Nadja Berg", "Mats Lindahl", "Ulrika Fors", "Helena Ros"):
        at.page.get_by_label(name).check()
    at.press("Spara och öppna mötet")
    at.reads(OWN_WORDS, QUESTION, "Rummet ser bara det som alla här får läsa")
    at.does_not_read(HEALTH_KNOWN, LABOUR_KNOWN)
    at.follow("Visa på min egen skärm")
    at.reads(OWN_WORDS, QUESTION, HEALTH_KNOWN, LABOUR_KNOWN)
    at.page.keyboard.press("1")
    at.press("Spara och nästa", at.page.locator("body"))
    decision = at.page.locator(".decision-bar")
    expect(decision).to_contain_text("Skriv skälet, så att handläggaren förstår")
    decision.get_by_label("Skäl, så att Johan Wik förstår").fill(REASON)
    at.press("Spara och nästa", decision)
    at.reads("plats. Representanten lämnar besked till handläggaren", "Allt är genomgånget")
    at.press("Avsluta mötet")
    at.reads("Mötet är avslutat")


def give_notice(at: Traveller) -> None:
    at.step_in_as("Nadja Berg")
    at.open_task("Lämna besked till handläggaren")
    at.press("Lämna besked")
    at.reads("Beskedet är lämnat.")


def confirm_notice(at: Traveller) -> None:
    at.step_in_as("Johan Wik")
    at.open_task("Bekräfta beskedet")
    at.press("Bekräfta beskedet")
    at.reads("Nu vet alla att beskedet har kommit fram")
