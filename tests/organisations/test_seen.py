"""Two pages of the settings open at once: whoever saves last does not undo what the other has written."""

import re
from typing import Any

import pytest

from knutpunkten.organisations.models import Programme
from knutpunkten.organisations.seen import CHANGED_SINCE
from tests.activities.test_week import text_of
from tests.settings_pages import account_page, as_sent, settings_of, yesterday

pytestmark = pytest.mark.django_db


def seen_on(page: Any) -> dict[str, str]:
    return {"seen": re.search(r'name="seen" value="([0-9a-f]{64})"', page.text)[1]}


def test_a_programme_saved_from_an_older_page_keeps_what_was_written_since(cast, sign_in) -> None:
    client, url = sign_in(cast.admin), f"/installningar/organisations/programme/{cast.lis.pk}/change/"
    stood = settings_of(Programme.objects.get(pk=cast.lis.pk)) | seen_on(client.get(url))
    assert client.post(url, stood | {"places": "14"}).status_code == 302
    refused = client.post(url, stood | {"meeting_place": "Rådhuset"})
    assert CHANGED_SINCE in text_of(refused)
    assert 'value="Rådhuset"' in refused.text, "what was typed is there to be read"
    assert seen_on(refused)["seen"] == stood["seen"], "and pressing once more does not save it"
    now = Programme.objects.get(pk=cast.lis.pk)
    assert (now.places, now.meeting_place == "Rådhuset") == (14, False)
    again = settings_of(now) | seen_on(client.get(url)) | {"meeting_place": "Rådhuset"}
    assert client.post(url, again).status_code == 302


def test_nor_does_an_account_whose_role_has_been_ended_get_it_back(cast, sign_in) -> None:
    client, url = sign_in(cast.admin), account_page(cast.kim)
    stood = as_sent(cast.kim) | seen_on(client.get(url))
    assert client.post(url, stood | {"memberships-0-ends_on": yesterday()}).status_code == 302
    assert CHANGED_SINCE in text_of(client.post(url, stood | {"phone": "070-174 06 99"}))
    assert str(cast.kim.memberships.get().ends_on) == yesterday()


def test_a_contact_saved_from_an_older_page_is_refused_too(cast, sign_in) -> None:
    contact = cast.knutpunkten.contacts.first()
    client, url = sign_in(cast.admin), f"/installningar/organisations/contact/{contact.pk}/change/"
    sent = {"programme": cast.knutpunkten.pk, "unit": contact.unit_id, "representative": contact.representative_id}
    sent |= seen_on(client.get(url))
    other = next(kind for kind in ("collaboration", "consultation") if kind != contact.kind)
    cast.knutpunkten.contacts.filter(unit=contact.unit_id, kind=other).delete()
    assert client.post(url, sent | {"kind": other}).status_code == 302
    assert CHANGED_SINCE in text_of(client.post(url, sent | {"kind": contact.kind}))
