"""Words for the participant: plain, whole, and without the routine's own terms."""

from knutpunkten.cases.models import State
from knutpunkten.organisations.models import Role

# What somebody read, by what the page says it shows.
READ = {
    "case": "Läste ditt ärende",
    "step": "Läste ditt ärende",
    "events": "Läste vad som har hänt i ditt ärende",
    "consent": "Läste ditt samtycke",
    "consent_form": "Öppnade sidan där ditt samtycke skrivs, innan något stod där",
    "consent_pdf": "Skrev ut ditt samtycke",
    "referral": "Läste din remiss",
    "referral_pdf": "Skrev ut din remiss",
    "shared": "Gick igenom vad som har delats",
    "placement": "Läste om din arbetsträning eller praktik",
    "plan": "Läste din plan",
    "plan_pdf": "Skrev ut din plan",
    "mapping": "Läste din kartläggning",
    "knowledge": "Läste vad myndigheterna har lämnat ut",
    "own_knowledge": "Läste sin egen enhets formulär inför ärendemötet",
    "meeting": "Läste inför ärendemötet",
    "first_meeting": "Läste om första mötet",
    "contract": "Skrev ut kontraktet",
    "follow_up": "Läste din plan inför uppföljningen",
    "attendance": "Läste det som står om din närvaro",
    "closing": "Läste hur det gick",
    "report_pdf": "Skrev ut slutdokumentationen",
    "file": "Öppnade en bilaga",
    "read_file": "Öppnade en bilaga",
    "files": "Läste vilka bilagor som finns",
    "reads": "Läste vilka som har läst om dig",
    "reviewed_person": "Tog fram vilka som har läst om dig",
    "searched": "Fick upp ditt namn i en sökning",
    # Opened by somebody whom the page had nothing to show: no consent gave them any of it.
    "consent_unseen": "Öppnade sidan med ditt samtycke, men fick inte se något",
    "referral_unseen": "Öppnade sidan med din remiss, men fick inte se något",
    "referral_pdf_unseen": "Öppnade din remiss som PDF, men fick inte se något",
    "knowledge_unseen": "Öppnade sidan med det myndigheterna har lämnat ut, men fick inte se något",
    "plan_unseen": "Öppnade sidan med din plan, men fick inte se något",
    "mapping_unseen": "Öppnade sidan med din kartläggning, men fick inte se något",
    "follow_up_unseen": "Öppnade sidan om uppföljningen, men fick inte se något",
    "closing_unseen": "Öppnade sidan om hur det gick, men fick inte se något",
}
READ_OTHERWISE = "Läste ditt ärende"
READ_FIRST = "Läste "  # said once of several things

# How several people of a role are called, where it is not as one of them is.
SEVERAL = {Role.REPRESENTATIVE: "representanter", Role.ADMINISTRATOR: "administratörer"}

# What somebody changed, by the event. What is not here is not told to the person: see ``NOT_TOLD``.
CHANGED = {
    "begun": "Började skriva din remiss",
    "wrote": "Skrev i din remiss",
    "file_added": "Lade till en bilaga",
    "file_removed": "Tog bort en bilaga",
    "consent_written": "Började skriva ett samtycke",
    "sign_consent": "Registrerade ditt samtycke",
    "withdrawn": "Tog emot att du tog tillbaka ditt samtycke",
    "hand_over": "Lämnade in din remiss",
    "hand_over_directly": "Lämnade in din remiss",
    "hand_over_consultation": "Lämnade in din remiss",
    "send_back": "Skickade tillbaka din remiss för att ändras",
    "send_back_directly": "Skickade tillbaka din remiss för att ändras",
    "reopen": "Tog upp din remiss igen",
    "announce": "Anmälde ditt ärende till gruppen",
    "announce_consultation": "Lämnade din remiss till gruppen",
    "set_agenda": "Satte upp ditt ärende till ett möte",
    "move_meeting": "Flyttade dagen då gruppen tar upp ditt ärende",
    "disclose": "Svarade gruppen vad de vet om dig",
    "amend_knowledge": "Ändrade det de hade svarat gruppen",
    "knowledge_taken_back": "Tog tillbaka det de hade svarat gruppen",
    "note_unanswered": "Skrev ner vad en myndighet svarade, eller att den inte svarade",
    "admit": "Skrev ner gruppens besked",
    "queue": "Skrev ner gruppens besked",
    "return": "Skrev ner gruppens besked",
    "postpone": "Flyttade ditt ärende till ett senare möte",
    "give_notice": "Lämnade gruppens besked",
    "confirm_notice": "Tog emot gruppens besked",
    "offer": "Erbjöd dig en plats",
    "take_back_offer": "Tog tillbaka erbjudandet om en plats",
    "accept": "Tackade ja till en plats åt dig",
    "decline": "Tackade nej till en plats åt dig",
    "present": "Skrev att gruppen har pratat om din fråga",
    "close_consultation": "Skickade gruppens råd",
    "service_decision": "Skrev in beslut om insats",
    "allocate": "Utsåg din handledare",
    "change_supervisor": "Utsåg en ny handledare",
    "hand_on": "Lämnade över ditt ärende till en kollega",
    "named_handed_on": "Lämnade över något i din plan till en kollega",
    "book_first_meeting": "Bokade ditt första möte",
    "hold_first_meeting": "Skrev ner det ni kom överens om på första mötet",
    "amend_first_meeting": "Ändrade det ni kom överens om på första mötet",
    "amend_service_decision": "Ändrade beslut om insats",
    "start": "Skrev att du har börjat",
    "mapping_saved": "Skrev i din kartläggning",
    "mapping_disclosed": "Lämnade ut en del av din kartläggning",
    "mapping_taken_back": "Slutade lämna ut en del av din kartläggning",
    "finish_mapping": "Gjorde klart din kartläggning",
    "plan_begun": "Började skriva på din plan",
    "plan_saved": "Skrev i din plan",
    "agree_plan": "Skrev att ni är överens om din plan",
    "sub_goal_marked": "Ändrade hur långt ett delmål har kommit",
    "follow_up": "Gjorde en uppföljning",
    "placement_planned": "Planerade arbetsträning eller praktik",
    "placement_changed": "Ändrade din arbetsträning eller praktik",
    "placement_ended": "Avslutade din arbetsträning eller praktik i förtid",
    "enrolled": "Planerade in dig på arbetspass",
    "unenrolled": "Tog bort dig från arbetspass",
    "attendance": "Fyllde i din närvaro",
    "attendance_undone": "Ångrade din närvaro",
    "closing_saved": "Skrev i din slutdokumentation",
    "close": "Avslutade och gjorde klart slutdokumentationen",
    "cancel": "Avbröt ditt ärende",
    "cancel_placed": "Avbröt ditt ärende",
    "protected": "Ändrade hur dina uppgifter skyddas",
    "protection_ended": "Ändrade hur dina uppgifter skyddas",
    "disposed": "Tog bort ett gammalt ärende om dig",
}
PART_WITHDRAWN = "Tog emot att du tog tillbaka en del av ditt samtycke"
# Reminders change nothing. What a unit knows is its own until it answers; who reads of a protected person is told by phone.
NOT_TOLD = (
    *("remind", "sub_goal_reminded", "consent_warned", "party_warned"),
    *("knowledge_saved", "reader_named", "reader_ended"),
)

# What the list of all of it can be asked for.
KINDS_SHOWN = (("", "Allt"), ("lasningar", "Läsningar"), ("andringar", "Ändringar"))

WHERE = {
    State.DRAFT: "Din handläggare och du skriver remissen.",
    State.HANDED_OVER: "Remissen är inlämnad.",
    State.ANNOUNCED: "Ditt ärende tas upp på ett möte.",
    State.QUEUED: "Du är antagen och står i kö för en plats.",
    State.PLACED: "Du har fått en plats.",
    State.RETURNED: "Det blev ingen plats den här gången. Din handläggare berättar varför.",
    State.ALLOCATED: "Du har fått en handledare.",
    State.ACTIVE: "Du deltar.",
    State.PRESENTED: "Din handläggare har pratat med gruppen och får råd.",
    State.CLOSED: "Det här är avslutat.",
    State.CANCELLED: "Det här är avbrutet.",
}
OFFERED = "Du är erbjuden en plats. Din handläggare pratar med dig om den."
# In place of those, while no consent lets the team work.
AT_REST = {
    State.ANNOUNCED: "Ditt ärende vilar just nu, och tas inte upp på något möte.",
    State.PRESENTED: "Gruppen har pratat om din fråga. Råden vilar just nu.",
    State.ACTIVE: "Din plats är kvar. Arbetet vilar just nu.",
}

ROLES = {
    Role.CASEWORKER: "din handläggare",
    Role.REPRESENTATIVE: "representanten",
    Role.COORDINATOR: "samordnaren",
    Role.SUPERVISOR: "din handledare",
}

# What the plan may call the person themself, beside their name.
THEMSELF = ("deltagaren", "jag", "jag själv")
