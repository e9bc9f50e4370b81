"""A protected person's case that is over: nobody reads it, until somebody is named for an errand (W5)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Basis, Level, Party
from knutpunkten.notices.models import Notice
from knutpunkten.protection.actions import name_reader
from knutpunkten.protection.models import NamedReader
from tests.conftest import behind_the_wall
from tests.protection.conftest import NAME, NUMBER

pytestmark = pytest.mark.django_db
ERRAND = "Personen har begärt ut sina uppgifter"


@pytest.fixture
def done(protected_case: Callable, cast: Any) -> Any:
    """Closed long ago: the consent has run out, and so has the time of those who read. Arbetsförmedlingen and the team wrote."""
    today = timezone.localdate()
    case = protected_case("closed", closed_at=timezone.now(), valid_until=today - timedelta(days=1))
    with behind_the_wall():
        for unit in ("Arbetsförmedlingen", "Knutpunktsteamet"):
            Party.objects.create(
                case=case, person=case.person, unit=cast.unit(unit), basis=Basis.OWN, level=Level.IDENTITY,
                valid_from=today - timedelta(days=20), case_created_at=case.created_at,
            )  # fmt: skip
        long_ago = today - timedelta(days=400)
        NamedReader.objects.filter(case=case).update(valid_from=long_ago, valid_until=today - timedelta(days=1))
    return case


def naming(case: Any, unit: Any) -> str:
    return reverse("name_reader", args=[case.pk, unit.pk])


def typed(reader: Any) -> dict[str, str]:
    until = timezone.localdate() + timedelta(days=14)
    return {"user": str(reader.pk), "until": until.isoformat(), "reason": ERRAND}


def page(client: Any, case: Any) -> Any:
    return client.get(reverse("case", args=[case.pk]))


@pytest.mark.clause("W5")
@pytest.mark.parametrize(
    ("names", "unit", "reads"),
    [
        ("nadja", "Försörjningsstöd", "johan"),
        ("nadja", "Försörjningsstöd", "sara"),
        ("nadja", "Försörjningsstöd", "nadja"),
        ("mats", "Arbetsförmedlingen", "mats"),
        ("karin", "Knutpunktsteamet", "karin"),
    ],
)
def test_somebody_is_named_to_read_it_for_an_errand(
    names: str, unit: str, reads: str, done: Any, cast: Any, sign_in: Callable
) -> None:
    client, reader = sign_in(getattr(cast, names)), getattr(cast, reads)
    assert page(sign_in(reader), done).status_code == 404
    listed = client.get(reverse("protected_cases")).text
    assert done.number in listed.partition("Avslutade ärenden")[2]
    assert naming(done, cast.unit(unit)) in listed
    assert not any(part in listed for part in (*NAME.split(), NUMBER[2:8]))

    answer = client.post(naming(done, cast.unit(unit)), typed(reader), follow=True)

    assert " är utsedd att läsa " in answer.text
    opened = page(sign_in(reader), done)
    assert opened.status_code == 200
    with behind_the_wall():
        entry = Entry.objects.of_case(done.pk).get(event="reader_named")
        assert entry.detail["reader"] == str(reader.pk)
        told = Notice.objects.filter(event="named_reader", user=reader, case_id=done.pk)
        assert told.exists() == (names != reads)
    for other in ("elin", "peter", "ulrika", "disa"):
        assert page(sign_in(getattr(cast, other)), done).status_code == 404, other


@pytest.mark.clause("W5")
def test_the_one_who_reads_answers_the_person_by_what_has_been_shared(done: Any, cast: Any, sign_in: Callable) -> None:
    sign_in(cast.nadja).post(naming(done, cast.unit("Försörjningsstöd")), typed(cast.sara))
    sara = sign_in(cast.sara)
    assert sara.get(reverse("shared", args=[done.pk])).status_code == 200
    assert sara.get(reverse("case_reads", args=[done.pk])).status_code == 200
    assert "Utse läsare eller avsluta läsning" not in page(sara, done).text


@pytest.mark.clause("W5")
def test_it_waits_for_nobody_and_asks_nobody(done: Any, cast: Any, sign_in: Callable) -> None:
    """Nor when the one who reads for an errand soon reads no more."""
    sign_in(cast.nadja).post(naming(done, cast.unit("Försörjningsstöd")), typed(cast.sara))
    for name in ("nadja", "mats", "karin"):
        assert "Utse läsare" not in sign_in(getattr(cast, name)).get(reverse("start")).text, name


@pytest.mark.clause("W5")
@pytest.mark.parametrize("name", ["ulrika", "siv", "agneta", "johan", "elin", "bengt"])
def test_who_has_nothing_left_in_it_names_nobody(name: str, done: Any, cast: Any, sign_in: Callable) -> None:
    """Ulrika's unit was a party, wrote nothing, and its consent has run out."""
    user = getattr(cast, name)
    client = sign_in(user)
    assert done.number not in client.get(reverse("protected_cases")).text
    unit = cast.unit("Öppenpsykiatrin")
    assert client.post(naming(done, unit), typed(user)).status_code in (403, 404)
    with acting_as(user) as who, pytest.raises(DatabaseError, match="no reader"), transaction.atomic():
        name_reader(
            case_id=done.pk, unit_id=unit.pk, user_id=cast.ulrika.pk, reason="Vill",
            until=timezone.localdate(), by=who, at=timezone.now(),
        )  # fmt: skip


@pytest.mark.clause("W5")
def test_a_reading_for_an_errand_is_suggested_for_a_month_and_ended_at_once(
    done: Any, cast: Any, sign_in: Callable
) -> None:
    nadja, unit = sign_in(cast.nadja), cast.unit("Försörjningsstöd")
    form = nadja.get(naming(done, unit)).text
    assert (timezone.localdate() + timedelta(days=30)).isoformat() in form
    assert "ska gallras" in form
    nadja.post(naming(done, unit), typed(cast.sara))
    with behind_the_wall():
        reader = NamedReader.objects.get(user=cast.sara)
    assert nadja.post(reverse("end_reader", args=[done.pk, unit.pk, reader.pk])).status_code == 302
    assert page(sign_in(cast.sara), done).status_code == 404
