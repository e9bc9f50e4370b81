"""What is written in the demo's cases where a story has no words of its own. ``{name}`` is the person's first name."""

from dataclasses import dataclass

from knutpunkten.plans.models import MappingArea

Area = MappingArea.Area


@dataclass(frozen=True)
class Background:
    """How life is just now, as a referral tells it."""

    works: str
    living: str
    hinders: str
    possibilities: str
    tried: str
    means: str
    need: str
    will: str
    hours: int = 12


BACKGROUNDS = {
    "pain": Background(
        works="Kommer i tid och håller det som är lovat. Händig, tycker om att laga saker.",
        living="Bor i lägenhet med ordnad vardag. Ekonomin går ihop nätt och jämnt.",
        hinders="Får ont efter två timmar i samma ställning. Klarar mer när det går att växla mellan att sitta och stå.",
        possibilities="Lättare verkstadsarbete, lager med hjälpmedel eller kundtjänst. Har körkort.",
        tried="Arbetsträning på lager avbröts efter fyra veckor. Smärtskola gav bättre vanor.",
        means="Sjukpenning",
        need="Vård, ersättning och arbetsprövning behöver gå i takt så att {name} vågar pröva.",
        will="{name} bad själv om att få söka efter studiebesöket.",
        hours=10,
    ),
    "mind": Background(
        works="Ordningsam och noggrann. Mår bra av rutiner och av att någon räknar med en.",
        living="Bor ensam, har kontakt med en syster. Sover oregelbundet.",
        hinders="Oro i nya sammanhang och svårt att komma iväg på morgonen. Bättre när första timmen är lugn.",
        possibilities="Kontor, arkiv eller bibliotek. Har läst ekonomi på gymnasiet.",
        tried="Två praktikplatser. Den ena avbröts när gruppen blev för stor, den andra fungerade i nio veckor.",
        means="Försörjningsstöd",
        need="Öppenvård och arbetsförmedling har olika bilder av vad {name} orkar. En gemensam behövs.",
        will="{name} har ringt två gånger och frågat när det går att börja.",
    ),
    "new": Background(
        works="Talar tre språk och lär sig fort. Van att arbeta i lag.",
        living="Bor med make och två barn i Gamleby. Åker buss.",
        hinders="Svenskan räcker inte för samtal om arbete. Ont i handlederna när det är kallt.",
        possibilities="Kök, lokalvård eller äldreomsorg. Har arbetat i restaurang i tio år.",
        tried="Svenska för invandrare till kurs C. En praktik i butik på fyra veckor.",
        means="Försörjningsstöd",
        need="Språk, hälsa och praktik behöver planeras ihop, annars krockar tiderna.",
        will="{name} säger själv att det är dags och vill börja på en gång.",
    ),
    "young": Background(
        works="Nyfiken och kunnig på datorer. Trivs med att få en uppgift i taget.",
        living="Bor hos sin mamma. Få kontakter utanför hemmet det senaste året.",
        hinders="Vänder på dygnet. Har svårt att ringa samtal och att gå in i en grupp.",
        possibilities="Datorsupport, vuxenutbildning eller arbete utomhus. Vill ta körkort.",
        tried="Gymnasiet avbröts i tvåan. Kommunens sommarjobb gick bra.",
        means="Försörjningsstöd",
        need="Skola, vård och kommun ger olika råd. {name} behöver en plan och en person att fråga.",
        will="{name} kom till studiebesöket på egen hand och stannade hela tiden.",
    ),
    "tired": Background(
        works="Erfaren och ansvarsfull. Har lätt för att lära andra.",
        living="Bor i hus med familjen. Har börjat promenera varje dag.",
        hinders="Blir trött av mycket intryck och glömmer när det blir bråttom. Orkar tre timmar om dagen.",
        possibilities="Tillbaka till vården i en lugnare roll, eller administration.",
        tried="Återgång på halvtid gick för fort och bröts efter sex veckor.",
        means="Sjukpenning",
        need="Sjukskrivning, läkare och arbetsgivare behöver samma tidplan.",
        will="{name} har skrivit ner vad som fungerar och vad som inte gör det.",
        hours=10,
    ),
    "long": Background(
        works="Uthållig och praktisk. Alltid först på plats.",
        living="Bor ensam. Skulder som betalas av enligt plan.",
        hinders="Lång tid utan arbete och dåligt självförtroende. Saknar körkort och bor långt från bussen.",
        possibilities="Park, bygg eller vaktmästeri. Har truckkort.",
        tried="Fyra jobbprogram på sju år. Inget har varit längre än tre månader.",
        means="Aktivitetsstöd",
        need="Flera myndigheter har börjat om från början varje gång. Nu behövs en tråd.",
        will="{name} vill pröva en gång till om det är samma person hela vägen.",
        hours=15,
    ),
}

# What a unit knows, and what it can do, under the category it most often answers about.
KNOWN = {
    "Arbetsförmedlingen": (
        "arbetsmarknad",
        (
            ("Inskriven sedan två år.\nHandlingsplan finns, senast ändrad i våras.", "Handledd praktik efter nyår"),
            ("Inskriven, deltar i jobb- och utvecklingsgarantin.", "Anpassad praktik med stöd av arbetsterapeut"),
            ("Inte inskriven just nu.\nTidigare praktik inom handel.", "Ny inskrivning och vägledning"),
        ),
    ),
    "Försäkringskassan": (
        "social",
        (
            ("Sjukpenning på halvtid till och med årsskiftet.", "Avstämningsmöte inom tre veckor"),
            ("Ingen pågående ersättning.", "Besked om rehabiliteringspenning i god tid före start"),
        ),
    ),
    "Öppenpsykiatrin": (
        "halsa",
        (
            ("Kontakt en gång i månaden.\nMår bättre av fasta rutiner.", "Samtal på plats en gång under hösten"),
            ("Behandling avslutad i våras, uppföljning kvar.", "Läkarintyg och råd till handledaren"),
        ),
    ),
    "Smärtenheten": (
        "halsa",
        (("Smärtrehabilitering genomförd.\nKlarar växlande arbete.", "Hemprogram och ett återbesök"),),
    ),
    "Gamleby hälsocentral": (
        "halsa",
        (
            ("Fast läkarkontakt.\nUtredning av arbetsförmåga pågår.", "Läkarutlåtande om arbetsförmåga"),
            ("Fysioterapi varannan vecka.", "Träningsprogram som går att göra på plats"),
        ),
    ),
    "Försörjningsstöd": (
        "social",
        (("Försörjningsstöd sedan ett år.\nSkulder hanteras med budgetrådgivare.", "Resekostnader under insatsen"),),
    ),
    "Vuxenenheten": (
        "social",
        (("Boendestöd två gånger i veckan.", "Boendestödet följer med de första morgnarna"),),
    ),
}

MAPPING = {
    Area.BASIC: (
        "Jag har tak över huvudet och mat på bordet.",
        "Ordnad bostad. Ekonomin är ansträngd mot slutet av månaden.",
    ),
    Area.SOCIAL: ("Jag träffar för lite folk.", "Kontakt med ett par vänner och en släkting. Vill ha fler."),
    Area.PHYSICAL: ("Kroppen säger ifrån när det går för fort.", "Orkar mer på förmiddagen. Pauser hjälper."),
    Area.PSYCHOLOGICAL: ("Oron är värst innan, sen går det.", "Behöver veta kvällen före vad som händer."),
    Area.WORK: ("Jag vill att någon räknar med mig.", "Har arbetat tidigare och kan mer än det syns i papperen."),
}

# Goals in plain words: the goal, why, where the person is, and its sub-goals (what, who, weeks until due).
Goal = tuple[str, str, int, tuple[tuple[str, str, int], ...]]
GOALS: dict[str, tuple[Goal, ...]] = {
    "pain": (
        (
            "Jag vill arbeta utan att vara rädd för ryggen",
            "Då kan jag säga ja igen.",
            3,
            (("Prova två sorters arbetspass", "Handledaren", 4), ("Hemprogram tre gånger i veckan", "Jag själv", 6)),
        ),
        ("Jag vill orka hela förmiddagen", "Steget före arbete.", 4, (("Fyra pass i veckan", "Jag själv", 8),)),
    ),
    "mind": (
        (
            "Jag vill ha ett jobb där någon märker om jag inte kommer",
            "Då går jag dit.",
            4,
            (("Besöka två kontor", "Handledaren", 5), ("Skriva nytt cv", "Jag själv", 6)),
        ),
        (
            "Jag vill sova så att jag kan gå upp",
            "Allt annat blir lättare.",
            3,
            (("Samma tid upp varje vardag", "Jag själv", 4),),
        ),
    ),
    "new": (
        (
            "Jag vill prata så att alla förstår mig",
            "På jobbet och i skolan.",
            4,
            (("Svenska på kvällstid", "Handläggaren", 10), ("Läsa nyheter högt varje dag", "Jag själv", 4)),
        ),
        ("Jag vill arbeta i kök igen", "Det är mitt yrke.", 4, (("Studiebesök i ett kök", "Handledaren", 5),)),
    ),
    "young": (
        (
            "Jag vill bli klar med något",
            "Det har jag inte blivit på länge.",
            3,
            (("Träffa studievägledaren", "Handläggaren", 4), ("Välja en kurs", "Jag själv", 8)),
        ),
        (
            "Jag vill våga ringa",
            "Annars händer inget.",
            2,
            (("Ringa ett samtal i veckan tillsammans", "Handledaren", 6),),
        ),
    ),
    "tired": (
        (
            "Jag vill tillbaka till ett arbete i min egen takt",
            "Jag har mycket kvar att ge.",
            4,
            (("Pröva tre förmiddagar", "Handledaren", 5), ("Möte med arbetsgivaren", "Handläggaren", 8)),
        ),
        (
            "Jag vill orka ha något kvar på kvällen",
            "Familjen väntar.",
            3,
            (("Medicinsk yoga varje vecka", "Jag själv", 6),),
        ),
    ),
    "long": (
        (
            "Jag vill ha en lön jag kan leva på",
            "Skulderna ska bort.",
            3,
            (("Två praktikplatser att välja på", "Handledaren", 6), ("Förnya truckkortet", "Jag själv", 9)),
        ),
        ("Jag vill ta körkort", "Då når jag jobben.", 2, (("Ansöka om körkortslån", "Handläggaren", 5),)),
    ),
}

QUEUE_REASONS = (
    "Antagen. Alla platser är upptagna just nu.",
    "Antagen. Kan börja så snart en plats blir ledig.",
)
PLACE_REASONS = (
    "Gruppen ser att flera behöver hjälpas åt, och det finns en plats.",
    "Tydlig egen vilja och en fråga vi kan svara på tillsammans.",
    "Insatsen passar nu, innan tiden utan arbete blir längre.",
)
FOLLOW_UPS = (
    "Fortsätter som planerat. Ett pass till i veckan från nästa månad.",
    "Det går framåt. Handledaren ordnar ett studiebesök.",
    "Lugnare takt i två veckor, sedan samma tider som förut.",
    "Delmålet är nära. Handläggaren tar kontakt med nästa myndighet.",
)

# Work training and internships, as their form asks (L6). Invented places.
PLACEMENTS = (
    {"kind": "training", "setting": "internal", "place": "Återbruket", "weekly_hours": "4", "weekdays": ["1"]},
    {
        "kind": "internship",
        "setting": "external",
        "place": "Trädgårdsmästeriet i Gamleby",
        "contact": "Maj Ek",
        "contact_phone": "070-174 06 91",
        "weekly_hours": "8",
        "weekdays": ["0", "3"],
    },
    {
        "kind": "training",
        "setting": "external",
        "place": "Lagret på Byggvaruhuset",
        "contact": "Ove Ask",
        "contact_phone": "070-174 06 92",
        "weekly_hours": "6",
        "weekdays": ["2"],
    },
)
AMIRA_PLACED = {
    "kind": "internship",
    "setting": "external",
    "place": "Skolköket på Ringeltaube",
    "contact": "Lena Frid",
    "contact_phone": "070-174 06 93",
    "weekly_hours": "4",
    "weekdays": ["4"],
}
