"""Words for the participant: plain, whole, and without the routine's own terms."""

from knutpunkten.cases.models import State
from knutpunkten.organisations.models import Role

# What somebody read, by what the page says it shows.
READ = {
    "case": "Läste ditt ärende",
    "step": "Läste ditt ärende",
    "events": "Läste vad som har hänt i ditt ärende",
    "consent": "Läste ditt samtycke",
    "consent_pdf": "Skrev ut ditt samtycke",
    "referral": "Läste din remiss",
    "referral_pdf": "Skrev ut din remiss",
    "shared": "Gick igenom vad som har delats",
    "plan": "Läste din plan",
    "plan_pdf": "Skrev ut din plan",
    "mapping": "Läste din kartläggning",
    "knowledge": "Läste vad myndigheterna har lämnat ut",
    "meeting": "Läste inför ärendemötet",
    "first_meeting": "Läste om första mötet",
    "contract": "Skrev ut kontraktet",
    "follow_up": "Läste din plan inför uppföljningen",
    "closing": "Läste hur det gick",
    "report_pdf": "Skrev ut slutdokumentationen",
    "file": "Öppnade en bilaga",
    "read_file": "Öppnade en bilaga",
    "files": "Läste vilka bilagor som finns",
    "reads": "Läste vilka som har läst om dig",
    "searched": "Fick upp ditt namn i en sökning",
}
READ_OTHERWISE = "Läste ditt ärende"

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

ROLES = {
    Role.CASEWORKER: "din handläggare",
    Role.REPRESENTATIVE: "representanten",
    Role.COORDINATOR: "samordnaren",
    Role.SUPERVISOR: "din handledare",
}

# What the plan may call the person themself, beside their name.
THEMSELF = ("deltagaren", "jag", "jag själv")
