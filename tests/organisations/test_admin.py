"""Inställningar: for the administrator alone, in Swedish, and nothing about cases."""

import re
from datetime import date, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.organisations.hosts import host_on
from knutpunkten.organisations.models import (
    Agency,
    Association,
    Contact,
    Membership,
    Programme,
    Role,
    RoutineDocument,
    Unit,
    User,
)
from knutpunkten.referrals.rules import representatives
from tests.activities.test_week import text_of
from tests.builders import make_person
from tests.conftest import behind_the_wall
from tests.settings_pages import account_page, as_sent, settings_of, yesterday

pytestmark = pytest.mark.django_db
MODELS = ("association", "agency", "unit", "user", "membership", "programme", "contact", "routinedocument")


def test_the_administrator_sees_the_reference_data_and_nothing_else(cast, sign_in):
    client = sign_in(cast.admin)
    index = client.get("/installningar/")
    assert index.status_code == 200
    shown = {model["object_name"].lower() for app in index.context["app_list"] for model in app["models"]}
    assert shown == set(MODELS)
    text = text_of(index)
    # In the order one sets up.
    words = (
        "Samordningsförbund",
        "Myndigheter",
        "Enheter",
        "Insatser",
        "Konton",
        "Uppdrag",
        "Kontakter",
        "Rutindokument",
    )
    assert [model["name"].capitalize() for app in index.context["app_list"] for model in app["models"]] == list(words)
    assert all(word in text for word in words)
    for model in MODELS:
        assert client.get(f"/installningar/organisations/{model}/").status_code == 200


def test_every_row_can_be_opened_and_none_that_others_refer_to_be_deleted(cast, sign_in):
    client = sign_in(cast.admin)
    kept = {"user": User, "membership": Membership, "routinedocument": RoutineDocument}
    used = {"association": Association, "agency": Agency, "unit": Unit, "programme": Programme}
    for name, model in (kept | used).items():
        row = model.objects.first()
        page = f"/installningar/organisations/{name}/{row.pk}"
        assert client.get(f"{page}/change/").status_code == 200, name
        asked = [client.get(f"{page}/delete/"), client.post(f"{page}/delete/", {"post": "yes"})]
        assert [answer.status_code for answer in asked] == ([403, 403] if name in kept else [200, 200]), name
        for answer in asked if name in used else []:
            assert f"{row} används och kan därför inte tas bort." in text_of(answer)
        assert model.objects.filter(pk=row.pk).exists()
    contact = Contact.objects.first()
    asked = text_of(client.get(f"/installningar/organisations/contact/{contact.pk}/delete/"))
    for words in (f"Vill du ta bort {contact}", "Det går inte att ångra.", "Nej, gå tillbaka"):
        assert words in asked
    assert client.post(f"/installningar/organisations/contact/{contact.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Contact.objects.filter(pk=contact.pk).exists()


def test_what_was_added_by_mistake_is_taken_away_till_something_refers_to_it(cast, sign_in, make_case):
    client, agency = sign_in(cast.admin), cast.unit("Vuxenenheten").agency
    unit = Unit.objects.create(agency=agency, name="Felskriven")
    page = f"/installningar/organisations/unit/{unit.pk}/delete/"
    case = make_case("active")
    with behind_the_wall():
        party = case.parties.filter(basis="consent").first()
        party.pk, party.unit = uuid4(), unit
        party.save(force_insert=True)
    # The administrator sees no case: that one refers to the unit is for the database to say.
    assert "Ärenden, möten, platser eller studiebesök" in text_of(client.get(page))
    assert client.post(page, {"post": "yes"}).status_code == 200
    with behind_the_wall():
        party.delete()
    asked = text_of(client.get(page))
    assert f"Vill du ta bort {unit}" in asked
    assert Unit.objects.filter(pk=unit.pk).exists(), "that it was tried is undone"
    assert client.post(page, {"post": "yes"}).status_code == 302
    assert not Unit.objects.filter(pk=unit.pk).exists()


def test_whatever_was_added_by_mistake_goes_when_it_is_taken_away(cast, sign_in):
    client = sign_in(cast.admin)
    association = Association.objects.create(name="Förbundet fel")
    agency = Agency.objects.create(association=association, name="Felboda", kind="kommun", mark="FB")
    unit = Unit.objects.create(agency=agency, name="Felboda")
    programme = Programme.objects.create(association=association, name="Felet", host=agency, team=unit)
    contact = Contact.objects.create(programme=programme, kind="collaboration", unit=unit, representative=cast.mats)
    for row in (contact, programme, unit, agency, association):
        page = f"/installningar/organisations/{row._meta.model_name}/{row.pk}/delete/"
        assert f"Tog bort {row._meta.verbose_name}" in text_of(client.post(page, {"post": "yes"}, follow=True))
        assert not type(row).objects.filter(pk=row.pk).exists(), row


@pytest.mark.parametrize("person", ["karin", "elin", "johan", "nadja", "bengt"])
def test_others_are_refused_with_a_sentence(cast, sign_in, person):
    client = sign_in(getattr(cast, person))
    refused = client.get("/installningar/", follow=True)
    assert refused.status_code == 403
    assert "Den här sidan är inte öppen för dig" in text_of(refused)
    assert client.get("/installningar/organisations/user/").status_code == 302
    assert client.post("/installningar/organisations/unit/add/", {"name": "X"}).status_code == 302


def test_the_settings_open_with_the_administrators_hat_on_and_not_with_another(cast, sign_in):
    with behind_the_wall():
        cast.admin.memberships.create(role="reviewer", association=cast.association, starts_on="2026-01-01")
    client = sign_in(cast.admin, role="reviewer")
    refused = client.get("/installningar/", follow=True)
    assert refused.status_code == 403
    assert f"Sidan är inte öppen för dig som Granskare, {cast.association}." in text_of(refused)
    client.post(account_page(cast.kim), as_sent(cast.kim, phone="070-174 06 99"))
    assert not User.objects.filter(phone="070-174 06 99").exists()
    client.post("/roller/", {"hat": str(cast.admin.memberships.get(role="administrator").pk)})
    assert client.get("/installningar/").status_code == 200


def test_without_an_account_one_signs_in_first_and_never_is_sent_elsewhere(cast):
    answer = Client().get("/installningar/login/?next=https://ond.example/")
    assert answer.url == "/logga-in/?next=%2Finstallningar%2F"


def test_an_account_is_made_and_given_a_role_and_no_password(cast, sign_in):
    client = sign_in(cast.admin)
    made = client.post(
        "/installningar/organisations/user/add/",
        {
            "email": "Ny.Person@kommun.example",
            "name": "Ny Person",
            "phone": "",
            "password1": "granit-moln-sju",
            "password2": "granit-moln-sju",
        },
    )
    assert made.status_code == 302, text_of(made)
    assert "Kontot är sparat. Ge det ett uppdrag, och skicka inbjudan." in text_of(client.get(made.url))
    user = User.objects.get(email="ny.person@kommun.example")
    begins = client.get("/installningar/organisations/membership/add/").context["adminform"].form["starts_on"]
    assert begins.value() == str(timezone.localdate())
    assert not user.has_usable_password(), "nobody but the holder knows it"
    role = client.post(
        "/installningar/organisations/membership/add/",
        {
            "user": user.pk,
            "role": "caseworker",
            "unit": cast.unit("Vuxenenheten").pk,
            "programme": "",
            "association": "",
            "starts_on": "2026-01-01",
            "ends_on": "",
        },
    )
    assert role.status_code == 302, text_of(role)
    with acting_as(user) as who:
        assert who.role == "caseworker"


def test_an_address_has_one_account_however_it_is_written(cast, sign_in):
    page = sign_in(cast.admin).post(
        "/installningar/organisations/user/add/",
        {"email": cast.karin.email.upper(), "name": "Karin igen", "usable_password": "false"},
    )
    assert "Det finns redan ett konto med den adressen" in text_of(page)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"role": "caseworker"}, "Välj enhet: den som arbetar med ärenden gör det i en enhet"),
        ({"role": "supervisor", "unit": "Knutpunktsteamet"}, "Välj insats: samordnare och handledare hör till en"),
        ({"role": "supervisor", "unit": "Vuxenenheten", "programme": True}, "det är insatsens eget team"),
        ({"role": "representative", "unit": "LIS-teamet"}, "Teamet har ingen representant. Välj samordnare eller"),
        ({"role": "caseworker", "unit": "LIS-teamet"}, "Teamet har ingen handläggare. Välj samordnare eller"),
        ({"role": "association"}, "Välj samordningsförbund"),
        ({"role": "caseworker", "unit": "Vuxenenheten", "starts_on": "2041-01-01"}, "Skriv en dag inom ett år"),
        ({"role": "administrator", "unit": "Vuxenenheten"}, "Ta bort enheten"),
        ({"role": "caseworker", "unit": "Vuxenenheten", "programme": True}, "Ta bort insatsen"),
        ({"role": "representative", "unit": "Vuxenenheten", "association": True}, "Ta bort samordningsförbundet"),
        (
            {"role": "caseworker", "unit": "Vuxenenheten", "ends_on": "2025-12-31"},
            "Skriv ett slutdatum som inte är före startdatumet, 2026-01-01",
        ),
        (
            {"role": "caseworker", "unit": "Vuxenenheten", "starts_on": "2019-01-01", "ends_on": "2020-01-01"},
            "Skriv en dag som inte ligger mer än ett år bakåt",
        ),
        ({"role": "caseworker", "unit": "Försäkringskassan"}, "Kim Rask har redan det uppdraget från"),
    ],
)
def test_a_role_that_cannot_be_says_why(cast, sign_in, wrong, sentence):
    data = {
        "user": cast.kim.pk,
        "unit": "",
        "programme": "",
        "association": "",
        "starts_on": "2026-01-01",
        "ends_on": "",
    } | wrong
    if data["unit"]:
        data["unit"] = cast.unit(data["unit"]).pk
    if data["programme"]:
        data["programme"] = cast.knutpunkten.pk
    if data["association"]:
        data["association"] = cast.knutpunkten.association_id
    before = Membership.objects.count()
    page = sign_in(cast.admin).post("/installningar/organisations/membership/add/", data)
    assert page.status_code == 200
    assert sentence in text_of(page)
    assert Membership.objects.count() == before


def test_nor_does_the_same_role_stand_twice_on_an_accounts_page_but_it_may_begin_anew(cast, sign_in):
    held = cast.kim.memberships.get()
    again = {f"memberships-1-{name}": value for name, value in {"role": held.role, "unit": str(held.unit_id)}.items()}
    sent = as_sent(cast.kim, **again) | {"memberships-TOTAL_FORMS": 2, "memberships-1-user": str(cast.kim.pk)}
    sent["memberships-1-starts_on"] = str(timezone.localdate())
    client = sign_in(cast.admin)
    assert "Kim Rask har redan det uppdraget från" in text_of(client.post(account_page(cast.kim), sent))
    assert client.post(account_page(cast.kim), sent | {"memberships-0-ends_on": yesterday()}).status_code == 302
    assert cast.kim.memberships.count() == 2
    history = text_of(client.get(account_page(cast.kim).replace("change", "history")))
    assert f"uppdraget Handläggare, {held.unit}: sista dagen från tomt till {yesterday()}; nytt uppdrag" in history
    assert f"nytt uppdrag: Handläggare, {held.unit}." in history


def test_a_role_given_by_mistake_is_ended_the_day_it_began_and_no_other_ends_before_it_begins(cast, sign_in):
    client, today = sign_in(cast.admin), timezone.localdate()
    role = cast.kim.memberships.get()
    for began, answered in ((today + timedelta(days=1), 200), (today, 302)):
        role.starts_on = began
        role.save()
        sent = as_sent(cast.kim, **{"memberships-0-ends_on": yesterday()})
        assert client.post(account_page(cast.kim), sent).status_code == answered, began
    role.refresh_from_db()
    assert [str(day) for day in (role.starts_on, role.ends_on)] == [yesterday(), yesterday()]
    with acting_as(cast.kim) as who:
        assert who.hat is None


def test_an_administrator_gives_themself_no_role_near_cases_or_the_log_but_may_end_one(cast, sign_in):
    client, unit, today = sign_in(cast.admin), cast.unit("Vuxenenheten"), timezone.localdate()
    given = {"user": cast.admin.pk, "role": "caseworker", "unit": unit.pk, "starts_on": str(today)}
    below = {f"memberships-1-{name}": str(value) for name, value in given.items()} | {"memberships-TOTAL_FORMS": "2"}
    refused = "Ett uppdrag åt dig själv lägger en annan administratör till."
    review = {"user": cast.admin.pk, "role": "reviewer", "association": cast.association.pk, "starts_on": str(today)}
    for page, sent in (
        ("/installningar/organisations/membership/add/", given),
        ("/installningar/organisations/membership/add/", review),
        (account_page(cast.admin), as_sent(cast.admin) | below),
    ):
        assert refused in text_of(client.post(page, sent))
    with acting_as(cast.admin), pytest.raises(DatabaseError, match="another gives"), transaction.atomic():
        cast.admin.memberships.create(role="caseworker", unit=unit, starts_on=today)
    with acting_as(cast.admin), pytest.raises(DatabaseError, match="another gives"), transaction.atomic():
        cast.admin.memberships.create(role="reviewer", association=cast.association, starts_on=today)
    with behind_the_wall():
        own = cast.admin.memberships.create(role="caseworker", unit=unit, starts_on=today, ends_on=today)
    page = f"/installningar/organisations/membership/{own.pk}/change/"
    assert refused in text_of(client.post(page, given | {"ends_on": ""}))
    assert client.post(page, given | {"ends_on": yesterday()}).status_code == 302
    own.refresh_from_db()
    assert str(own.ends_on) == yesterday()


@pytest.mark.parametrize(("role", "unit"), [("representative", "LIS-teamet"), ("supervisor", "Vuxenenheten")])
def test_a_role_that_came_to_be_beside_the_team_opens_nothing(cast, role, unit):
    with behind_the_wall():
        cast.kim.memberships.all().delete()
        cast.kim.memberships.create(role=role, unit=cast.unit(unit), programme=cast.lis, starts_on="2026-01-01")
    with acting_as(cast.kim) as who:
        assert who.hat is None


@pytest.mark.parametrize(
    ("unit", "why"),
    [
        ("Vuxenenheten", "Enheten har handläggare eller representanter."),
        ("Knutpunktsteamet", "Enheten är redan team i Knutpunkten."),
    ],
)
def test_a_unit_with_caseworkers_or_another_programmes_becomes_no_programmes_team(cast, sign_in, unit, why):
    sent = settings_of(cast.lis) | {"team": cast.unit(unit).pk}
    page = text_of(sign_in(cast.admin).post(f"/installningar/organisations/programme/{cast.lis.pk}/change/", sent))
    assert f"{why} Välj insatsens eget team." in page
    assert "finns redan" not in page


@pytest.mark.clause("S15")
def test_a_routine_is_revised_by_a_new_version_and_an_old_one_never_changes(cast, sign_in):
    client = sign_in(cast.admin)
    data = {
        "programme": cast.knutpunkten.pk,
        "which": "guide",
        "on_date": "2026-11-01",
        "by_whom": "Karin Hallgren",
        "what_changed": "Nya tider.",
        "text": "Ny text.",
    }
    assert client.post("/installningar/organisations/routinedocument/add/", data).status_code == 302
    versions = RoutineDocument.objects.filter(programme=cast.knutpunkten, which="guide").order_by("version")
    assert [(v.version, v.on_date) for v in versions] == [(1, date(2024, 3, 12)), (2, date(2026, 11, 1))]
    first = versions[0]
    assert client.post(f"/installningar/organisations/routinedocument/{first.pk}/change/", data).status_code == 403
    assert "Nya tider." in text_of(sign_in(cast.johan).get("/rutiner/"))


@pytest.mark.clause("S15")
def test_a_new_version_begins_from_the_one_in_force_and_leaves_it_as_it_is(cast, sign_in):
    client, add = sign_in(cast.admin), "/installningar/organisations/routinedocument/add/"
    in_force = RoutineDocument.objects.get(programme=cast.knutpunkten, which="guide")
    offered = client.get(add)
    assert "Börja från den som gäller" in text_of(offered)
    assert f'href="?fran={in_force.pk}"' in offered.text
    own = client.get(f"/installningar/organisations/routinedocument/{in_force.pk}/change/")
    assert f'href="{add}?fran={in_force.pk}"' in own.text

    page = client.get(add, {"fran": str(in_force.pk)})
    assert "Du börjar från Guide för handläggare, version 1, Knutpunkten." in text_of(page)
    begun = page.context["adminform"].form
    assert {name: begun[name].value() for name in ("programme", "which", "text", "on_date", "by_whom")} == {
        "programme": cast.knutpunkten.pk,
        "which": "guide",
        "text": in_force.text,
        "on_date": None,
        "by_whom": None,
    }


def test_a_new_version_with_the_text_of_the_last_one_is_none(cast, sign_in):
    in_force = RoutineDocument.objects.get(programme=cast.knutpunkten, which="guide")
    sent = {"programme": cast.knutpunkten.pk, "which": "guide", "on_date": "2026-11-01", "by_whom": "Karin"}
    sent |= {"what_changed": "Inget.", "text": in_force.text.replace("\n", "\r\n") + "\r\n "}
    refused = sign_in(cast.admin).post("/installningar/organisations/routinedocument/add/", sent)
    assert "Texten är densamma som i version 1." in text_of(refused)
    assert list(in_force.others()) == []


@pytest.mark.parametrize("nothing", ["", "version-1", "6e3b2a2e-0000-4000-8000-000000000000"])
def test_an_address_that_names_no_version_begins_with_an_empty_one(cast, sign_in, nothing):
    page = sign_in(cast.admin).get("/installningar/organisations/routinedocument/add/", {"fran": nothing})
    assert page.status_code == 200
    assert page.context["adminform"].form["text"].value() is None


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2024-03-11", "Skriv en dag efter 2024-03-12: då kom den förra versionen"),
        ("2024-03-12", "Skriv en dag efter 2024-03-12: då kom den förra versionen"),
        ("2041-01-01", "Skriv en dag inom ett år"),
    ],
)
def test_a_version_of_a_routine_comes_after_the_last_one_and_within_a_year(cast, sign_in, day, sentence):
    sent = {"programme": cast.knutpunkten.pk, "which": "guide", "on_date": day, "by_whom": "Karin", "text": "Ny text."}
    page = sign_in(cast.admin).post("/installningar/organisations/routinedocument/add/", sent)
    assert sentence in text_of(page)


@pytest.mark.clause("S15")
def test_a_version_whose_day_has_not_come_is_written_anew_or_taken_back(cast, sign_in):
    client, today = sign_in(cast.admin), timezone.localdate()
    sent = {"programme": cast.knutpunkten.pk, "which": "guide", "by_whom": "Karin", "text": "Ny text."}
    sent |= {"on_date": str(today + timedelta(days=200)), "what_changed": "Nya tider."}
    add = "/installningar/organisations/routinedocument/add/"
    assert "Skriv vad som ändrades" in text_of(client.post(add, sent | {"what_changed": ""}))
    assert client.post(add, sent).status_code == 302
    last = today + timedelta(days=200)
    sooner = client.post(add, sent | {"on_date": str(today), "text": "Nyare text."})
    assert f"Skriv en dag efter {last}: då kommer den förra versionen" in text_of(sooner)
    coming = RoutineDocument.objects.get(programme=cast.knutpunkten, which="guide", version=2)
    own = f"/installningar/organisations/routinedocument/{coming.pk}"
    assert client.post(f"{own}/change/", sent | {"on_date": str(today + timedelta(days=20))}).status_code == 302
    coming.refresh_from_db()
    assert (coming.version, coming.on_date) == (2, today + timedelta(days=20))
    history = sign_in(cast.johan).get(f"/rutiner/{coming.pk}/")
    assert f"Gäller från {coming.on_date}" in text_of(history)
    assert history.text.count('<li class="past">') == 1
    assert client.post(f"{own}/delete/", {"post": "yes"}).status_code == 302
    assert not RoutineDocument.objects.filter(pk=coming.pk).exists()


def test_that_somebody_is_a_participant_is_nothing_the_administrator_sees(cast, sign_in):
    with behind_the_wall():
        account = User.objects.create_user("amira@deltagare.example", "Amira Haddad")
        person = make_person("Amira", "Haddad")
        person.account = account
        person.save()
    client = sign_in(cast.admin)
    assert "Amira Haddad" not in text_of(client.get("/installningar/organisations/user/"))
    assert client.get(f"/installningar/organisations/user/{account.pk}/change/").status_code == 302
    found = client.get(
        "/installningar/autocomplete/",
        {"app_label": "organisations", "model_name": "membership", "field_name": "user", "term": "Amira"},
    )
    assert found.json()["results"] == []
    for other in (cast.karin, cast.johan):
        with acting_as(other), connection.cursor() as cursor:
            cursor.execute("select count(*) from (select participant_accounts()) as found")
            assert cursor.fetchone() == (0,)


def test_the_administrator_has_no_way_to_a_case(cast, sign_in, make_case):
    case = make_case("active")
    client = sign_in(cast.admin)
    for address in ("/arenden/", f"/arenden/{case.pk}/", "/siffror/", "/veckan/", "/min-sida/"):
        assert client.get(address).status_code in (302, 403, 404)
    for model in ("cases/case", "people/person", "audit/entry", "procrastinate/procrastinatejob"):
        assert client.get(f"/installningar/{model}/").status_code in (302, 403, 404)


def test_nothing_that_is_used_crosses_into_another_association(cast, sign_in):
    client, settings = sign_in(cast.admin), "/installningar/organisations"
    other = Association.objects.create(name="Samordningsförbundet Annat")
    elsewhere = Agency.objects.create(association=other, name="Annan kommun", kind="kommun", mark="AK")
    unit, theirs = cast.unit("Vuxenenheten"), Unit.objects.create(agency=elsewhere, name="Annan kommun")
    region = cast.unit("Öppenpsykiatrin").agency
    municipality, unused = unit.agency, Unit.objects.create(agency=unit.agency, name="Felskriven")
    written = {"name": municipality.name, "kind": municipality.kind, "mark": municipality.mark} | no_units()
    role = {"user": cast.kim.pk, "starts_on": str(timezone.localdate())}
    in_another = "Välj en insats i Samordningsförbundet Annat"
    refused = [
        (f"agency/{municipality.pk}/change", written | {"association": other.pk}, "stannar i sitt förbund"),
        (f"unit/{unit.pk}/change", {"name": unit.name, "agency": elsewhere.pk}, f"stannar i {municipality}. Lägg till"),
        (
            f"programme/{cast.knutpunkten.pk}/change",
            settings_of(cast.knutpunkten) | {"association": other.pk},
            f"Insatsen stannar i {cast.association}. Lägg till",
        ),
        (
            "membership/add",
            role | {"role": "coordinator", "unit": theirs.pk, "programme": cast.lis.pk},
            in_another,
        ),
        (
            "membership/add",
            role | {"role": "association", "association": other.pk, "programme": cast.lis.pk},
            in_another,
        ),
        (
            "contact/add",
            {"programme": cast.lis.pk, "kind": "collaboration", "unit": theirs.pk, "representative": cast.mats.pk},
            f"Välj en enhet i {cast.association}",
        ),
        (
            f"programme/{cast.lis.pk}/change",
            settings_of(cast.lis) | {"team": theirs.pk},
            f"Välj en enhet i {cast.association}",
        ),
        (
            f"agency/{region.pk}/change",
            {"name": region.name, "kind": "knutpunkt", "mark": region.mark, "association": cast.association.pk}
            | no_units(),
            "Myndigheten används",
        ),
    ]
    choices = client.get(f"{settings}/membership/add/").text
    assert f">Annan kommun ({other})</option>" in choices
    assert f">{unit.full_name} ({cast.association})</option>" in choices
    assert (
        choices.index(">Annan kommun (") < choices.index(">Arbetsförmedlingen (") < choices.index(">Västerviks kommun,")
    )
    filters = text_of(client.get(f"{settings}/membership/"))
    assert f"Alla Annan kommun ({other}) Arbetsförmedlingen ({cast.association})" in filters
    units = text_of(client.get(f"{settings}/unit/"))
    assert "Samordningsförbund Telefon" in units
    assert f"Annan kommun Annan kommun {other}" in units
    for page, sent, why in refused:
        assert why in text_of(client.post(f"{settings}/{page}/", sent)), page
    moved = client.post(f"{settings}/unit/{unused.pk}/change/", {"name": unused.name, "agency": elsewhere.pk})
    assert moved.status_code == 302
    alone = {"name": elsewhere.name, "kind": "kommun", "mark": "AK", "association": cast.association.pk} | no_units()
    assert client.post(f"{settings}/agency/{elsewhere.pk}/change/", alone).status_code == 302


def no_units() -> dict[str, int]:
    """An agency's page, with no unit on it."""
    return {"units-TOTAL_FORMS": 0, "units-INITIAL_FORMS": 0}


def test_a_programme_with_its_agency_unit_account_and_role_is_made_by_hand(cast, sign_in):
    client = sign_in(cast.admin)
    association = cast.knutpunkten.association_id
    add = "/installningar/organisations/{}/add/".format
    agency = {"association": association, "name": "Hultsfreds kommun", "kind": "kommun", "mark": "HK", **no_units()}
    assert client.post(add("agency"), agency).status_code == 302
    made = Agency.objects.get(name="Hultsfreds kommun")
    assert client.post(add("unit"), {"agency": made.pk, "name": "Hultsfredsteamet"}).status_code == 302
    team = Unit.objects.get(name="Hultsfredsteamet")
    settings = settings_of(cast.knutpunkten) | {"name": "Hultsfred", "host": made.pk, "team": team.pk}
    answer = client.post(add("programme"), settings)
    assert answer.status_code == 302, text_of(answer)
    programme = Programme.objects.get(name="Hultsfred")
    missing = (
        "Hultsfred har ingen dataskyddsinformation som gäller.",
        "Hultsfreds kommun har inget dataskyddsombud angivet.",
        "Hultsfred har ingen samordnare nu.",
    )
    lists = [f"Kontaktlistan för {kind}n i Hultsfred är tom." for kind in ("samverkansärende", "konsultationsärende")]
    assert all(words in text_of(client.get(answer.url)) for words in (*missing, *lists))
    account = {"email": "ny@hultsfred.example", "name": "Ny Samordnare", "usable_password": "false"}
    assert client.post(add("user"), account).status_code == 302
    user = User.objects.get(email="ny@hultsfred.example")
    role = {
        "user": user.pk,
        "role": "coordinator",
        "unit": team.pk,
        "programme": programme.pk,
        "starts_on": "2026-01-01",
    }
    assert client.post(add("membership"), role).status_code == 302
    with acting_as(user) as who:
        assert (who.role, who.hat.programme) == ("coordinator", "Hultsfred")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"visit_ends": "12:00"}, "Skriv en tid efter 13:00"),
        ({"meeting_ends": "09:00"}, "Skriv en tid efter 09:00"),
        ({"first_ends": "07:00"}, "Skriv en tid efter 08:00"),
        ({"first_starts": "06:00", "first_ends": "18:30"}, "Skriv en tid högst tolv timmar senare"),
        ({"second_starts": "09:30"}, "Skriv 09:50 eller senare: då slutar det första passet"),
        ({"oldest": "17"}, "Skriv en ålder som är minst 18"),
        ({"days_plan": "0"}, "Skriv ett tal mellan 1 och 250"),
        ({"days_before_meeting": "11"}, "Skriv högst 10: remissen lämnas in 14 dagar före mötet"),
        ({"themes": "Yoga\n" + "x" * 81}, "högst 80 tecken, nu 81"),
        ({"meeting_week": "5"}, "Skriv ett tal mellan 1 och 4"),
        ({"follow_up_weeks": "0"}, "Skriv ett tal mellan 1 och 26"),
        ({"places": "0"}, "Skriv ett tal mellan 1 och 200"),
        ({"places": "20000"}, "Skriv ett tal mellan 1 och 200"),
        ({"least_hours": "200"}, "Skriv ett tal mellan 1 och 40"),
        ({"oldest": "650"}, "Skriv ett tal mellan 16 och 70"),
        ({"visit_seats": "0"}, "Skriv ett tal mellan 1 och 50"),
        ({"consultation_minutes": "500"}, "Skriv ett tal mellan 5 och 120"),
        ({"visit_starts": "kvart över ett"}, "Skriv klockslaget som TT:MM, till exempel 13:00"),
    ],
)
def test_a_setting_that_cannot_be_says_what_to_write(cast, sign_in, wrong, sentence):
    programme = Programme.objects.get(pk=cast.knutpunkten.pk)
    before = settings_of(programme)
    page = sign_in(cast.admin).post(f"/installningar/organisations/programme/{programme.pk}/change/", before | wrong)
    assert page.status_code == 200
    assert sentence in text_of(page)
    assert settings_of(Programme.objects.get(pk=programme.pk)) == before


@pytest.mark.clause("S1")
def test_the_contact_list_names_only_those_who_are_representatives_of_the_unit(cast, sign_in):
    row = {"programme": cast.lis.pk, "kind": "collaboration", "unit": cast.unit("Vuxenenheten").pk}
    client, url = sign_in(cast.admin), "/installningar/organisations/contact/add/"
    Contact.objects.all().delete()
    for other in (cast.tove, cast.nadja):
        page = client.post(url, {**row, "representative": other.pk})
        assert f"Ge först {other.name} uppdraget som representant" in text_of(page)
    page = client.post(url, row | {"unit": cast.lis.team_id, "representative": cast.bosse.pk})
    assert f"Välj en enhet som remitterar. Samordnaren i {cast.lis} står redan i listan." in text_of(page)
    assert not Contact.objects.exists()
    assert client.post(url, {**row, "representative": cast.bosse.pk}).status_code == 302
    assert Contact.objects.get().representative == cast.bosse


@pytest.mark.clause("S1")
def test_who_takes_over_as_representative_is_listed_ahead_and_named_from_that_day(cast, sign_in, make_case):
    unit, tomorrow = cast.unit("Vuxenenheten"), timezone.localdate() + timedelta(days=1)
    case = make_case("handed_over", referring_unit=unit)
    with behind_the_wall():
        Membership.objects.create(user=cast.tove, role=Role.REPRESENTATIVE, unit=unit, starts_on=tomorrow)
    client = sign_in(cast.admin)
    account = f"/installningar/organisations/user/{cast.tove.pk}/change/"
    unlisted = f"{cast.tove} står inte i kontaktlistan som representant för {unit}"
    assert unlisted in text_of(client.get(account))
    for kind in ("collaboration", "consultation"):
        row = {"programme": cast.knutpunkten.pk, "kind": kind, "unit": unit.pk, "representative": cast.tove.pk}
        assert client.post("/installningar/organisations/contact/add/", row).status_code == 302
    assert unlisted not in text_of(client.get(account))
    assert f"Från {tomorrow}" in text_of(client.get("/installningar/organisations/contact/"))
    assert cast.tove not in representatives(case, timezone.localdate())
    with behind_the_wall():
        Membership.objects.filter(user=cast.tove, unit=unit).update(starts_on=timezone.localdate())
    assert cast.tove in representatives(case, timezone.localdate())


def test_whoever_takes_away_a_units_last_contact_is_told_before_that_it_has_none_then(cast, sign_in):
    client, unit, page = sign_in(cast.admin), cast.unit("Vuxenenheten"), "/installningar/organisations/contact/"
    Contact.objects.filter(unit=unit).delete()
    of = {"programme": cast.knutpunkten, "unit": unit, "kind": "collaboration"}
    one, other = (Contact.objects.create(representative=person, **of) for person in (cast.bosse, cast.nadja))
    advises = Contact.objects.create(representative=cast.bosse, **of | {"kind": "consultation"})
    said = f"{unit} har sedan ingen kontakt för samverkansärenden i Knutpunkten."
    asked = text_of(client.get(f"{page}{one.pk}/delete/"))
    assert f"{cast.bosse}, samverkansärenden i Knutpunkten" in asked
    assert said not in asked
    assert client.post(f"{page}{one.pk}/delete/", {"post": "yes"}).status_code == 302
    assert said in text_of(client.get(f"{page}{other.pk}/delete/"))
    ticked = {"action": "delete_selected", "_selected_action": [other.pk, advises.pk]}
    asked = text_of(client.post(page, ticked))
    for row in (f"{cast.nadja}, samverkansärenden i Knutpunkten", f"{cast.bosse}, konsultationsärenden i Knutpunkten"):
        assert row in asked
    for sentence in (said, f"{unit} har sedan ingen kontakt för konsultationsärenden i Knutpunkten."):
        assert sentence in asked
    client.post(page, ticked | {"post": "yes"})
    assert not Contact.objects.filter(unit=unit).exists()


@pytest.mark.clause("S12")
def test_a_role_that_has_begun_is_not_given_to_another_by_its_row(cast, sign_in):
    role = cast.johan.memberships.get()
    row = {"user": cast.tove.pk, "role": role.role, "unit": role.unit_id, "starts_on": str(role.starts_on)}
    answer = sign_in(cast.admin).post(f"/installningar/organisations/membership/{role.pk}/change/", row)
    assert f"{cast.johan} har uppdraget. Sätt en sista dag på det" in text_of(answer)
    role.refresh_from_db()
    assert role.user == cast.johan


def test_a_programme_s_page_says_for_which_kind_of_case_a_unit_has_no_contact(cast, sign_in):
    unit = cast.unit("Vuxenenheten")
    own = f"/installningar/organisations/programme/{cast.knutpunkten.pk}/change/"
    said = f"{unit} har ingen representant i kontaktlistan för konsultationsärenden i Knutpunkten nu."
    client = sign_in(cast.admin)
    assert said not in text_of(client.get(own))
    Contact.objects.filter(unit=unit, kind="consultation").delete()
    assert said in text_of(client.get(own))


def test_the_contact_list_says_who_has_left(cast, sign_in):
    client, url = sign_in(cast.admin), "/installningar/organisations/contact/"
    said = "Nej, är inte representant där längre"
    many = Contact.objects.filter(representative=cast.mats).count()
    assert many
    assert said not in text_of(client.get(url))
    own = f"/installningar/organisations/programme/{cast.lis.pk}/change/"
    lacks = "har ingen representant i kontaktlistan för Knutpunkten LIS nu."
    assert lacks not in text_of(client.get(own))
    with behind_the_wall():
        cast.mats.memberships.update(ends_on=yesterday())
    assert text_of(client.get(url)).count(f"Mats Lindahl {said}") == many
    assert text_of(client.get(own)).count(lacks) == 1


def test_the_contact_list_is_by_kind_and_then_by_unit_in_swedish_order(cast, sign_in):
    names = ("Ängens enhet", "Åkerns enhet", "Zonens enhet", "Öns enhet")
    with behind_the_wall():
        Contact.objects.all().delete()
        for name in names:
            unit = Unit.objects.create(agency=cast.unit("Vuxenenheten").agency, name=name)
            for kind in ("collaboration", "consultation"):
                Contact.objects.create(programme=cast.lis, kind=kind, unit=unit, representative=cast.bosse)
    rows = sign_in(cast.admin).get("/installningar/organisations/contact/").context["cl"].result_list
    in_order = ["Zonens enhet", "Åkerns enhet", "Ängens enhet", "Öns enhet"]
    assert [(row.kind, row.unit.name) for row in rows] == [
        (kind, name) for kind in ("collaboration", "consultation") for name in in_order
    ]


def test_no_account_is_called_by_a_number(cast, sign_in):
    sent = as_sent(cast.mats, name="19780411-2386")
    assert "Skriv för- och efternamn, utan siffror" in text_of(sign_in(cast.admin).post(account_page(cast.mats), sent))


def test_who_replaces_a_representative_is_led_through_the_steps_from_the_account(cast, sign_in):
    client, unit = sign_in(cast.admin), cast.mats.memberships.get().unit
    steps = "står i kontaktlistan. Så byter du:"
    assert steps not in text_of(client.get(account_page(cast.mats)))
    ended = as_sent(cast.mats, **{"memberships-0-ends_on": yesterday()})
    told = client.post(account_page(cast.mats), ended, follow=True)
    said = f"Mats Lindahl är inte representant för {unit} nu, och {steps}"
    assert said in text_of(told)
    role = cast.mats.memberships.get()
    for page in (account_page(cast.mats), f"/installningar/organisations/membership/{role.pk}/change/"):
        answer = client.get(page)
        assert said in text_of(answer)
        for leads in re.findall(r'href="(/installningar/[^"]*)">(?:Konton|lägg till|ta bort)', answer.text):
            assert client.get(unescape(leads)).status_code == 200
    with behind_the_wall():
        Contact.objects.filter(representative=cast.mats).delete()
        new = Membership.objects.create(user=cast.kim, role="representative", unit=unit, starts_on=timezone.localdate())
    answer = client.get(account_page(new.user))
    assert f"står inte i kontaktlistan som representant för {unit}. Lägg till en kontakt" in text_of(answer)
    (leads,) = re.findall(r'href="([^"]*)">Lägg till en kontakt<', answer.text)
    form = client.get(unescape(leads))
    assert form.context["adminform"].form.initial == {"unit": str(unit.pk), "representative": str(cast.kim.pk)}


@pytest.mark.parametrize("name", ["vuxenenheten ", "VUXENENHETEN", "Vuxenenheten"])
def test_a_unit_is_not_told_from_another_by_capital_letters_or_spaces(cast, sign_in, name):
    client, there = sign_in(cast.admin), cast.unit("Vuxenenheten")
    add = "/installningar/organisations/unit/add/"
    page = client.post(add, {"agency": there.agency_id, "name": name, "phone": ""})
    assert "Det finns redan en enhet som heter Vuxenenheten" in text_of(page)
    own = client.post(
        f"/installningar/organisations/unit/{there.pk}/change/", {"agency": there.agency_id, "name": name, "phone": ""}
    )
    assert own.status_code == 302, "its own name may be written otherwise"
    there.refresh_from_db()
    assert there.name == name.strip()


@pytest.mark.parametrize(
    ("model", "written", "sentence"),
    [
        ("agency", {"mark": "vk"}, "Västerviks kommun har redan märket VK. Skriv ett annat."),
        ("agency", {"mark": "v1"}, "Skriv två bokstäver i märket"),
        ("agency", {"name": "VÄSTERVIKS  kommun"}, "Det finns redan en myndighet som heter Västerviks kommun."),
        ("association", {"name": "samordningsförbundet tjust"}, "Det finns redan ett samordningsförbund som"),
        ("association", {"name": "x" * 121}, "Korta ”Namn”: högst 120 tecken, nu 121"),
        ("association", {"name": ""}, "Fyll i ”Namn”"),
        ("programme", {"name": "knutpunkten lis"}, "Det finns redan en insats som heter Knutpunkten LIS. Skriv ett"),
    ],
)
def test_what_is_refused_is_said_in_our_words(cast, sign_in, model, written, sentence):
    client, add = sign_in(cast.admin), f"/installningar/organisations/{model}/add/"
    assert 'maxlength="' not in client.get(add).text, "the browser would cut off what one pastes, and say nothing"
    page = client.post(add, no_units() | {"association": cast.knutpunkten.association_id} | written)
    refused = text_of(page)
    assert sentence in refused
    assert re.search(r"Inget är sparat än. \w+ (sak|saker) behöver ändras", refused)
    assert f'<a href="#id_{next(iter(written))}">' in page.text
    assert "Var god" not in refused


def test_what_the_host_was_called_is_kept_for_what_was_signed_till_then(cast, sign_in):
    client, programme, today = sign_in(cast.admin), cast.knutpunkten, timezone.localdate()
    host, other = programme.host, Agency.objects.exclude(pk=programme.host_id).exclude(kind="knutpunkt").first()
    sent = {"association": host.association_id, "name": "Tjusts kommun", "kind": host.kind, "mark": "TK"}
    sent |= {"data_protection_officer": "ombud@tjust.example", "units-TOTAL_FORMS": 0, "units-INITIAL_FORMS": 0}
    page, of_old = f"/installningar/organisations/programme/{programme.pk}/change/", f"då {host.name} var huvudman"
    assert of_old not in text_of(client.get(page))
    own = programme.team.agency
    assert client.post(page, settings_of(programme) | {"host": own.pk}).status_code == 200, "no authority"
    insats = text_of(client.post(f"/installningar/organisations/agency/{host.pk}/change/", sent | {"kind": own.kind}))
    assert f"Myndigheten är huvudman för {programme} och kan inte själv vara en insats." in insats
    renamed = client.post(f"/installningar/organisations/agency/{host.pk}/change/", sent, follow=True)
    assert f"{of_old}. Läs igenom den, och lägg till en ny version för Tjusts kommun" in text_of(renamed)
    assert "Tjusts kommun visas nu som Kommun med märket TK, också i ärenden som pågår." in text_of(renamed)
    changed = settings_of(programme) | {"host": other.pk, "name": "Navet", "places": "14"}
    assert text_of(client.post(page, changed | {"_continue": ""}, follow=True)).count(of_old) == 1
    assert of_old in text_of(client.get(page))
    programme = Programme.objects.get(pk=programme.pk)
    before, now = host_on(programme, today - timedelta(days=1)), host_on(programme, None)
    assert (before.name, before.officer) == (host.name, host.data_protection_officer)
    assert now == host_on(programme, today)
    assert (now.name, now.programme, before.programme) == (other.name, "Navet", cast.knutpunkten.name)
    history = text_of(client.get(f"/installningar/organisations/programme/{programme.pk}/history/"))
    assert f"Ändrade namn; huvudman från Tjusts kommun till {other}; platser från 12 till 14" in history
    assert [was["name"] for was in programme.hosts_before] == [host.name, "Tjusts kommun"]
    back = client.post(page, changed | {"host": host.pk}, follow=True)
    assert text_of(back).count(of_old) == 1, "in the list of programmes too"


def test_nor_are_two_new_ones_on_their_agencys_page(cast, sign_in):
    url = "/installningar/organisations/agency/add/"
    sent = {"association": cast.knutpunkten.association_id, "name": "Hultsfred", "kind": "kommun", "mark": "HK"}
    sent |= {"units-TOTAL_FORMS": 2, "units-INITIAL_FORMS": 0}
    sent |= {"units-0-name": "Team  Ett", "units-0-phone": "", "units-1-name": "team ett", "units-1-phone": ""}
    client = sign_in(cast.admin)
    assert "Det finns redan en enhet som heter Team Ett" in text_of(client.post(url, sent))
    assert client.post(url, sent | {"units-1-name": "Team Två"}).status_code == 302
    assert {unit.name for unit in Unit.objects.filter(agency__name="Hultsfred")} == {"Team Ett", "Team Två"}


def test_a_phone_number_is_one_that_can_be_called(cast, sign_in):
    client, unit = sign_in(cast.admin), cast.unit("Vuxenenheten")
    sentence = "Skriv hela telefonnumret, till exempel 070-174 06 20"
    assert sentence in text_of(client.post(account_page(cast.kim), as_sent(cast.kim, phone="hej")))
    changed = {"agency": unit.agency_id, "name": unit.name, "phone": "hej"}
    assert sentence in text_of(client.post(f"/installningar/organisations/unit/{unit.pk}/change/", changed))


def test_nobody_who_takes_part_stands_in_the_lists_of_accounts_to_choose(cast, sign_in):
    with behind_the_wall():
        account = User.objects.create_user("amira@deltagare.example", "Amira Haddad")
        person = make_person("Amira", "Haddad")
        person.account = account
        person.save()
    client = sign_in(cast.admin)
    for model in ("membership", "contact"):
        page = client.get(f"/installningar/organisations/{model}/add/").text
        assert "Karin Hallgren</option>" in page
        assert "Amira Haddad" not in page
        assert "select2" not in page


def test_the_settings_wear_our_frame(cast, sign_in):
    page = sign_in(cast.admin).get("/installningar/")
    for word in ("Logga ut", "Mitt konto", "Tillgänglighetsredogörelse", "Ada Minnhagen"):
        assert word in text_of(page)
    assert "organisations/settings" in page.text
    assert "<title>Inställningar · Knutpunkten</title>" in page.text


ONLY_ONE = "Du är den enda administratören som har loggat in. Ge först någon annan uppdraget, och vänta"


@pytest.mark.parametrize(
    "changed",
    [
        {"is_active": ""},
        {"memberships-0-ends_on": "yesterday"},
        {"memberships-0-role": "caseworker", "memberships-0-unit": "Vuxenenheten"},
        {"memberships-0-starts_on": "tomorrow"},
    ],
)
def test_the_only_administrator_does_not_shut_themself_out(cast, sign_in, changed):
    days = {"yesterday": yesterday(), "tomorrow": str(timezone.localdate() + timedelta(days=1))}
    written = {name: days.get(value, value) for name, value in changed.items()}
    if unit := written.get("memberships-0-unit"):
        written["memberships-0-unit"] = cast.unit(unit).pk
    client = sign_in(cast.admin)
    assert ONLY_ONE in text_of(client.post(account_page(cast.admin), as_sent(cast.admin, **written)))
    assert client.get("/installningar/").status_code == 200


def test_the_only_administrators_last_day_is_written_when_somebody_follows(cast, sign_in):
    client, last = sign_in(cast.admin), timezone.localdate() + timedelta(days=20)
    sent = as_sent(cast.admin, **{"memberships-0-ends_on": str(last)})
    page = client.post(account_page(cast.admin), sent)
    assert f"Ingen som har loggat in är administratör efter {last}" in text_of(page)
    cast.johan.memberships.create(role="administrator", starts_on=last + timedelta(days=1))
    assert client.post(account_page(cast.admin), sent).status_code == 302


def test_one_of_two_administrators_ends_their_own_role_when_the_other_can_sign_in(cast, sign_in):
    cast.johan.memberships.create(role="administrator", starts_on="2026-01-01")
    sent = as_sent(cast.admin, **{"memberships-0-ends_on": yesterday()})
    client, before = sign_in(cast.admin), cast.johan.last_login
    for is_active, last_login in ((False, before), (True, None)):
        cast.johan.is_active, cast.johan.last_login = is_active, last_login
        cast.johan.save()
        assert ONLY_ONE in text_of(client.post(account_page(cast.admin), sent))
    invited = client.post(account_page(cast.admin), as_sent(cast.admin, is_active="", name="Ada Berg"))
    assert ONLY_ONE in text_of(invited)
    assert "<h2>Ada Minnhagen</h2>" in invited.text, "what is refused is in its field, and heads no page"
    assert 'value="Ada Berg"' in invited.text
    assert "loggas ut genast. Det gäller också ditt eget" in text_of(invited)
    cast.johan.last_login = before
    cast.johan.save()
    assert client.post(account_page(cast.admin), sent).status_code == 302
    assert client.get("/installningar/").status_code == 302


def test_the_settings_speak_swedish(cast, sign_in):
    client = sign_in(cast.admin)
    contacts = text_of(client.get("/installningar/organisations/contact/"))
    for word in ("kontakter", "Ta bort markerade kontakter", "Välj …", "Efter slag av ärende", "Utför"):
        assert word in contacts
    assert "att ändra" not in contacts
    assert "Bläddra listan i sidled" in contacts
    none = client.get("/installningar/organisations/contact/", {"q": "Finns inte"})
    assert "Inget stämmer med det du söker" in text_of(none)
    programme = client.get(f"/installningar/organisations/programme/{cast.knutpunkten.pk}/change/")
    for word in ("L10", "vTimeField"):
        assert word not in programme.text, "Django's own field for a time says in English which zone it is"
    assert 'value="13:00"' in programme.text
    roles = text_of(client.get("/installningar/organisations/membership/"))
    assert "Samordnare Knutpunkten, Knutpunktsteamet · Knutpunkten 2020-01-01 tills vidare" in roles
    assert "L\\u00e4gg till uppdrag" in client.get(account_page(cast.kim)).text, "told to Django's script"
    assert "Du har inte ändrat något än." in text_of(client.get("/installningar/"))
    client.post(account_page(cast.kim), as_sent(cast.kim, phone="070-174 06 99"))
    start = text_of(client.get("/installningar/"))
    assert "Dina senaste ändringar" in start
    assert "Ändrad: Kim Rask" in start
    stays = client.post(account_page(cast.kim), as_sent(cast.kim, phone="070-174 06 98", _continue="1"), follow=True)
    added = {"name": "Samordningsförbundet Norr", "_continue": "1"}
    added = client.post("/installningar/organisations/association/add/", added, follow=True)
    assert "Norr”. Du är kvar på sidan." in re.sub(r"\s+”", "”", text_of(added))
    assert re.search(r"Ändrade konto ”\s*Kim Rask\s*”\. Du är kvar på sidan\.", text_of(stays))
    none_ticked = {"action": "delete_selected", "index": "0"}
    unticked = client.post("/installningar/organisations/contact/", none_ticked, follow=True)
    assert "Kryssa först i det du vill ta bort. Inget är ändrat." in text_of(unticked)
    contact = Contact.objects.values("programme", "kind", "unit", "representative").first()
    twice = client.post("/installningar/organisations/contact/add/", contact)
    assert "Kontakten finns redan i listan" in text_of(twice)
    history = text_of(client.get(account_page(cast.kim).replace("change", "history")))
    for word in ("När Vem Vad", "Ada Minnhagen"):
        assert word in history
