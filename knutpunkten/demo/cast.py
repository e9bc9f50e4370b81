"""The cast: the association, agencies, units, programmes and people of the demo and of the tests.

All invented. The drawings' people, and a few more so that every unit has somebody.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password

from knutpunkten.demo.documents import PRIVACY_SINCE, documents_of
from knutpunkten.organisations.models import (
    Agency,
    Association,
    CaseKind,
    Contact,
    Membership,
    Programme,
    Role,
    RoutineDocument,
    Unit,
    User,
)

FROM_THE_BEGINNING = date(2020, 1, 1)

# agency, kind, mark, units
AGENCIES = (
    ("Västerviks kommun", Agency.Kind.MUNICIPALITY, "VK", ("Försörjningsstöd", "Vuxenenheten")),
    ("Arbetsförmedlingen", Agency.Kind.EMPLOYMENT, "AF", ("Arbetsförmedlingen",)),
    ("Försäkringskassan", Agency.Kind.INSURANCE, "FK", ("Försäkringskassan",)),
    (
        "Region Kalmar län",
        Agency.Kind.REGION,
        "RK",
        ("Öppenpsykiatrin", "Smärtenheten", "Gamleby hälsocentral"),
    ),
    ("Knutpunkten", Agency.Kind.PROGRAMME, "KP", ("Knutpunktsteamet", "LIS-teamet")),
)

# How one reaches the host's, as the privacy notice says.
OFFICERS = {"Västerviks kommun": "dataskyddsombud@vastervik.example"}
# key, name, phone, role, unit (or programme's team), programme
PEOPLE = (
    ("karin", "Karin Hallgren", "070-174 06 10", Role.COORDINATOR, "Knutpunktsteamet", "Knutpunkten"),
    ("elin", "Elin Strand", "070-174 06 11", Role.SUPERVISOR, "Knutpunktsteamet", "Knutpunkten"),
    ("peter", "Peter Ågren", "070-174 06 13", Role.SUPERVISOR, "Knutpunktsteamet", "Knutpunkten"),
    ("ylva", "Ylva Sand", "070-174 06 14", Role.SUPERVISOR, "Knutpunktsteamet", "Knutpunkten"),
    ("agneta", "Agneta Dahl", "070-174 06 15", Role.COORDINATOR, "LIS-teamet", "Knutpunkten LIS"),
    ("olle", "Olle Frisk", "070-174 06 16", Role.SUPERVISOR, "LIS-teamet", "Knutpunkten LIS"),
    ("johan", "Johan Wik", "070-174 06 20", Role.CASEWORKER, "Försörjningsstöd", None),
    ("sara", "Sara Lind", "070-174 06 21", Role.CASEWORKER, "Försörjningsstöd", None),
    ("nadja", "Nadja Berg", "070-174 06 12", Role.REPRESENTATIVE, "Försörjningsstöd", None),
    ("tove", "Tove Hall", "070-174 06 22", Role.CASEWORKER, "Vuxenenheten", None),
    ("bosse", "Bo Ek", "070-174 06 23", Role.REPRESENTATIVE, "Vuxenenheten", None),
    ("mats", "Mats Lindahl", "070-174 06 30", Role.REPRESENTATIVE, "Arbetsförmedlingen", None),
    ("disa", "Disa Moberg", "070-174 06 31", Role.CASEWORKER, "Arbetsförmedlingen", None),
    ("helena", "Helena Ros", "070-174 06 40", Role.REPRESENTATIVE, "Försäkringskassan", None),
    ("kim", "Kim Rask", "070-174 06 41", Role.CASEWORKER, "Försäkringskassan", None),
    ("ulrika", "Ulrika Fors", "070-174 06 50", Role.REPRESENTATIVE, "Öppenpsykiatrin", None),
    ("arvid", "Arvid Noor", "070-174 06 51", Role.CASEWORKER, "Öppenpsykiatrin", None),
    ("gun", "Gun Palm", "070-174 06 52", Role.REPRESENTATIVE, "Smärtenheten", None),
    ("siv", "Siv Aronsson", "070-174 06 53", Role.REPRESENTATIVE, "Gamleby hälsocentral", None),
    ("vera", "Vera Lund", "070-174 06 54", Role.CASEWORKER, "Gamleby hälsocentral", None),
)
# Where each of them works.
UNIT_OF = {key: unit for key, _, _, _, unit, _ in PEOPLE}


@dataclass(frozen=True)
class Cast:
    """The people by their short names, and the programmes: ``cast.karin``, ``cast.knutpunkten``."""

    people: dict[str, User]
    units: dict[str, Unit]
    knutpunkten: Programme
    lis: Programme
    association: Association

    def __getattr__(self, name: str) -> User:
        people = vars(self).get("people", {})  # a copy being made has none yet
        if name not in people:
            raise AttributeError(name)
        return people[name]

    def unit(self, name: str) -> Unit:
        return self.units[name]


def make_cast(at: datetime) -> Cast:
    """Make the reference data, as the administrator would in the admin. Run once on an empty database."""
    association = Association.objects.create(name="Samordningsförbundet Tjust")
    units: dict[str, Unit] = {}
    agencies: dict[str, Agency] = {}
    for name, kind, mark, names in AGENCIES:
        agencies[name] = Agency.objects.create(
            association=association,
            name=name,
            kind=kind,
            mark=mark,
            data_protection_officer=OFFICERS.get(name, ""),
        )
        for unit in names:
            units[unit] = Unit.objects.create(agency=agencies[name], name=unit, phone=f"08-465 004 {10 + len(units)}")
    common = {"association": association, "host": agencies["Västerviks kommun"]}
    knutpunkten = Programme.objects.create(
        **common,
        team=units["Knutpunktsteamet"],
        name="Knutpunkten",
        address="Hamngatan 3, Västervik",
        meeting_place="Stadshuset, rum Loftahammar",
        purpose="För dig som behöver stöd från flera myndigheter på vägen mot arbete eller studier.",
    )
    lis = Programme.objects.create(
        **common,
        team=units["LIS-teamet"],
        name="Knutpunkten LIS",
        address="Hamngatan 5, Västervik",
        meeting_place="Stadshuset, rum Blankaholm",
        # The same people of the agencies sit in both groups: the other one's meeting is in the morning.
        meeting_starts="13:00",
        meeting_ends="15:15",
        group_word="Samverkansteamet",
        representative_word="samverkanskontakt",
        places=20,
        announces=False,
        gathering_waits=False,
        purpose="Förmiddagar med två arbetspass om dagen, individuell planering och stöd från flera håll.",
    )
    programmes = {"Knutpunkten": knutpunkten, "Knutpunkten LIS": lis}
    people = make_people(units, programmes, association, at)
    for programme in programmes.values():
        make_contacts(programme, people)
        make_documents(programme)
    return Cast(people, units, knutpunkten, lis, association)


def make_documents(programme: Programme) -> None:
    """The written routines, each in its first version, and the privacy notice in its second too."""
    first = {"version": 1, "on_date": date(2024, 3, 12), "what_changed": "Första versionen."}
    since = {
        "version": 2,
        "on_date": date(2025, 2, 3),
        "what_changed": "Hur länge uppgifterna sparas, rättigheter och vart man klagar.",
    }
    written = [{"which": which, "text": text, **first} for which, text in documents_of(programme).items()]
    written.append({"which": RoutineDocument.Which.PRIVACY, "text": PRIVACY_SINCE, **since})
    for fields in written:
        RoutineDocument.objects.create(programme=programme, by_whom="Styrgruppen", **fields)


def make_people(
    units: dict[str, Unit], programmes: dict[str, Programme], association: Association, at: datetime
) -> dict[str, User]:
    """Accounts with their memberships; nobody has a password, for in the demo one steps in by choosing: all have been in."""
    people = {}
    opened = {"password": make_password(None), "last_login": at}
    for key, name, phone, role, unit, programme in PEOPLE:
        people[key] = User.objects.create(
            email=f"{key}@{'knutpunkten' if programme else 'myndighet'}.example",
            name=name,
            phone=phone,
            **opened,
        )
        Membership.objects.create(
            user=people[key],
            role=role,
            unit=units[unit],
            programme=programmes.get(programme or ""),
            starts_on=FROM_THE_BEGINNING,
        )
    for key, name, role in (
        ("bengt", "Bengt Lund", Role.ASSOCIATION),
        ("admin", "Ada Minnhagen", Role.ADMINISTRATOR),
        ("lotta", "Lotta Brink", Role.REVIEWER),
    ):
        people[key] = User.objects.create(email=f"{key}@forbundet.example", name=name, **opened)
        Membership.objects.create(
            user=people[key],
            role=role,
            association=association if role != Role.ADMINISTRATOR else None,
            starts_on=FROM_THE_BEGINNING,
        )
    return people


def make_contacts(programme: Programme, people: dict[str, User]) -> None:
    for key in ("nadja", "bosse", "mats", "helena", "ulrika", "gun", "siv"):
        unit = people[key].memberships.get().unit
        assert unit is not None
        for kind in CaseKind:
            Contact.objects.create(programme=programme, kind=kind, unit=unit, representative=people[key])


def find_cast() -> Cast:
    """The cast as it stands in the database. Raises ``Association.DoesNotExist`` before it is made."""
    association = Association.objects.get(name="Samordningsförbundet Tjust")
    by_mail = {user.email.partition("@")[0]: user for user in User.objects.all()}
    return Cast(
        by_mail,
        {unit.name: unit for unit in Unit.objects.select_related("agency")},
        Programme.objects.get(name="Knutpunkten"),
        Programme.objects.get(name="Knutpunkten LIS"),
        association,
    )
