"""What a notice says, by its event: the steps of the routine, and what happens beside them.

The words are made when the notice is read, never stored: a better sentence mends old notices too.
None of them says who the case is about.
"""

from dataclasses import dataclass

from knutpunkten.notices.models import Notice


@dataclass(frozen=True)
class Words:
    """*what* happened, and what the reader may want to do about it."""

    what: str
    then: str = ""


WORDS: dict[str, Words] = {
    "sign_consent": Words("Ett nytt samtycke är påskrivet", "Ärendet kan gå vidare."),
    "hand_over": Words(
        "En remiss är inlämnad till representanten",
        "Nästa steg är representantens: att anmäla ärendet till gruppen eller skicka tillbaka det, om det inte är gjort.",
    ),
    "hand_over_directly": Words("En remiss är inlämnad", "Ärendet tas upp på nästa ärendemöte."),
    "hand_over_consultation": Words(
        "En konsultationsremiss är inlämnad till representanten",
        "Nästa steg är representantens: att lämna den till gruppen, om det inte är gjort.",
    ),
    "announce": Words(
        "Ett ärende är anmält till gruppen",
        "Nästa steg är att ta reda på vad din enhet vet, om ni är part och inte har svarat.",
    ),
    "announce_consultation": Words("En konsultation är lämnad till gruppen", "Läs remissen före mötet."),
    "send_back": Words("Remissen har kommit tillbaka", "Läs vad som saknas."),
    "send_back_directly": Words(
        "Remissen har kommit tillbaka", "Läs vad som saknas. Ärendet är borta från dagordningen."
    ),
    "disclose": Words("En enhet har svarat vad den vet"),
    "set_agenda": Words("Ärendet står på dagordningen", "Nu kan parterna läsa remissen."),
    "move_meeting": Words("Ärendet tas upp en annan dag", "Läs i ärendet vilken."),
    "note_unanswered": Words("Uppgifter till mötet saknas", "Det är noterat vem som inte har svarat."),
    "admit": Words(
        "Gruppen har sagt ja till en plats", "Nästa steg är att lämna besked till handläggaren, om det inte är gjort."
    ),
    "queue": Words(
        "Gruppen har sagt ja, med plats i kön",
        "Nästa steg är att lämna besked till handläggaren, om det inte är gjort.",
    ),
    "return": Words(
        "Gruppen har återremitterat ärendet",
        "Nästa steg är att lämna besked till handläggaren och berätta varför, om det inte är gjort.",
    ),
    "postpone": Words("Ärendet är flyttat till ett senare möte"),
    "give_notice": Words(
        "Du har fått besked efter ärendemötet",
        "Nästa steg är att läsa det och bekräfta att det har kommit fram, om det inte är gjort.",
    ),
    "confirm_notice": Words("Handläggaren har bekräftat beskedet"),
    "offer": Words("En plats erbjöds", "Nästa steg är att prata med personen och svara, om det inte är gjort."),
    "accept": Words("Ja till erbjuden plats", "Nästa steg är att utse en handledare, om det inte är gjort."),
    "decline": Words("Nej till erbjuden plats", "Den erbjuds nästa i kön, om det finns någon mer att fråga."),
    "take_back_offer": Words("Ett erbjudande om plats är återtaget", "Ärendet står kvar i kön. Läs varför."),
    "service_decision": Words("Beslut om insats är registrerat"),
    "allocate": Words("Ärendet har fått en handledare", "Nästa steg är att boka första mötet, om det inte är gjort."),
    "book_first_meeting": Words("Första mötet är bokat"),
    "first_meeting_called_off": Words(
        "Ett första möte du är inbjuden till är inställt", "Ta bort det ur din kalender."
    ),
    "not_invited": Words("Du är inte längre inbjuden till ett första möte", "Ta bort det ur din kalender."),
    "hold_first_meeting": Words("Första mötet är hållet"),
    "amend_service_decision": Words("Beslutet om insats är ändrat", "Läs i ärendet vad som är ändrat, och varför."),
    "amend_first_meeting": Words(
        "Det som kom fram på första mötet är ändrat", "Läs i ärendet vad som är ändrat, och varför."
    ),
    "start": Words("Insatsen har startat"),
    "finish_mapping": Words("Kartläggningen är klar"),
    "agree_plan": Words("Genomförandeplanen är överenskommen", "Läs den och se vad som är ert ansvar."),
    "follow_up": Words("Planen är uppföljd", "Läs vad ni kom överens om."),
    "close": Words(
        "Insatsen är avslutad",
        "Slutdokumentationen läses utanför teamet bara med stöd av ett samtycke som omfattar planeringen.",
    ),
    "present": Words("Konsultationen är presenterad på mötet"),
    "close_consultation": Words("Råden efter konsultationen är nedskrivna", "Läs dem."),
    "reopen": Words("Remissen är upptagen igen"),
    "cancel": Words("Ärendet är avbrutet"),
    "cancel_placed": Words("Insatsen är avbruten"),
    "withdrawn": Words("Samtycket har tagits tillbaka", "Läs i ärendet vad det betyder."),
    "part_withdrawn": Words(
        "En del av samtycket har tagits tillbaka", "Läs i ärendet vem det gäller och vad det betyder."
    ),
    "own_part_withdrawn": Words(
        "Din enhets del i ett samtycke har tagits tillbaka",
        "Då slutade ni se det som andra skriver. Det ni själva har skrivit har ni kvar.",
    ),
    "hand_on": Words("Ett ärende är överlämnat till dig", "Du är handläggare för det från och med nu."),
    "change_supervisor": Words("Ärendet har fått en ny handledare"),
    "named_responsible": Words(
        "Du är ansvarig för nästa steg efter ärendemötet", "Läs i ärendet vad gruppen gav, och till när."
    ),
    "named_handed_on": Words("Ett delmål eller ett nästa steg har bytt ansvarig", "Läs vem som ansvarar för vad."),
    "to_hand_on": Words(
        "Ett ärende blev utan någon som är ansvarig", "Lämna över det till en kollega, om det inte är gjort."
    ),
    "consent_ends_30": Words(
        "Ett samtycke löper ut inom 30 dagar", "Ett nytt behövs om ärendet ska gå vidare efter det."
    ),
    "consent_ends_7": Words(
        "Ett samtycke löper ut inom en vecka", "Ett nytt behövs om ärendet ska gå vidare efter det."
    ),
    "party_ends_30": Words(
        "En enhets del i samtycket löper ut inom 30 dagar",
        "De andra parternas går vidare. Fråga om det ska vara så.",
    ),
    "party_ends_7": Words(
        "En enhets del i samtycket löper ut inom en vecka",
        "De andra parternas går vidare. Fråga om det ska vara så.",
    ),
    "name_reader": Words(
        "Du blev ombedd att utse en läsare i ett ärende med skyddade personuppgifter",
        "Om det fortfarande behövs står det under Läsare i skyddade ärenden.",
    ),
    "named_reader": Words(
        "Du är utsedd att läsa ett ärende med skyddade personuppgifter",
        "Du ser det så långt det är öppet för din enhet.",
    ),
    "protected": Words(
        "Personen har skyddade personuppgifter",
        "Ärendet har fått ett nytt nummer och syns bara för dig och de andra ansvariga.",
    ),
    "protection_ended": Words(
        "Skyddet har upphört i ett ärende du har läst",
        "Stämmer det inte: skriv in det på nytt, eller ring handläggaren.",
    ),
    # Beside them stands the day of the visit; of one that is moved, the new day.
    "visit_booked_for": Words(
        "Ett studiebesök är bokat åt dig", "Samordnaren bokade det. Lägg in det i kalendern under Studiebesök."
    ),
    "visit_moved": Words("Ett studiebesök du har bokat har fått en ny tid", "Se den under Studiebesök."),
    "visit_called_off": Words("Ett studiebesök du har bokat är inställt", "Boka en ny tid under Studiebesök."),
    "booking_called_off": Words(
        "Ett studiebesök du har bokat är avbokat", "Stämmer det inte: boka igen under Studiebesök."
    ),
    # Of a case meeting stand its programme and days, for those of the group and whoever presents a consultation there.
    "meeting_planned": Words("Ett ärendemöte till är planerat", "Se det under Ärendemöten."),
    "meeting_moved": Words("Ett ärendemöte har fått en ny dag", "Se den under Ärendemöten."),
    "meeting_changed": Words("Ett ärendemöte har fått en ny tid eller plats", "Se dagordningen, eller ditt ärende."),
    "meeting_called_off": Words("Ett ärendemöte är inställt", "Stod något på dagordningen tas det upp på nästa möte."),
    "meeting_restored": Words(
        "Ett inställt ärendemöte blir av",
        "Stod något på dagordningen som inte har tagits upp sedan dess, är det tillbaka.",
    ),
    "reminder": Words("Något väntar på dig och tiden har gått ut"),
    "remind": Words("Någon påminner dig om något som väntar på dig"),
    "reminded": Words("Någon påminner dig om något som väntar på dig"),
}

# Where the notice keeps which day the meeting has got, or from when to when it is moved.
ON_DAY = {
    # With its meeting, or from one that was held without it.
    "move_meeting": Words("Ärendet är flyttat till mötet {}"),
    "postpone": Words("Ärendet är flyttat till mötet {}"),
    "book_first_meeting": Words("Första mötet är flyttat {}"),
}

UNKNOWN = Words("Något har hänt i ärendet")

# What is told of one's own part in the case, and goes on being told where one sees it no more. What has happened to the
# person meanwhile does not: with the consent goes what it told (W1).
OF_ONES_OWN = {
    *(
        "announce",
        "announce_consultation",
        "withdrawn",
        "part_withdrawn",
        "own_part_withdrawn",
        "party_ends_30",
        "party_ends_7",
    ),
    *("consent_ends_30", "consent_ends_7", "first_meeting_called_off", "not_invited", "reminder", "remind", "reminded"),
    *("named_responsible", "named_handed_on", "name_reader", "named_reader", "protected", "protection_ended"),
}
CLOSED = Words("Något hände i ärendet medan din enhet var part")


def words_of(notice: Notice, *, follows: bool = True) -> Words:
    """The words of *notice*; a plain sentence for an event from before the words were written.

    *follows*: whether what happens in its case is open to the reader.
    """
    if not follows and notice.event not in OF_ONES_OWN:
        return CLOSED
    if notice.about and notice.event in ON_DAY:
        return Words(ON_DAY[notice.event].what.format(notice.about))
    return WORDS.get(notice.event, UNKNOWN)
