"""The pages that explain: routines in force, contact list, how it works, accessibility."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knutpunkten.organisations.hosts import keep_host
from knutpunkten.organisations.models import Association, Contact, Programme, RoutineDocument
from knutpunkten.organisations.rules import meetings_in_words, passages, visits_in_words
from tests.activities.test_week import text_of
from tests.conftest import behind_the_wall
from tests.portal.test_own_page import amira

__all__ = ["amira"]

PAGES = ("/rutiner/", "/kontaktlista/", "/sa-fungerar-det/")


def revise(programme, version, on_date, text="Så här gör vi.", what_changed="Ny punkt om konsultation."):
    with behind_the_wall():
        return RoutineDocument.objects.create(
            programme=programme,
            which="samverkan",
            version=version,
            on_date=on_date,
            by_whom="Styrgruppen",
            what_changed=what_changed,
            text=text,
        )


@pytest.mark.django_db
@pytest.mark.clause("S15")
def test_everyone_reads_the_version_in_force_and_its_history(cast, sign_in):
    today = timezone.localdate()
    revise(cast.knutpunkten, 2, today - timedelta(days=3), text="Före remissen\nNu gäller det här.")
    revise(cast.knutpunkten, 3, today + timedelta(days=30), text="Ska gälla sedan.")
    for person in (cast.johan, cast.nadja, cast.karin, cast.elin, cast.bengt, cast.admin):
        client = sign_in(person)
        shelf = client.get("/rutiner/")
        assert "Rutin för samverkansärenden 2" in text_of(shelf)
        document = next(
            d
            for s in shelf.context["shelves"]
            for d in s.in_force
            if d.programme == cast.knutpunkten and d.which == "samverkan"
        )
        page = text_of(client.get(f"/rutiner/{document.pk}/"))
        assert "Nu gäller det här." in page
        assert "Version 1" in page
        assert "2024-03-12 , Styrgruppen" in page
        assert "Ny punkt om konsultation." in page


@pytest.mark.django_db
@pytest.mark.clause("S6", "L10")
def test_the_routine_of_each_programme_says_what_its_setting_does_of_announcing(cast, sign_in):
    johan = sign_in(cast.johan)
    shelves = {shelf.programme: shelf.in_force for shelf in johan.get("/rutiner/").context["shelves"]}
    pages = {
        programme.name: text_of(johan.get(f"/rutiner/{document.pk}/"))
        for programme, documents in shelves.items()
        for document in documents
        if document.which == "samverkan"
    }
    assert "Representanten anmäler ärendet med namn och personnummer." in pages["Knutpunkten"]
    assert "anmäler" not in pages["Knutpunkten LIS"]
    assert "tas upp på Samverkansteamets nästa ärendemöte, utan särskild anmälan." in pages["Knutpunkten LIS"]


@pytest.mark.django_db
def test_an_older_version_and_one_to_come_say_so(cast, sign_in):
    older = RoutineDocument.objects.get(programme=cast.knutpunkten, which="samverkan")
    now = revise(cast.knutpunkten, 2, timezone.localdate())
    coming = revise(cast.knutpunkten, 3, timezone.localdate() + timedelta(days=1))
    client = sign_in(cast.johan)
    assert "Det här är en äldre version." in text_of(client.get(f"/rutiner/{older.pk}/"))
    assert "Den här versionen gäller inte än." in text_of(client.get(f"/rutiner/{coming.pk}/"))
    assert "Läs version 2" in text_of(client.get(f"/rutiner/{coming.pk}/"))
    in_force = text_of(client.get(f"/rutiner/{now.pk}/"))
    assert "äldre version" not in in_force
    assert "gäller inte än" not in in_force


@pytest.mark.django_db
@pytest.mark.clause("S1", "L9")
def test_the_contact_list_names_agency_unit_and_representative_per_programme_and_kind(cast, sign_in):
    with behind_the_wall():
        Contact.objects.filter(programme=cast.lis, kind="consultation", representative=cast.siv).delete()
        cast.mats.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    page = sign_in(cast.johan).get("/kontaktlista/")
    text = text_of(page)
    assert "Västerviks kommun, Försörjningsstöd Din enhet Nadja Berg 070-174 06 12 nadja@myndighet.example" in text
    assert f"Arbetsförmedlingen Saknas just nu {cast.unit('Arbetsförmedlingen').phone} –" in text
    assert "Mats Lindahl" not in text
    assert text.count("Din enhet") == 4  # in both lists of both programmes, and at no other unit
    lists = {found.programme.name: dict(found.kinds) for found in page.context["lists"]}
    assert set(lists) == {"Knutpunkten", "Knutpunkten LIS"}
    named = {row.unit.name for row in lists["Knutpunkten LIS"]["Konsultationsärende"]}
    assert "Gamleby hälsocentral" not in named
    assert "Gamleby hälsocentral" in {row.unit.name for row in lists["Knutpunkten LIS"]["Samverkansärende"]}
    assert "Prata med din egen enhets representant" in text
    own = text_of(sign_in(cast.nadja).get("/kontaktlista/"))
    assert "Du svarar på frågor från handläggarna på din enhet" in own
    assert "Prata med din egen enhets representant" not in own


@pytest.mark.django_db
def test_a_participant_reads_who_works_with_them_and_their_own_programmes_list_each_once(amira, cast, make_case):
    client = Client()
    client.force_login(amira.account)
    assert "Mats Lindahl" not in text_of(client.get("/kontaktlista/"))
    make_case("active", person=amira)
    page = text_of(client.get("/kontaktlista/"))
    assert "Knutpunkten LIS" not in page
    assert page.count("Mats Lindahl") == 1
    assert page.index("Elin Strand Din handledare") < page.index("Johan Wik Din handläggare") < page.index("Mats")


@pytest.mark.django_db
def test_several_representatives_of_a_unit_and_none_who_has_left(cast, sign_in):
    with behind_the_wall():
        cast.sara.memberships.create(
            role="representative", unit=cast.unit("Försörjningsstöd"), starts_on=timezone.localdate()
        )
        Contact.objects.create(
            programme=cast.knutpunkten,
            kind="collaboration",
            unit=cast.unit("Försörjningsstöd"),
            representative=cast.sara,
        )
        cast.mats.is_active = False
        cast.mats.save()
    text = text_of(sign_in(cast.johan).get("/kontaktlista/"))
    assert "Sara Lind" in text
    assert "Nadja Berg" in text
    assert "Mats Lindahl" not in text


@pytest.mark.django_db
@pytest.mark.clause("S2", "L8")
def test_how_it_works_tells_the_coordinator_and_the_times_from_the_settings(cast, sign_in):
    with behind_the_wall():
        Programme.objects.filter(name="Knutpunkten LIS").update(
            visit_weekday=2, visit_weeks="even", least_hours=12, visit_seats=9, themes="Skapande\n\nSkog\n"
        )
    text = text_of(sign_in(cast.johan).get("/sa-fungerar-det/"))
    assert "Tisdagar udda veckor klockan 13:00–14:00, högst 6 personer" in text
    assert "Onsdagar jämna veckor klockan 13:00–14:00, högst 9 personer" in text
    assert "redo för minst 12 timmar i veckan" in text
    # A changed setting holds for what is planned from then on: what stands planned may say another hour.
    assert "Möten som redan är planerade kan ha en annan tid." in text
    assert "10:10–12:00. Teman: Skapande, Skog." in text
    assert "Samordnare Karin Hallgren, 070-174 06 10 , karin@knutpunkten.example" in text


@pytest.mark.django_db
def test_the_pages_need_an_account_but_the_accessibility_statement_does_not(cast):
    for address in PAGES:
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer.url.startswith("/logga-in/")
    page = Client().get("/tillganglighet/")
    assert page.status_code == 200
    text = text_of(page)
    for words in ("Västerviks kommun", "delvis förenlig", "Karin Hallgren", "Digg"):
        assert words in text
    assert "https://www.digg.se/tdosanmalan" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.clause("S15")
def test_the_privacy_notice_says_who_is_answerable_and_where_to_complain_as_its_paper_does(cast, sign_in):
    def page(which):
        document = RoutineDocument.objects.filter(programme=cast.knutpunkten, which=which).latest("version")
        return text_of(sign_in(cast.johan).get(f"/rutiner/{document.pk}/"))

    host = cast.knutpunkten.host
    notice = page("dataskydd")
    for words in (
        f"Personuppgiftsansvarig {host.name}",
        f"Dataskyddsombud {host.data_protection_officer}",
        "Klagomål Integritetsskyddsmyndigheten (IMY), www.imy.se",
    ):
        assert words in notice
    assert "Personuppgiftsansvarig" not in page("samverkan")
    # A version that another has replaced names the host of its own time.
    with behind_the_wall():
        keep_host([cast.knutpunkten], "Tjusts kommun", "", timezone.localdate())
    assert f"Personuppgiftsansvarig {host.name}" in page("dataskydd")
    first = RoutineDocument.objects.get(programme=cast.knutpunkten, which="dataskydd", version=1)
    assert "Personuppgiftsansvarig Tjusts kommun" in text_of(sign_in(cast.johan).get(f"/rutiner/{first.pk}/"))


@pytest.mark.django_db
def test_a_routine_that_is_not_there_is_not_found(cast, sign_in):
    assert sign_in(cast.johan).get("/rutiner/8a3c1f44-0000-4000-8000-000000000000/").status_code == 404


@pytest.mark.django_db
def test_the_pages_stand_also_before_anything_is_set_up(cast, sign_in):
    client = sign_in(cast.johan)
    with behind_the_wall():
        RoutineDocument.objects.all().delete()
        Contact.objects.all().delete()
    assert "Inga rutiner än" in text_of(client.get("/rutiner/"))
    assert "Ingen enhet står på listan än" in text_of(client.get("/kontaktlista/"))


def test_a_short_first_line_is_the_heading_of_its_passage():
    assert [
        (p.heading, p.paragraphs) for p in passages("Före\r\nEtt.\r\n\r\nBara ett stycke.\n\n\n\nMötet börjar:\nTvå.")
    ] == [
        ("Före", ("Ett.",)),
        ("", ("Bara ett stycke.",)),
        ("", ("Mötet börjar:", "Två.")),
    ]


def test_times_are_said_in_words():
    programme = Programme(meeting_weekday=3, meeting_week=3, visit_weekday=1, visit_weeks="all")
    for name, value in (
        ("visit_starts", "13:00"),
        ("visit_ends", "14:00"),
        ("meeting_starts", "09:00"),
        ("meeting_ends", "11:15"),
    ):
        setattr(programme, name, Programme._meta.get_field(name).to_python(value))
    assert visits_in_words(programme) == "Tisdagar klockan 13:00–14:00"
    assert meetings_in_words(programme) == "Tredje torsdagen i månaden klockan 09:00–11:15"


@pytest.mark.django_db
def test_whoever_refers_nobody_reads_who_works_together_and_nothing_of_writing_referrals(cast, sign_in):
    programmes = 2
    for user, told in ((cast.bengt, True), (cast.lotta, True), (cast.admin, True), (cast.johan, False)):
        page = sign_in(user).get("/kontaktlista/").text
        assert page.count("Mats Lindahl") == (programmes if told else 2 * programmes)  # else by kind of case
        assert ("Här står vilka som samverkar." in page) is told
        assert ("innan du skriver en remiss" in page) is not told
    with behind_the_wall():
        cast.lis.association = Association.objects.create(name="Samordningsförbundet Annat")
        cast.lis.save()
    for user in (cast.bengt, cast.lotta, cast.johan, cast.karin):
        assert "Knutpunkten LIS" not in text_of(sign_in(user).get("/kontaktlista/")), "another association's"
    assert "Knutpunkten LIS" in text_of(sign_in(cast.admin).get("/kontaktlista/"))


@pytest.mark.django_db
def test_the_menu_and_the_page_say_how_it_works_in_the_same_words(cast, sign_in):
    page = sign_in(cast.bengt).get(reverse("how_it_works")).text
    [said] = set(re.findall(rf'<a href="{reverse("how_it_works")}"[^>]*>(.*?)</a>', page))
    assert f"<h1>{said}</h1>" in page
