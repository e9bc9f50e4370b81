"""Mitt konto, to the participant: what is known of her account, and whom to tell if it is wrong."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.activities.test_week import text_of
from tests.portal.test_own_page import amira

pytestmark = pytest.mark.django_db
__all__ = ["amira"]


def own_account(person):
    """What "Mitt konto" in the menu leads to."""
    client = Client()
    client.force_login(person.account)
    [address] = set(re.findall(r'<a href="([^"]+)">Mitt konto</a>', client.get(reverse("routines")).text))
    return client.get(address)


def test_the_person_reads_what_is_known_of_her_account_and_nothing_of_roles(cast, amira, make_case):
    make_case("active", person=amira)
    page = text_of(own_account(amira))
    assert "Namn Amira Haddad E-post amira@deltagare.example" in page
    assert f"Stämmer något inte? Ring {cast.elin.name}: {cast.elin.phone}" in page
    assert "Dina roller" not in page
    assert "Min inloggning" not in page, "she has no password here"


def test_before_there_is_a_case_she_is_told_to_say_so(amira):
    assert "Stämmer något inte? Säg det till din handläggare." in text_of(own_account(amira))


def test_who_signs_in_here_comes_from_there_to_the_password_and_the_second_step(amira):
    amira.account.set_password("ett långt lösenord 2026")
    amira.account.save()
    assert f'href="{reverse("mfa_index")}"' in own_account(amira).text


def test_staff_with_a_single_role_read_nothing_of_having_several(cast, sign_in):
    page = text_of(sign_in(cast.elin).get(reverse("hats")))
    assert "Mitt konto" in page
    assert f"Namn Elin Strand E-post {cast.elin.email}" in page
    assert "Din roll Handledare" in page
    assert "Vald nu" in page
    assert "en roll i taget" not in page
