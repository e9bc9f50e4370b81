"""What the page of components shows: invented people around one week in November 2026."""

import datetime as dt
from typing import Any

from django import forms

from knutpunkten.ui.fields import ChoiceField, DateField, SpokenErrors, TimeField

TODAY = dt.date(2026, 11, 17)
COLOURS = [
    "paper",
    "paper-2",
    "line",
    "edge",
    "ink-2",
    "ink",
    "teal",
    "teal-d",
    "teal-05",
    "teal-10",
    "turn",
    "turn-10",
    "late",
    "late-10",
    "done",
    "done-10",
    "kommun",
    "af",
    "fk",
    "region",
]

TAGS = [
    ("turn", "Din tur"),
    ("waiting", "Väntar på Ulrika Fors"),
    ("late", "Försenad 4 dagar"),
    ("soon", "Senast imorgon"),
    ("later", "Senast v. 48"),
    ("state", "Deltar"),
    ("done", "Klar"),
    ("ongoing", "Pågår"),
    ("locked", "Kan inte påbörjas än"),
    ("protected", "Skyddade uppgifter"),
]

PERSON_BAR: dict[str, Any] = {
    "name": "Leif Sandqvist",
    "number": "197804112394",
    "state": "Har plats",
    "next_step": "Boka första mötet",
    "yours": True,
    "due": dt.date(2026, 11, 20),
    "today": TODAY,
    "url": "#",
}

STEPS = [
    {"label": "Remiss", "note": "2026-09-28", "state": "past"},
    {"label": "Ärendemöte", "note": "2026-10-22", "state": "past"},
    {"label": "Besked", "note": "Plats 2026-11-12", "state": "past"},
    {"label": "Första möte", "note": "Din tur", "state": "current", "yours": True},
    {"label": "Genomförande", "note": "Efter mötet", "state": "future"},
    {"label": "Avslut", "note": "Senare", "state": "future"},
]

NEXT_STEP: dict[str, Any] = {
    "yours": True,
    "heading": "Boka första mötet",
    "text": "Med Leif, Johan Wik och dig. Gärna före fredag 2026-11-20.",
    "action": {"label": "Boka möte", "url": "#"},
    "blocked": {
        "heading": "Starta insatsen går inte än",
        "text": "Tre saker ska vara på plats. En är klar.",
        "needs": [
            {"state": "done", "what": "Handledare är utsedd", "who": "Du, sedan 2026-11-13"},
            {
                "state": "open",
                "what": "Beslut om insats saknas",
                "who": "Johan Wik, Västerviks kommun, registrerar datum och diarienummer.",
                "action": {"label": "Påminn Johan", "url": "#"},
            },
            {
                "state": "open",
                "what": "Kontrakt och dataskyddsinformation är inte påskrivna",
                "who": "Leif skriver på vid första mötet. Du skriver ut dem.",
                "action": {"label": "Skriv ut", "url": "#"},
            },
        ],
    },
}

TASKS = [
    {
        "title": "Följ upp planen för Tobias Nygren",
        "url": "#",
        "why": "Mötet skulle ha hållits fre 2026-11-13. Peter Ågren är ledig. Tar du det eller fördelar du om?",
        "due": dt.date(2026, 11, 13),
        "action": {"label": "Öppna", "url": "#"},
    },
    {
        "title": "Lägg fast dagordningen till ärendemötet",
        "url": "#",
        "why": "6 ärenden och 2 konsultationer. En representant har inte lämnat uppgifter än.",
        "due": TODAY,
        "action": {"label": "Dagordning", "url": "#"},
    },
    {
        "title": "Två personer har nästan samma namn",
        "url": "#",
        "why": "Maria Lindqvist 19780411-2386 och Maria Lindkvist 19780711-9305. Kontrollera numret innan du går vidare.",
        "due": dt.date(2026, 11, 20),
        "action": {"label": "Jämför", "url": "#"},
    },
    {
        "title": "Bekräfta tiden för studiebesök v. 1",
        "url": "#",
        "why": "Tisdagen är trettondagsafton, 2027-01-05. Behåll, flytta eller ställ in?",
        "due": dt.date(2026, 12, 10),
        "action": {"label": "Bestäm", "url": "#"},
    },
]

WAITING = [
    ("Sofie Bergdahl", "Lämna uppgifter till mötet", "AF", "af", "Mats Lindahl", dt.date(2026, 11, 16)),
    ("Leif Sandqvist", "Beslut om insats", "VK", "kommun", "Johan Wik", dt.date(2026, 11, 18)),
    ("Fatuma Warsame", "Förnya samtycket, slutar 2026-11-30", "VK", "kommun", "Nadja Berg", dt.date(2026, 11, 26)),
    ("KP-0417", "Komplettera remissen", "RK", "region", "Ulrika Fors", dt.date(2026, 11, 27)),
]

PARTS = [
    {
        "number": 4,
        "label": "Målgruppen",
        "url": "#",
        "hint": "Ålder, vilja, samverkansbehov och pågående beroende",
        "tag": ("done", "Klar"),
    },
    {
        "number": 5,
        "label": "Nuläge",
        "url": "#",
        "hint": "Vad fungerar, vad hindrar och vad är prövat?",
        "tag": ("ongoing", "Pågår"),
    },
    {
        "number": 6,
        "label": "Kontakter med myndigheter",
        "url": "#",
        "hint": "Alla kända kontakter, inte bara de som är öppna nu",
        "tag": ("later", "Ej påbörjad"),
    },
    {
        "number": 10,
        "label": "Kontrollera och lämna till Nadja Berg",
        "hint": "Öppnas när del 5–8 är klara",
        "tag": ("locked", "Kan inte påbörjas än"),
        "locked": True,
    },
]

NOW = dt.datetime(2026, 11, 17, 7, 47, tzinfo=dt.UTC)
EVENTS = [
    {"mark": "KP", "kind": "team", "who": "Elin Strand", "text": "tog emot ärendet", "at": NOW - dt.timedelta(days=4)},
    {
        "mark": "KP",
        "kind": "team",
        "who": "Karin Hallgren",
        "text": "lämnade besked: plats. Johan Wik och Nadja Berg har fått det.",
        "at": NOW - dt.timedelta(days=5),
    },
    {
        "mark": "AF",
        "kind": "af",
        "who": "Mats Lindahl",
        "text": "lämnade ut Arbetsmarknad med stöd av samtycket",
        "at": NOW - dt.timedelta(days=29),
    },
    {
        "mark": "VK",
        "kind": "kommun",
        "who": "Johan Wik",
        "text": "och Leif lämnade in remissen",
        "at": NOW - dt.timedelta(days=50),
    },
]

AGENCY_CARDS: list[dict[str, Any]] = [
    {
        "mark": "VK",
        "kind": "kommun",
        "name": "Västerviks kommun",
        "sections": [
            (
                "Social situation och ekonomi",
                ["Försörjningsstöd sedan 2025-02", "Bor med sin son, 9 år, varannan vecka", "Kassör i en förening"],
            )
        ],
        "can_contribute": "Barnomsorg före kl. 08 under insatsen",
        "disclosed_by": "Nadja Berg",
        "disclosed_on": dt.date(2026, 11, 11),
    },
    {
        "mark": "AF",
        "kind": "af",
        "name": "Arbetsförmedlingen",
        "sections": [
            ("Arbetsmarknad", ["Inskriven sedan 2024-08", "Praktik på lager, 4 veckor: avbröts", "Praktik på kontor"])
        ],
        "can_contribute": "Handledd praktik på kontor från januari",
        "disclosed_by": "Mats Lindahl",
        "disclosed_on": dt.date(2026, 11, 18),
    },
    {
        "mark": "FK",
        "kind": "fk",
        "name": "Försäkringskassan",
        "sections": [("Ersättning", ["Ingen pågående ersättning", "Sjukpenning 2023-05 till 2024-07"])],
        "can_contribute": "Besked om rehabiliteringspenning i december",
        "disclosed_by": "Helena Ros",
        "disclosed_on": dt.date(2026, 11, 12),
    },
    {"mark": "RK", "kind": "region", "name": "Region Kalmar län", "party": False},
]

AGENDA = [
    ("09:30", "Gunilla Ask", "Återremiss", "past"),
    ("09:45", "Maria Lindqvist", "Plats", "past"),
    ("10:00", "Sofie Bergdahl", "Nu, till 10:15", "current yours"),
    ("10:15", "Paus", "15 minuter", "pause"),
    ("10:30", "KP-0417", "Skyddade uppgifter", ""),
]
DECISIONS = [
    ("place", "Plats", "ingen ledig", False),
    ("queue", "Kö", "blir nr 4", True),
    ("return", "Återremiss", "", True),
    ("next", "Nästa möte", "", True),
]


def _cell(title: str, *lines: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "lines": lines, **more}


WEEK: dict[str, Any] = {
    "days": [
        {"name": name, "date": dt.date(2026, 11, 16 + i), "today": i == 1}
        for i, name in enumerate(("Mån", "Tis", "Ons", "Tors", "Fre"))
    ],
    "rows": [
        {
            "start": "08:00",
            "end": "09:50",
            "cells": [
                _cell("Nätverk", "Elin Strand", "Stora rummet", tag=("done", "9 av 10"), url="#"),
                _cell("7TJUGO, tema 4", "Elin Strand", "Stora rummet", tag=("soon", "Närvaro"), url="#", current=True),
                _cell("Medicinsk yoga", "Ylva Sand", "Rörelserummet", note="8 anmälda"),
                _cell("Styrketräning", "Ylva Sand", "Gymmet", note="7 anmälda"),
                _cell("Föreningar och fritid", "Peter Ågren", "Stora rummet", note="10 anmälda"),
            ],
        },
        {"break": "09:50–10:10 Fika"},
        {
            "start": "10:10",
            "end": "12:00",
            "cells": [
                _cell("Rättigheter", "Peter Ågren", "Stora rummet", tag=("done", "9 av 10"), url="#"),
                _cell("Jobbsök och vägledning", "Peter Ågren", "Datasalen", note="11 anmälda"),
                None,
                _cell("Studiebesök ute", "Elin Strand", "Återbruket", note="9 anmälda"),
                _cell("NADA", "Ylva Sand", "Vilrummet", note="6 anmälda"),
            ],
        },
    ],
}

CAME = [("yes", "Kom"), ("no", "Kom inte", "no")]
ATTENDANCE = [("Amira Haddad", "yes"), ("Jens Hult", "no"), ("Lotta Svahn", "yes")]
PRESENCES = [
    ("Amira Haddad", ["yes", "yes", "yes", "planned", "none"], "6 av 16"),
    ("Jens Hult", ["yes", "yes", "no", "none", "planned"], "4 av 14"),
    ("Pär Öhman", ["yes", "yes", "part", "planned", "planned"], "5 av 18"),
]
SUB_GOALS = [
    ("past", "Hälsa på i skolköket i Gamleby", "", "", "Amira och Elin Strand", "klart", dt.date(2026, 10, 30)),
    ("current", "Provvecka i skolköket, tre förmiddagar", "KP", "team", "Elin Strand", "senast", dt.date(2026, 11, 27)),
    (
        "overdue",
        "Läkarutlåtande om arbetsförmåga",
        "RK",
        "region",
        "Gamleby hälsocentral",
        "senast",
        dt.date(2026, 11, 8),
    ),
    ("", "Handledd praktik från januari", "AF", "af", "Mats Lindahl", "senast", dt.date(2027, 1, 11)),
]
OUTCOMES = [("Arbete", 14), ("Studier", 9), ("Fortsatt stöd hos myndighet", 6), ("Annat", None)]


class PresentSituation(SpokenErrors, forms.Form):
    """A form with every kind of field, as the referral's part 5 draws it."""

    works = forms.CharField(
        label="Vad fungerar bra?",
        help_text="Styrkor, intressen och det som ger energi.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    hinders = forms.CharField(
        label="Vad hindrar arbete just nu?",
        help_text="Skriv det som har betydelse för stödet, inte hela historien.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Beskriv vad som hindrar Nora att arbeta just nu"},
    )
    means = forms.MultipleChoiceField(
        label="Hur försörjer hon sig idag?",
        help_text="Välj allt som stämmer.",
        choices=[
            (w, w) for w in ("Försörjningsstöd", "Sjukpenning", "Aktivitetsstöd", "Sjukersättning", "Lön", "Annat")
        ],
        widget=forms.CheckboxSelectMultiple(attrs={"data-columns": "2"}),
    )
    since = DateField(label="Sedan när?", help_text="Datum, till exempel 2026-09-15")
    at = TimeField(label="Vilken tid passar bäst?", required=False)
    interpreter = forms.ChoiceField(
        label="Behövs tolk?",
        choices=[("yes", "Ja"), ("no", "Nej")],
        widget=forms.RadioSelect(attrs={"data-columns": "inline"}),
    )
    responsible = ChoiceField(label="Ansvarig för nästa steg", choices=[("1", "Nadja Berg"), ("2", "Johan Wik")])
    investigation = forms.FileField(label="Utredning", help_text="PDF, högst 10 MB.", required=False)
    read = forms.BooleanField(label="Nora har läst det här och håller med")


FILLED = {
    "works": "Kommer i tid till allt hon har lovat. Tycker om att ordna saker och har lätt för siffror. "
    "Har skött föreningens kassa i två år.",
    "means": ["Försörjningsstöd"],
    "since": "15/9 2024",
    "interpreter": "no",
    "responsible": "1",
    "read": "on",
}
SPARKS = [2, 3, 3, 5, 6]
EVENT_KINDS = [("Alla", "#", True), ("Besked", "#", False), ("Delat", "#", False), ("Läst", "#", False)]
