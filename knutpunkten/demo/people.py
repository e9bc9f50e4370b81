"""The demo's people: invented, with Skatteverket's test numbers. Who does what with them stands in the stories."""

from dataclasses import dataclass
from pathlib import Path

NUMBERS = Path(__file__).with_name("test_numbers.txt")
# Born so that the target group fits (L1), and far from its edges whatever year the demo runs.
OLDEST_YEAR, YOUNGEST_YEAR = 1968, 2001
STRIDE = 7


@dataclass(frozen=True)
class Somebody:
    """One person, and how a referral tells of them. *with_* are the other parties of the consent, by unit."""

    first: str
    last: str
    words: str
    question: str
    background: str
    number: str = ""
    caseworker: str = "johan"
    with_: tuple[str, ...] = ("Arbetsförmedlingen", "Öppenpsykiatrin")
    phone: str = ""
    language: str = ""

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


AF, FK, PSYK, PAIN, VC, VK, VUX = (
    "Arbetsförmedlingen",
    "Försäkringskassan",
    "Öppenpsykiatrin",
    "Smärtenheten",
    "Gamleby hälsocentral",
    "Försörjningsstöd",
    "Vuxenenheten",
)

PEOPLE = {
    person.name: person
    for person in (
        # The drawings' people.
        Somebody(
            "Amira",
            "Haddad",
            "Jag har lagat mat åt hundra. Jag vill stå i ett kök igen och förstå vad alla säger.",
            "Vad behöver komma först för Amira: språk, hälsa eller praktik, och vem gör vad?",
            "new",
            "198704012387",
            with_=(AF, FK, VC),
            phone="070-174 06 60",
            language="arabiska",
        ),
        Somebody(
            "Leif",
            "Sandqvist",
            "Jag vill jobba igen, men jag vågar inte lova något förrän jag vet att ryggen håller.",
            "Hur kan Leif pröva sin arbetsförmåga på ett tryggt sätt, och vem gör vad under tiden?",
            "pain",
            "197804112394",
            phone="070-174 06 61",
        ),
        Somebody(
            "Sofie",
            "Bergdahl",
            "Jag är bra på att få ordning på saker. Jag vill ha ett jobb där någon märker om jag inte kommer.",
            "Vilket stöd behöver Sofie för att gå från praktik till anställning, och vem håller ihop det?",
            "mind",
            "198512089882",
            with_=(AF, FK),
            phone="070-174 06 62",
        ),
        Somebody(
            "Nora",
            "Fridh",
            "Jag vill ha något att gå upp till. Helst med siffror.",
            "",
            "mind",
            "198603139885",
            phone="070-174 06 63",
        ),
        Somebody(
            "Tobias",
            "Nygren",
            "Jag vill jobba ute. Inne blir jag tokig.",
            "Hur får Tobias ihop morgnarna och ett arbete utomhus?",
            "long",
            "197906209239",
            with_=(AF, VUX),
        ),
        Somebody(
            "Fatuma",
            "Warsame",
            "Mina barn ska se mig gå till jobbet.",
            "Hur går språk, hälsa och praktik ihop för Fatuma?",
            "new",
            "197901049283",
            with_=(AF, VC),
            language="somaliska",
        ),
        Somebody(
            "Maria",
            "Lindqvist",
            "Jag vill tillbaka till vården, men inte till samma tempo.",
            "Vilken roll i vården håller för Maria, och hur prövas den?",
            "tired",
            "197804112386",
            caseworker="kim",
            with_=(AF, VC),
        ),
        Somebody(
            "Maria",
            "Lindkvist",
            "Jag vill bli klar med skulderna och ha en egen lön.",
            "Hur kommer Maria vidare efter fyra program på sju år?",
            "long",
            "197807119305",
            with_=(AF, VUX),
        ),
        Somebody(
            "Gunilla",
            "Ask",
            "Jag vill veta om jag orkar innan jag lovar något.",
            "Är Gunilla redo nu, eller efter rehabiliteringen?",
            "pain",
            "197909089265",
            caseworker="kim",
            with_=(AF, PAIN),
        ),
        Somebody(
            "Anneli",
            "Kvist",
            "Jag har väntat på att någon ska ta tag i det här med mig.",
            "Vem samlar ihop det som redan är utrett om Anneli?",
            "mind",
            "",
            with_=(AF, PSYK),
        ),
        Somebody(
            "Jonas",
            "Ekdahl",
            "Ge mig en uppgift i taget så blir det gjort.",
            "Hur kan Jonas börja i liten skala utan att ersättningen ryker?",
            "pain",
            "197805109316",
            with_=(AF, FK),
        ),
        Somebody(
            "Daniel",
            "Österholm",
            "Jag vill bygga något som blir kvar.",
            "Vilken praktik passar Daniel, och vem stöttar de första veckorna?",
            "young",
            "198607039990",
            with_=(AF, PSYK),
        ),
        Somebody(
            "Erik",
            "Åberg",
            "Jag har berättat min historia för fjorton personer. Jag vill inte göra det en gång till.",
            "Vem kan hålla i Eriks ärende så att han slipper börja om?",
            "long",
            "197902069272",
            caseworker="tove",
            with_=(AF, VK),
        ),
        Somebody(
            "Linnea",
            "Holm",
            "Jag vill läsa klart gymnasiet och bli undersköterska.",
            "Hur kan Linnea läsa och få stöd samtidigt?",
            "young",
            "200006111181",
            with_=(AF, PSYK),
        ),
        Somebody(
            "Frida",
            "Vester",
            "Jag vill kunna vara på en plats där ingen letar efter mig.",
            "Hur kan insatsen ordnas så att det är tryggt?",
            "mind",
            "",
            caseworker="arvid",
            with_=(AF, VK),
        ),
        Somebody(
            "Kerstin",
            "Boman",
            "Jag är över femtio och jag är inte färdig.",
            "Vilka arbeten är möjliga för Kerstin med nedsatt syn?",
            "tired",
            "",
            caseworker="disa",
            with_=(VC, FK),
        ),
        Somebody(
            "Jens",
            "Hult",
            "Jag vill inte sitta hemma en vinter till.",
            "Vad behöver Jens för att våga gå in i en grupp?",
            "young",
            "198705012394",
            with_=(AF, PSYK),
        ),
        Somebody(
            "Lotta",
            "Svahn",
            "Förra gången var jag inte redo. Nu är jag det.",
            "Vad gör vi annorlunda den här gången för Lotta?",
            "tired",
            "",
            with_=(AF, FK),
        ),
        Somebody(
            "Pär",
            "Öhman",
            "Jag kan träna upp mig, om jag får göra det i min takt.",
            "Hur snabbt kan Pär öka utan bakslag?",
            "pain",
            "",
            with_=(AF, PAIN),
        ),
        Somebody(
            "Samira",
            "Nilsson",
            "Jag vill ha ett eget bankkonto med egna pengar på.",
            "Hur kommer Samira från hemmet till ett arbete?",
            "new",
            "",
            with_=(AF, VC),
        ),
        Somebody(
            "Elsa",
            "Rydell",
            "Jag bestämmer själv vem som får veta vad.",
            "Vilket stöd vill Elsa ha, och från vem?",
            "mind",
            "",
            with_=(AF, PSYK),
        ),
        # Those who have finished, or dropped out.
        Somebody(
            "Hassan",
            "Omar",
            "Jag vill köra lastbil igen.",
            "Vad krävs för att Hassan ska få tillbaka körkortet?",
            "long",
            "",
            with_=(AF, VC),
        ),
        Somebody(
            "Birgitta",
            "Falk",
            "Jag vill göra nytta några timmar om dagen.",
            "Hur många timmar håller i längden för Birgitta?",
            "pain",
            "",
            with_=(AF, FK),
        ),
        Somebody(
            "Rune",
            "Alm",
            "Jag behöver få veta var jag hör hemma.",
            "Vilken ersättning är rätt för Rune, och vem utreder?",
            "tired",
            "",
            with_=(FK, VC),
        ),
        Somebody(
            "Josefin",
            "Ek",
            "Jag vill plugga till något med djur.",
            "Vilken väg till studier håller för Josefin?",
            "young",
            "",
            with_=(AF, PSYK),
        ),
        Somebody(
            "Tommy",
            "Nordin",
            "Lås mig inte inne på ett kontor.",
            "Vilken praktik utomhus finns för Tommy?",
            "long",
            "",
            with_=(AF, VUX),
        ),
        Somebody(
            "Malin",
            "Sjö",
            "Jag vill att det här blir sista gången.",
            "Vad saknas för att Malin ska få fäste på arbetsmarknaden?",
            "mind",
            "",
            with_=(AF, PSYK),
        ),
        Somebody(
            "Ahmed",
            "Yusuf",
            "Jag flyttar snart men jag vill börja här.",
            "Kan Ahmed börja innan flytten?",
            "new",
            "",
            with_=(AF, VC),
        ),
        Somebody(
            "Ingrid",
            "Lund",
            "Jag vet inte än vad jag vill.",
            "Är Knutpunkten rätt insats för Ingrid?",
            "tired",
            "",
            caseworker="vera",
            with_=(AF, VK),
        ),
        Somebody(
            "Stefan",
            "Brandt",
            "Jag vill ha tider att passa.",
            "Hur får Stefan en ordnad vardag och ett första arbete?",
            "long",
            "",
            caseworker="sara",
            with_=(AF, VUX),
        ),
        Somebody(
            "Yasmin",
            "Karim",
            "Jag lär mig bäst när jag får visa.",
            "Hur kan Yasmin pröva yrken utan lång väntan?",
            "new",
            "",
            with_=(AF, VC),
        ),
        # Knutpunkten LIS.
        Somebody(
            "Camilla",
            "Dahlin",
            "Förmiddagarna här är det bästa på veckan.",
            "Vilka delar av LIS passar Camilla?",
            "mind",
            "",
            with_=(AF, PSYK),
        ),
        Somebody(
            "Viktor",
            "Ström",
            "Jag vill orka fem dagar.",
            "Hur ökar Viktor från tre dagar till fem?",
            "young",
            "",
            with_=(AF,),
        ),
        Somebody(
            "Hodan",
            "Ali",
            "Jag vill förstå breven från myndigheterna.",
            "Hur får Hodan språk och rättigheter i samma plan?",
            "new",
            "",
            with_=(AF, VC),
        ),
        Somebody(
            "Roland",
            "Berg",
            "Jag gör rätt för mig.",
            "Vilken väg till arbete finns för Roland?",
            "long",
            "",
            caseworker="sara",
            with_=(AF, VUX),
        ),
        Somebody(
            "Emma",
            "Lindh",
            "Jag vill börja plugga till hösten.",
            "Hur förbereds Emma för studier?",
            "young",
            "",
            with_=(AF, PSYK),
        ),
        Somebody(
            "Patrik",
            "Holmgren",
            "Jag behöver komma hemifrån.",
            "Vad är ett lagom första steg för Patrik?",
            "pain",
            "",
            with_=(AF, FK),
        ),
        # Consultations.
        Somebody(
            "Hanna",
            "Ljung",
            "Jag vill att de pratar med varandra, inte om mig.",
            "Vem bör leda planeringen när tre enheter är inblandade?",
            "mind",
            "200102150489",
            caseworker="sara",
            with_=(AF, PSYK),
        ),
        Somebody(
            "Omar",
            "Saleh",
            "Jag vill veta vad som är möjligt.",
            "Vilka vägar till arbete finns under pågående smärtrehabilitering?",
            "pain",
            "198601049995",
            with_=(AF, PAIN),
        ),
        Somebody(
            "Britt",
            "Wallin",
            "Jag vill inte bli bortglömd.",
            "Hur går vi vidare när sjukpenningen tar slut?",
            "tired",
            "",
            caseworker="kim",
            with_=(AF, VC),
        ),
        Somebody(
            "Oskar",
            "Lindell",
            "Jag vill slippa fler papper.",
            "Hur kan tre planer bli en?",
            "young",
            "",
            with_=(AF, PSYK),
        ),
        Somebody(
            "Marie",
            "Fors",
            "Säg vad ni tror, rakt ut.",
            "Är arbetsträning rätt nu, eller senare?",
            "pain",
            "",
            caseworker="disa",
            with_=(FK, VC),
        ),
        Somebody(
            "Nils",
            "Persson",
            "Jag vill prova något nytt.",
            "Vilka insatser har gruppen erfarenhet av?",
            "long",
            "",
            with_=(AF, VUX),
        ),
        Somebody(
            "Selma",
            "Wik",
            "Jag behöver en vuxen som håller i.",
            "Vem kan samordna runt Selma?",
            "young",
            "",
            with_=(AF, PSYK),
        ),
        Somebody(
            "Torsten", "Gran", "Det löste sig.", "Behövs en samlad bedömning för Torsten?", "tired", "", with_=(AF, FK)
        ),
    )
}


MEN = frozenset(
    [
        "Leif",
        "Tobias",
        "Jonas",
        "Daniel",
        "Erik",
        "Jens",
        "Pär",
        "Hassan",
        "Rune",
        "Tommy",
        "Ahmed",
        "Stefan",
        "Viktor",
        "Roland",
        "Patrik",
        "Omar",
        "Oskar",
        "Nils",
        "Torsten",
    ]
)


def numbered() -> dict[str, str]:
    """Each person's number, by name: their own, or the next test number that fits the target group (L1)."""
    taken = {person.number for person in PEOPLE.values()}
    free: dict[bool, list[str]] = {True: [], False: []}
    for line in NUMBERS.read_text().splitlines():
        number = line.strip()
        if number.isdigit() and OLDEST_YEAR <= int(number[:4]) <= YOUNGEST_YEAR and number not in taken:
            free[is_mans(number)].append(number)
    # Spread over the years: the file is in order of age.
    spread = {sex: iter(found[::STRIDE]) for sex, found in free.items()}
    return {person.name: person.number or next(spread[person.first in MEN]) for person in PEOPLE.values()}


def is_mans(number: str) -> bool:
    return int(number[10]) % 2 == 1
