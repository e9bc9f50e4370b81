"""The written routines of the demo's programmes (S15), short and in our own words."""

from knutpunkten.organisations.models import Programme, RoutineDocument


def documents_of(programme: Programme) -> dict[str, str]:
    """The text of each written routine of *programme*. LIS, which does not announce, says so, and has its own word (L10)."""
    if programme.announces:
        return DOCUMENTS
    word = programme.representative_word
    in_its_words = {
        which: text.replace("Representanten", f"{word.capitalize()}en").replace("representant", word)
        for which, text in DOCUMENTS.items()
    }
    return in_its_words | {RoutineDocument.Which.COLLABORATION: WITHOUT_ANNOUNCING}


TAKING_PART = (
    "Handledaren och deltagaren gör kartläggning och plan. Planen följs upp regelbundet. Vid avslut lämnas "
    "slutdokumentationen till handläggaren, och om det inte är arbete eller studier görs en plan för vem som tar vid."
)
WITHOUT_ANNOUNCING = (
    "Före remissen\n"
    "Handläggaren pratar med sin samverkanskontakt om bakgrund och motiv. Personen gör ett studiebesök och bestämmer "
    "sig sedan. Remiss och samtycke skrivs tillsammans med personen och lämnas till samverkanskontakten.\n\n"
    "Ärendemötet\n"
    "Remissen tas upp på Samverkansteamets nästa ärendemöte, utan särskild anmälan. Parterna i samtycket läser den "
    "redan när den har lämnats in, och samlar in det som är aktuellt hos dem. På mötet lämnar teamet besked: plats, "
    "kö eller återremiss. Samverkanskontakten berättar för handläggaren.\n\n"
    "Insatsen\n"
    "När teamet har utsett en handledare hör handledaren av sig till handläggaren för att boka ett första möte, med "
    "deltagaren och andra viktiga personer. Där bestäms startdatum, tider och innehåll. Deltagaren skriver på "
    f"kontrakt och tar del av dataskyddsinformationen. {TAKING_PART}"
)
YOUR_DATA = (
    "Dina uppgifter\n"
    "Kommunen är ansvarig för uppgifterna i Knutpunkten. Vi behandlar dem för att kunna ge dig stöd. De delas "
    "bara med dem du själv namnger i samtycket, och bara så länge det gäller. Du kan ta tillbaka det när du vill, "
    "också per telefon. Du kan alltid få veta vem som har läst om dig."
)
DOCUMENTS: dict[str, str] = {
    RoutineDocument.Which.COLLABORATION: (
        "Före remissen\n"
        "Handläggaren pratar med sin representant om bakgrund och motiv. Personen gör ett studiebesök utan att "
        "binda sig. Remiss och samtycke fylls i tillsammans med personen och lämnas till representanten.\n\n"
        "Ärendemötet\n"
        "Representanten anmäler ärendet med namn och personnummer. De andra representanterna samlar in det som är "
        "aktuellt hos dem. På nästa möte lämnar gruppen besked: plats, kö eller återremiss. Representanten berättar "
        "för handläggaren.\n\n"
        "Insatsen\n"
        f"Vid första mötet skriver deltagaren på kontrakt och tar del av dataskyddsinformationen. {TAKING_PART}"
    ),
    RoutineDocument.Which.CONSULTATION: (
        "Konsultation\n"
        "Handläggaren skriver en konsultationsremiss tillsammans med personen och ser till att samtycke och "
        "dataskyddsinformation är påskrivna. Representanten lämnar kopior till gruppen vid nästa möte.\n\n"
        "Mötet börjar alltid med konsultationerna. Handläggaren presenterar själv och får råd. Ungefär en kvart var."
    ),
    RoutineDocument.Which.GUIDE: (
        "För vem\n"
        "18 till 65 år, inget pågående beroende, behov av samverkan, egen vilja att delta och redo för minst tio timmar i "
        "veckan. Behov av samverkan har den som är aktuell hos två eller flera myndigheter, eller hos en och bedöms behöva "
        "fler.\n\n"
        "Så går det till\n"
        "Boka studiebesök hos samordnaren, tisdagar klockan 13 udda veckor. Bestäm er sedan. Skriv remiss och "
        "samtycke tillsammans. Lämna till din representant. När handledaren är utsedd hör hen av sig för ett första möte.\n\n"
        "Förmiddagarna\n"
        "Två arbetspass mellan klockan 8 och 12: självkännedom, jobbsök, nätverk, rättigheter och skyldigheter, "
        "studiebesök ute, hälsa."
    ),
    RoutineDocument.Which.PRIVACY: YOUR_DATA,
}

# The notice's second version: what was signed under the first still shows the first.
PRIVACY_SINCE = (
    f"{YOUR_DATA}\n\n"
    "Hur länge uppgifterna sparas\n"
    "Arkivreglerna hos varje myndighet bestämmer hur länge den sparar det den själv har skrivit. För det som står i "
    "Knutpunkten är det kommunens regler. Fråga din handledare eller handläggare, så svarar kommunen vad som gäller "
    "för dig.\n\n"
    "Dina rättigheter\n"
    "Du kan få ett utdrag med det som står om dig. Är något fel har du rätt att få det rättat. Du kan också be att få "
    "något borttaget, och det tas bort om lagen tillåter det. Mycket måste en myndighet spara, och då får du veta "
    "varför. Vänd dig till din handledare eller handläggare, eller till kommunens dataskyddsombud.\n\n"
    "Om du vill klaga\n"
    "Prata gärna med oss först. Du kan alltid klaga hos IMY, som står ovan. Det kostar inget."
)
