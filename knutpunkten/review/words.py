"""Words for the log as the reviewer reads it: which kind of page, never what stood on it."""

from knutpunkten.review.models import Item, LogRow, Outcome

# What was read, by what the page says it shows.
READ = {
    "case": "ärendet",
    "step": "ett steg",
    "events": "händelserna",
    "reads": "vem som har läst",
    "consent": "samtycket",
    "consent_pdf": "samtycket, PDF",
    "referral": "remissen",
    "referral_pdf": "remissen, PDF",
    "plan": "planen",
    "plan_pdf": "planen, PDF",
    "mapping": "kartläggningen",
    "knowledge": "uppgifter från parterna",
    "meeting": "ärendet inför mötet",
    "first_meeting": "om första mötet",
    "contract": "kontraktet, PDF",
    "follow_up": "inför uppföljningen",
    "closing": "slutdokumentationen",
    "report_pdf": "slutdokumentationen, PDF",
    "files": "vilka bilagor som finns",
}
DID = {
    "read_file": "Hämtade en bilaga",
    "searched": "Sökte och fick upp personen",
    "listed": "Såg en lista över ärenden",
    "changed": "Ändrade eller skrev",
    "signed_in": "Loggade in",
    "password_changed": "Bytte lösenord",
    "second_factor_added": "Lade till ett andra steg vid inloggning",
    "second_factor_removed": "Tog bort ett andra steg vid inloggning",
    "log_read": "Läste loggen",
    "log_reviewed": "Granskade en rad i loggen",
    "disposed": "Gallrade ett ärende",
}
# Pages that write no more than that they were opened, by the address's name; of the others the name itself is said.
PAGES = {
    "start": "startsidan",
    "search": "sökningen",
    "queue": "kö och platser",
    "week": "veckan",
    "participants": "deltagarlistan",
    "meetings": "ärendemötena",
    "agenda": "en dagordning",
    "meeting_mode": "mötesläget",
    "visits": "studiebesöken",
    "inbox": "Nytt",
    "contact_list": "kontaktlistan",
    "routines": "rutinerna",
    "figures": "siffrorna",
    "figures_csv": "siffrorna som fil",
    "hats": "rollerna",
    "protected_cases": "skyddade ärenden",
}


def standing(item: Item) -> tuple[str, str]:
    """How far the review of an item has come, as the kind of a tag and its words."""
    if item.closed_at is None:
        return ("ongoing", "Påbörjad") if item.reviewed_at else ("state", "Ny")
    return "late" if item.outcome == Outcome.WRONG else "done", Outcome(item.outcome).label


def what_was_done(entry: LogRow) -> str:
    """What a row tells of, as a sentence without its subject."""
    if entry.event == "read":
        return f"Läste {READ.get(entry.what, 'ärendet')}"
    if entry.event == "denied":
        return f"Nekades {page(entry.what)}"
    if entry.event == "opened":
        return f"Öppnade {page(entry.what)}"
    if entry.event == "sent":
        return f"Skickade ett formulär: {page(entry.what)}"
    return DID.get(entry.event, DID["changed"])


def page(name: str) -> str:
    return PAGES.get(name) or READ.get(name) or (f"sidan {name}" if name else "en sida")
