"""One filled document of each kind, about invented people (the cast), for the tests of documents."""

FRAME = {
    "programme": "Knutpunkten",
    "host": "Västerviks kommun",
    "case_number": "S-2026-087",
    "person": {"name": "Leif Sandqvist", "number": "19780411-2394"},
    "printed_on": "2026-11-17",
    "printed_by": "Elin Strand",
}
SENDER = {
    "name": "Johan Wik",
    "role": "handläggare",
    "unit": "Försörjningsstöd",
    "agency": "Västerviks kommun",
    "phone": "08-465 004 12",
    "mail": "johan.wik@vastervik.example",
    "now": "Sara Lind",
}


def part(heading, text, shared=True):
    return {
        "heading": heading,
        "answers": [{"question": "Hur ser det ut?", "answer": text}] if shared else [],
        "shared": shared,
        "author": "Johan Wik" if shared else "",
        "author_unit": "Försörjningsstöd" if shared else "",
        "written_on": "2026-09-24" if shared else "",
        "disclosed_by": "Nadja Berg" if shared else "",
        "disclosed_on": "2026-10-14" if shared else "",
        "consent_from": "2026-10-01" if shared else "",
    }


REACH = {
    "heading": "Så når vi Leif",
    "answers": [
        {"question": "Telefon", "answer": "070-174 06 31"},
        {"question": "Behövs tolk?", "answer": "Nej"},
    ],
}

CONTACTS = [
    {
        "agency": "Arbetsförmedlingen",
        "unit": "Västervik",
        "name": "Mats Lindahl",
        "phone": "08-465 004 21",
        "about": "Inskriven sedan 2024-03-01, stöd till start av arbetsträning",
    },
    {
        "agency": "Region Kalmar län",
        "unit": "Smärtenheten",
        "name": "Ulrika Fors",
        "phone": "08-465 004 33",
        "about": "Behandling för ryggsmärta",
    },
    {"agency": "Försäkringskassan", "unit": "", "name": "Helena Ros", "phone": "", "about": "Sjukpenning upphörde"},
]

CONSULTATION_REFERRAL = FRAME | {
    "case_number": "K-2026-019",
    "basic_shared": True,
    "reach": REACH,
    "talk": None,
    "sender": SENDER,
    "handed_over_on": "2026-10-30",
    "question": "Hur går vi vidare när sjukpenningen har upphört men läkaren inte ser någon arbetsförmåga?",
    "own_words": "Jag vill veta vem som bestämmer, så att jag slipper börja om varje gång.",
    "parts": [part("Nuläge", "Leif har varit utan arbete i fyra år.\n\nHan har provat två praktikplatser.")],
    "contacts": CONTACTS[:2],
    "enclosures": [],
    "nothing_enclosed": "Inget är bifogat.",
}

REFERRAL = FRAME | {
    "basic_shared": True,
    "reach": REACH,
    "sender": SENDER,
    "handed_over_on": "2026-09-28",
    "question": "Hur kan Leif pröva sin arbetsförmåga på ett tryggt sätt, och vem gör vad under tiden?",
    "own_words": "Jag vill jobba igen, men jag vågar inte lova något förrän jag vet att ryggen håller.",
    "own_will": "Leif har själv bett om att få söka efter studiebesöket.",
    "hours_ready": 10,
    "talk": {"on": "2026-09-15", "with_whom": "Nadja Berg"},
    "visit": {"on": "2026-09-22", "wish": "Vill ansöka", "reason_without": ""},
    "target_group": [
        {"criterion": "18 till 65 år", "answer": "Ja, 48 år", "reason": ""},
        {"criterion": "Inget pågående beroende", "answer": "Ja", "reason": ""},
        {
            "criterion": "Aktuell hos två eller fler myndigheter",
            "answer": "Nej",
            "reason": "Aktuell hos kommunen. Bedöms behöva både regionen och Arbetsförmedlingen.",
        },
    ],
    "parts": [
        part("Nuläge", "Leif bor ensam och har försörjningsstöd sedan våren 2025.\nHan går till Smärtenheten."),
        part("Möjligheter", "Snickare i tjugo år. Händig, noggrann och van att arbeta tidigt."),
        part("Hinder för arbete", "Kan inte sitta mer än en halvtimme. Orolig för nya bakslag."),
        part("Hälsa", "", shared=False),
        part("Vad som har prövats", "Praktik på byggvaruhus, avbruten efter tre veckor 2025-05-12."),
    ],
    "contacts": CONTACTS,
    "enclosures": [
        {"name": "Arbetsförmågeutredning 2026-03.pdf", "about": "Arbetsförmedlingen"},
        {"name": "Läkarutlåtande.pdf", "about": ""},
    ],
    "nothing_enclosed": "",
}

NOTICE = {
    "version": "2, 2026-01-15",
    "texts": [
        {"heading": "Varför vi har uppgifter om dig", "text": "För att kunna samarbeta kring dig i Knutpunkten."},
        {"heading": "Vem som kan läsa", "text": "Bara de parter som står i ditt samtycke, och du själv."},
        {"heading": "Dina rättigheter", "text": "Du kan begära att få se, rätta och i vissa fall radera uppgifter."},
    ],
    "controller": {"name": "Västerviks kommun", "officer": "dataskydd@vastervik.example"},
    "signed": None,
}

CONSENT = FRAME | {
    "mark": "7K3F",
    "purpose": "Att Leif ska kunna pröva sin arbetsförmåga i Knutpunkten med stöd från alla som redan hjälper honom.",
    "legal_basis": "10 kap. 1 § och 12 kap. 2 § offentlighets- och sekretesslagen (2009:400)",
    "from": "2026-09-28",
    "until": "2027-05-31",
    "categories": [{"heading": "Planering", "text": "Din plan, dina pass, uppföljningarna och hur det gick."}],
    "parties": [
        {
            "agency": "Västerviks kommun",
            "unit": "Försörjningsstöd",
            "refers": True,
            "categories": ["Grund", "Social situation och ekonomi", "Tidigare arbete", "Planering"],
            "from": "2026-09-28",
            "until": "2027-05-31",
            "withdrawn": None,
        },
        {
            "agency": "Region Kalmar län",
            "unit": "Smärtenheten",
            "refers": False,
            "categories": ["Grund", "Hälsa", "Planering"],
            "from": "2026-09-28",
            "until": "2027-03-31",
            "withdrawn": None,
        },
        {
            "agency": "Knutpunkten",
            "unit": "Knutpunktsteamet",
            "refers": False,
            "categories": ["Grund", "Hälsa", "Tidigare arbete", "Arbetsmarknad", "Planering"],
            "from": "2026-09-28",
            "until": "2027-05-31",
            "withdrawn": None,
        },
    ],
    "guardian": {"name": "Berit Sand", "capacity": "god man"},
    "notice": NOTICE,
    "withdraw_to": {"name": "Karin Hallgren", "phone": "08-465 004 10", "mail": "karin.hallgren@knutpunkten.example"},
    "signed": None,
    "withdrawn": None,
}


def sub_goal(what, who, start, end, follow_up, state, late=""):
    return {"what": what, "who": who, "from": start, "to": end, "follow_up": follow_up, "state": state, "late": late}


PLAN = FRAME | {
    "case_number": "S-2026-041",
    "person": {"name": "Amira Haddad", "number": "19870401-2387"},
    "version": 4,
    "agreed_on": "2026-11-05",
    "next_follow_up": "2026-11-26",
    "supervisor": "Elin Strand",
    "participation": "Amira har formulerat målen och valt ordningen. Vi läste planen tillsammans med tolk.",
    "goals": [
        {
            "own_words": "Jag vill jobba i ett kök igen",
            "why": "Det var där jag mådde bra, och där kan jag något.",
            "area": "Arbete eller studier",
            "scale_now": 6,
            "scale_before": 5,
            "sub_goals": [
                sub_goal(
                    "Hälsa på i skolköket i Gamleby", "Amira och Elin Strand", "", "2026-10-30", "Samtal", "klart"
                ),
                sub_goal(
                    "Provvecka i skolköket, tre förmiddagar",
                    "Elin Strand",
                    "2026-11-16",
                    "2026-11-27",
                    "Samtal med köksmästaren",
                    "pågår",
                ),
                sub_goal(
                    "Läkarutlåtande om arbetsförmåga",
                    "Gamleby hälsocentral",
                    "",
                    "2026-11-08",
                    "Vid uppföljningen",
                    "ej påbörjat",
                    "försenat 9 dagar",
                ),
            ],
        },
        {
            "own_words": "Jag vill orka hela förmiddagen",
            "why": "",
            "area": "Hälsa och vardag",
            "scale_now": 5,
            "scale_before": None,
            "sub_goals": [sub_goal("Medicinsk yoga, onsdagar", "Amira", "2026-10-07", "", "Närvaron", "pågår")],
        },
    ],
    "took_part": [
        {"name": "Amira Haddad", "role": "deltagare"},
        {"name": "Johan Wik", "role": "handläggare"},
    ],
    "week": "v. 47",
    "timetable": [
        {"day": "Måndag", "time": "08:00–09:50", "what": "7TJUGO", "place": "Stora salen"},
        {"day": "Onsdag", "time": "10:10–12:00", "what": "Medicinsk yoga", "place": "Rörelserummet"},
    ],
    "carried": (
        "Skrivet av Elin Strand, Knutpunkten, Knutpunktsteamet, 2026-11-05, delat med stöd av samtycket från 2026-09-28"
    ),
}

FINAL_REPORT = FRAME | {
    "started_on": "2026-01-12",
    "ended_on": "2026-11-13",
    "supervisor": "Elin Strand",
    "planned": True,
    "why_early": "",
    "meeting": {"on": "2026-11-13", "took_part": ["Leif Sandqvist", "Johan Wik", "Elin Strand"]},
    "outcome": "Mer än tidigare: närmare egen försörjning",
    "result": "Leif har gått från fyra till femton timmar i veckan.\n\nHan har arbetstränat på ett snickeri.",
    "judgement": "Leif klarar ett anpassat halvtidsarbete. Ryggen håller när han får växla ställning.",
    "suggestions": "Lönebidrag och fortsatt kontakt med Smärtenheten.",
    "own_words": "Nu vet jag vad jag klarar. Det visste jag inte förut.",
    "onward": {
        "receiver": "Mats Lindahl",
        "unit": "Arbetsförmedlingen, Västervik",
        "phone": "08-465 004 21",
        "what": "Möte om lönebidrag med snickeriet, och uppföljning hos Smärtenheten i vecka 50.",
        "from_on": "2026-11-30",
    },
    "onward_exemption": "",
    "handed_over": {"on": "2026-11-16", "to": "Johan Wik, Försörjningsstöd"},
    "carried": (
        "Skrivet av Elin Strand, Knutpunkten, Knutpunktsteamet, 2026-11-16, delat med stöd av samtycket från 2026-01-12"
    ),
}

CONTRACT = FRAME | {
    "start_on": "2026-11-30",
    "hours_per_week": 10,
    "days": "Måndag till torsdag, 08:00–12:00",
    "content": "7TJUGO, medicinsk yoga och snickeri i liten skala.",
    "supervisor": {"name": "Elin Strand", "phone": "08-465 004 15"},
    "terms": [
        {"heading": "Du", "text": "Du kommer på de tider vi har bestämt, eller ringer före 08:00 om du inte kan."},
        {"heading": "Vi", "text": "Vi planerar veckan med dig, och inget bestäms om dig utan dig."},
    ],
    "guardian": {"name": "Berit Sand", "capacity": "god man"},
    "notice": NOTICE,
    "signed": None,
}

SAMPLES = {
    "remiss": REFERRAL,
    "konsultationsremiss": CONSULTATION_REFERRAL,
    "samtycke": CONSENT,
    "plan": PLAN,
    "slutdokumentation": FINAL_REPORT,
    "kontrakt": CONTRACT,
}
