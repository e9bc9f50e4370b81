"""The written routines of the demo's programmes (S15), short and in our own words."""

from knutpunkten.organisations.models import RoutineDocument

DOCUMENTS = {
    RoutineDocument.Which.COLLABORATION: (
        "Före remissen\n"
        "Handläggaren pratar med sin representant om bakgrund och motiv. Personen gör ett studiebesök utan att "
        "binda sig. Remiss och samtycke fylls i tillsammans med personen och lämnas till representanten.\n\n"
        "Ärendemötet\n"
        "Representanten anmäler ärendet med namn och personnummer. De andra representanterna samlar in det som är "
        "aktuellt hos dem. På nästa möte lämnar gruppen besked: plats, kö eller återremiss. Representanten berättar "
        "för handläggaren.\n\n"
        "Insatsen\n"
        "Vid första mötet skriver deltagaren på kontrakt och tar del av dataskyddsinformationen. Handledaren och "
        "deltagaren gör kartläggning och plan. Planen följs upp regelbundet. Vid avslut lämnas slutdokumentationen "
        "till handläggaren, och om det inte är arbete eller studier görs en plan för vem som tar vid."
    ),
    RoutineDocument.Which.CONSULTATION: (
        "Konsultation\n"
        "Handläggaren skriver en konsultationsremiss tillsammans med personen och ser till att samtycke och "
        "dataskyddsinformation är påskrivna. Representanten lämnar kopior till gruppen vid nästa möte.\n\n"
        "Mötet börjar alltid med konsultationerna. Handläggaren presenterar själv och får råd. Ungefär en kvart var."
    ),
    RoutineDocument.Which.GUIDE: (
        "För vem\n"
        "18 till 65 år, inget pågående beroende, behov av samverkan mellan två eller flera myndigheter, egen vilja "
        "att delta och redo för minst tio timmar i veckan.\n\n"
        "Så går det till\n"
        "Boka studiebesök hos samordnaren, tisdagar klockan 13 udda veckor. Bestäm er sedan. Skriv remiss och "
        "samtycke tillsammans. Lämna till din representant. När handledaren är utsedd hör hen av sig för ett första möte.\n\n"
        "Förmiddagarna\n"
        "Två arbetspass mellan klockan 8 och 12: självkännedom, jobbsök, nätverk, rättigheter och skyldigheter, "
        "studiebesök ute, hälsa."
    ),
    RoutineDocument.Which.PRIVACY: (
        "Dina uppgifter\n"
        "Kommunen är ansvarig för uppgifterna i Knutpunkten. Vi behandlar dem för att kunna ge dig stöd. De delas "
        "bara med dem du själv namnger i samtycket, och bara så länge det gäller. Du kan ta tillbaka det när du vill, "
        "också per telefon. Du kan alltid se vem som har läst om dig."
    ),
}
