"""Words for the log as the reviewer reads it: which kind of page, never what stood on it."""

import re
from typing import Any
from uuid import UUID

from knutpunkten.organisations.models import Role
from knutpunkten.review.models import Item, LogRow, Outcome, Rule, Why
from knutpunkten.routine.event_words import EVENTS, opened_unseen
from knutpunkten.ui.dates import iso, month_and_year
from knutpunkten.ui.enumerations import amount_in_words

# What was read, by what the page says it shows.
READ = {
    "case": "ärendet",
    "events": "händelserna",
    "reads": "vem som har läst",
    "reviewed_person": "vem som har läst om en person",
    "consent": "samtycket",
    "consent_pdf": "samtycket, PDF",
    "referral": "remissen",
    "referral_pdf": "remissen, PDF",
    "plan": "planen",
    "plan_pdf": "planen, PDF",
    "mapping": "kartläggningen",
    "knowledge": "uppgifter från parterna",
    "own_knowledge": "sin egen enhets formulär med uppgifter till mötet",
    "meeting": "ärendet inför mötet",
    "first_meeting": "om första mötet",
    "contract": "kontraktet, PDF",
    "follow_up": "inför uppföljningen",
    "attendance": "det som står om närvaron",
    "closing": "slutdokumentationen",
    "report_pdf": "slutdokumentationen, PDF",
    "files": "vilka bilagor som finns",
    "shared": "vad som har delats",
    "placement": "om arbetsträning eller praktik",
}
# What was done, where it is no event of a case or is told with less than in the case.
DID = {
    "read_file": "Hämtade en bilaga",
    "searched": "Sökte och fick upp personen",
    "listed": "Såg en lista över ärenden",
    "besked": "Antecknade gruppens besked",
    "offer_answered": "Svarade på den erbjudna platsen",
    "attendance": "Sparade närvaro",
    "plan_meeting": "Planerade ett ärendemöte till",
    "change_meeting": "Ändrade ett ärendemöte",
    "call_off_meeting": "Ställde in ett ärendemöte",
    "restore_meeting": "Tog upp ett inställt ärendemöte",
    "fix_agenda": "Fastställde en dagordning",
    "order_agenda": "Ändrade ordningen på en dagordning",
    "note_attendance": "Antecknade vilka som är med på mötet",
    "begin_meeting": "Började ett ärendemöte",
    "hold_meeting": "Avslutade ett ärendemöte",
    "take_up_later": "Flyttade ett ärende till nästa möte",
    "session_planned": "Planerade ett pass",
    "session_changed": "Ändrade ett pass",
    "session_cancelled": "Ställde in ett pass",
    "session_restored": "Tog upp ett inställt pass",
    "week_copied": "Kopierade en vecka",
    "visit_booked": "Bokade ett studiebesök",
    "visit_booked_for": "Bokade ett studiebesök åt en handläggare som ringde",
    "visit_time_changed": "Bytte tid för ett studiebesök",
    "visit_cancelled": "Avbokade ett studiebesök",
    "visit_reported": "Rapporterade ett studiebesök",
    "slot_confirmed": "Bekräftade en tid för studiebesök",
    "slot_cancelled": "Ställde in en tid för studiebesök",
    "slot_moved": "Flyttade en tid för studiebesök",
    "withdrawal_call": "Tog emot ett samtal om att ta tillbaka ett samtycke",
    "invitation_sent": "Bjöd in någon",
    "invitation_used": "Öppnade sitt konto",
    "account_added": "Lade till ett konto",
    "account_changed": "Ändrade ett konto",
    "account_closed": "Stängde ett konto",
    "account_opened": "Öppnade ett stängt konto igen",
    "membership_given": "Gav ett uppdrag",
    "membership_changed": "Ändrade ett uppdrag",
    "membership_ended": "Satte sista dag för ett uppdrag",
    "sign_in_failed": "Misslyckades med att logga in",
    "signed_in": "Loggade in",
    "password_changed": "Bytte lösenord",
    "second_factor_added": "Lade till ett andra steg vid inloggning",
    "second_factor_removed": "Tog bort ett andra steg vid inloggning",
    "log_read": "Läste loggen",
    "looked_up": "Slog upp vem som har läst om en person",
    "log_reviewed": "Granskade en rad i loggen",
    "disposed": "Gallrade ett ärende",
}
# What is told with the role that it was of.
OF_MEMBERSHIPS = ("membership_given", "membership_changed", "membership_ended")
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
    "own_page": "Min sida",
    "own_case": "ett ärende på Min sida",
    "own_reads": "vem som har läst på Min sida",
    "own_account": "Mitt konto på Min sida",
    "mark_read": "Nytt, markerat som läst",
    "how_it_works": "Så fungerar det",
    "accessibility": "tillgänglighetsredogörelsen",
    "routine_document": "en rutin",
    # Cases.
    "cases": "listan över ärenden",
    "statuses": "listan över ärenden där bara läget syns",
    "new_referral": "en ny remiss",
    "step": "ett formulär i ärendet",
    "case_reads": "vem som har läst ärendet",
    "who_has_read": "Vem har sett vad?",
    "remind_actor": "en påminnelse",
    "remind_several": "påminnelser till flera",
    "to_hand_on": "ärenden att lämna över",
    "withdrawal_call": "samtal om att ta tillbaka ett samtycke",
    "withdraw_consent": "att ta tillbaka ett samtycke",
    "name_reader": "att utse en läsare",
    "end_reader": "att avsluta en läsning",
    "protect": "att skydda personuppgifter",
    "end_protection": "att avsluta ett skydd",
    "check_referral": "kontrollen av remissen",
    "referral_receipt": "kvittot på remissen",
    "read_referral": "remissen",
    "referral_part": "en del av remissen",
    "upload_file": "att bifoga en fil",
    "file": "en bilaga",
    "remove_file": "att ta bort en bilaga",
    "contract_pdf": "kontraktet, PDF",
    "first_meeting_ics": "första mötet, kalenderfil",
    "new_placement": "ny arbetsträning eller praktik",
    "end_placement": "att avsluta arbetsträning eller praktik",
    "save_area": "ett område i kartläggningen",
    "disclose_area": "att lämna ut ett område ur kartläggningen",
    "begin_plan": "att börja skriva planen",
    "edit_plan": "planen",
    "compare_plans": "jämförelsen av planens versioner",
    "mark_sub_goal": "ett delmål",
    "remind_sub_goal": "en påminnelse om ett delmål",
    "closing_part": "en del av slutdokumentationen",
    "offer_another": "att erbjuda platsen till någon annan",
    # Meetings, the week and study visits.
    "meeting_case": "ett ärende i mötesläget",
    "meeting_attendance": "närvaron vid ett ärendemöte",
    "begin_meeting": "att börja ett ärendemöte",
    "end_meeting": "att avsluta ett ärendemöte",
    "take_up_later": "att ta upp ett ärende på nästa möte",
    "new_meeting": "ett ärendemöte till",
    "change_meeting": "ändringen av ett ärendemöte",
    "call_off_meeting": "att ställa in ett ärendemöte",
    "restore_meeting": "att ta upp ett inställt ärendemöte",
    "set_agenda": "dagordningens fastställande",
    "order_agenda": "dagordningens ordning",
    "new_session": "ett nytt pass",
    "session": "ett pass",
    "copy_week": "att kopiera en vecka",
    "enrol": "deltagarna i ett pass",
    "cancel_session": "att ställa in ett pass",
    "restore_session": "att ta upp ett inställt pass",
    "attendance": "närvaron i ett pass",
    "undo_attendance": "att ångra närvaron i ett pass",
    "book_visit": "bokningen av ett studiebesök",
    "change_visit_time": "bytet av tid för ett studiebesök",
    "cancel_booking": "avbokningen av ett studiebesök",
    "report_visit": "rapporten om ett studiebesök",
    "visit_ics": "ett studiebesök, kalenderfil",
    "confirm_slot": "att bekräfta en tid för studiebesök",
    "cancel_slot": "att ställa in en tid för studiebesök",
    "move_slot": "att flytta en tid för studiebesök",
    # The log.
    "log_review": "loggkontrollen",
    "review_item": "en rad i loggkontrollen",
    "reviewed_accounts": "loggens konton",
    "reviewed_account": "loggen för ett konto",
    "look_up_person": "Slå upp person",
    # Signing in, and one's account.
    "sign_in": "inloggningen",
    "account_login": "inloggningen",
    "account_inactive": "sidan om ett avstängt konto",
    "second_factor": "det andra steget vid inloggning",
    "mfa_authenticate": "det andra steget vid inloggning",
    "mfa_login_webauthn": "inloggningen med säkerhetsnyckel",
    "openid_connect_login": "inloggningen genom myndigheten",
    "openid_connect_callback": "inloggningen genom myndigheten",
    "account_reauthenticate": "att bekräfta vem man är",
    "mfa_reauthenticate": "att bekräfta vem man är",
    "mfa_reauthenticate_webauthn": "att bekräfta vem man är",
    "stay": "att stanna inloggad",
    "keep_words": "att spara ett utkast",
    "give_back_words": "att hämta ett utkast",
    "sign_out": "utloggningen",
    "open_account": "att öppna kontot",
    "invitation": "inbjudan",
    "invite": "att bjuda in någon",
    "change_password": "lösenordsbytet",
    "mfa_index": "kontots inloggning",
    "mfa_activate_totp": "att lägga till en kodapp",
    "mfa_deactivate_totp": "att ta bort en kodapp",
    "mfa_add_webauthn": "att lägga till en säkerhetsnyckel",
    "mfa_remove_webauthn": "att ta bort en säkerhetsnyckel",
    "mfa_view_recovery_codes": "reservkoderna",
    "mfa_generate_recovery_codes": "nya reservkoder",
    # The demo's own.
    "step_in": "att kliva in som någon i demon",
    "demo_post": "demons post",
    "components": "demons komponenter",
    "components_saved": "demons komponenter",
}
# What the page sends by itself while one writes, and as one comes back; and a search with nothing to search for.
SENT = {"keep_words": "Sparade ett utkast", "give_back_words": "Fick tillbaka ett utkast", "search": "Försökte söka"}
# A search that finds somebody has a row for each case found; one that finds nobody is about no case.
NO_HIT = "Sökte, ingen träff"
SETTINGS = "inställningarna"
# Django's own pages for the settings: a few, and four or five of each kind of thing that is set.
OF_SETTINGS = (
    *("index", "app_list", "autocomplete", "jsi18n", "login", "logout"),
    *("password_change", "password_change_done", "view_on_site"),
)
EACH_SETTING = re.compile("_(changelist|add|history|delete|change)$")
# What was saved on such a page, by the address's name; of several that go at once it is their list's.
SAVED = re.compile("^organisations_([a-z]+)_(add|change|delete|changelist)$")
DONE = {"add": "Lade till", "change": "Ändrade", "delete": "Tog bort", "changelist": "Tog bort"}
KINDS = {
    "association": "samordningsförbundet",
    "agency": "myndigheten",
    "unit": "enheten",
    "programme": "insatsen",
    "contact": "en kontakt för",
    "routinedocument": "ett rutindokument för",
}
UNNAMED, UNTOLD = "en sida", "ändrade eller skrev"


def standing(item: Item) -> tuple[str, str]:
    """How far the review of an item has come, as the kind of a tag and its words."""
    if item.closed_at is None:
        begun = Outcome.ASKED.label if item.outcome == Outcome.ASKED else "Påbörjad"
        return ("ongoing", begun) if item.reviewed_at else ("state", "Ny")
    return "late" if item.outcome == Outcome.WRONG else "done", Outcome(item.outcome).label


def reviewed_meanwhile(item: Item, reader_id: UUID | None) -> str:
    """Who has written in an item while its page was open, and what, to the one who meant to write there too."""
    who = (
        "Du har skrivit här i ett annat fönster"
        if item.reviewed_by_id == reader_id
        else f"{item.reviewed_by} har också skrivit här"
    )
    found = Outcome(item.outcome).label if item.outcome else "inget valt än"
    comment = f" ”{item.comment}”" if item.comment else ""
    return f"{who}: {found}.{comment} Skicka igen om ditt ska gälla."


def nothing_left(month: Any, rule: str, last: Any) -> tuple[str, str]:
    """What stands where no row does, as a heading and a text: that all is closed, by whom and when, or that nothing was found.

    *month*: of ``rules.rounds``. *last*: of ``rules.last_closed``.
    """
    name = month_and_year(month.month)
    if not month.total:
        return "Inget att granska", f"Varken stickprovet eller reglerna hittade något i {name}."
    others = left_of_others(month.open) if rule else ""
    if last is None:
        return "Inget med det skälet", others or f"Allt annat för {name} är avslutat."
    heading = f"Inget kvar med skälet ”{Rule(rule).label}”" if rule else f"{first_capital(name)} är klar"
    return heading, f"{all_closed(last)} {others}".rstrip()


def all_closed(last: Any) -> str:
    by = f"av {last.reviewed_by.name} {iso(last.closed_at)}"
    return f"Den enda är avslutad, {by}." if last.of == 1 else f"Alla {last.of} är avslutade, den sista {by}."


def left_of_others(left: int) -> str:
    """How many are open in a month where none of the chosen reason is."""
    if left > 1:
        return f"{amount_in_words(left)} läsningar med andra skäl är kvar."
    return "En läsning med ett annat skäl är kvar." if left else ""


def what_was_done(entry: LogRow, moved: str = "") -> str:
    """What a row tells of, as a sentence without its subject. *moved*: from which unit to which, of a role that was."""
    if entry.event == "read" and entry.what != "step":
        return first_capital(opened_unseen(entry.what)) or f"Läste {READ.get(entry.what, 'ärendet')}"
    if entry.event == "sent" and entry.what in SENT:
        return SENT[entry.what]
    if entry.event == "searched" and entry.case_ref is None:
        return NO_HIT
    if entry.setting is not None and (saved := SAVED.match(entry.what)) and saved[1] in KINDS:
        return what_was_set(saved[1], saved[2], entry.setting, entry.fields)
    if entry.event in ("read", "denied", "opened", "sent"):
        return what_was_done_at(entry.event, page(entry.what))
    if entry.event == "looked_up" and entry.what in Why:
        return f"{DID['looked_up']}: {reason(entry.what)}"
    if entry.event in OF_MEMBERSHIPS and entry.what in Role:
        of = "; ".join(filter(None, (entry.fields, moved)))
        return f"{DID[entry.event]}: {Role(entry.what).label}{of and f', {of}'}"
    if entry.event == "account_changed" and entry.fields:
        return f"{DID[entry.event]}: {entry.fields}"
    if entry.event == "log_read" and entry.what in PAGES:
        return f"Läste {PAGES[entry.what]}"
    return DID.get(entry.event) or first_capital(EVENTS.get(entry.event, UNTOLD))


def what_was_set(kind: str, action: str, name: str, fields: str) -> str:
    """ "Ändrade insatsen Knutpunkten: platser"; without the name where the row is gone."""
    said = f"{DONE[action]} {KINDS[kind]} {name}" if name else f"{DONE[action]} {KINDS[kind].removesuffix(' för')}"
    return f"{said}: {fields}" if fields else said


def what_was_done_at(event: str, where: str) -> str:
    """What a row tells of that says no more than the page; *where*: its name, or what it is for ("att bjuda in någon")."""
    purpose = where.removeprefix("att ") if where.startswith("att ") else ""
    if event == "denied":
        return f"Fick inte {purpose or f'öppna {where}'}"
    if event == "sent":
        return f"Skickade ett formulär{f' för {where}' if purpose else f': {where}'}"
    return f"Öppnade {f'sidan för {where}' if purpose else where}"


def reason(why: str) -> str:
    """Why a person was looked up, in words that go on a sentence."""
    words = Why(why).label
    return words[:1].lower() + words[1:]


def first_capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def page(name: str) -> str:
    """A page by its address's name, in Swedish."""
    if name in OF_SETTINGS or EACH_SETTING.search(name):
        return SETTINGS
    return PAGES.get(name) or READ.get(name) or UNNAMED
