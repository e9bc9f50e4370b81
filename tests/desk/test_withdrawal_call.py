"""A person rings somebody who does not see their case, and takes the consent back: it falls at once all the same (W1)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Basis, Case, Party
from knutpunkten.desk.jobs import settle_withdrawn
from knutpunkten.desk.withdrawal_call import SAID
from knutpunkten.notices.models import Notice
from tests.builders import NUMBERS, make_person
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = NUMBERS[200], NUMBERS[201]


@pytest.fixture
def amira(db: None) -> Any:
    with behind_the_wall():
        return make_person("Amira", "Öqvist", KNOWN)


def living(case: Any) -> int:
    with behind_the_wall():
        return Party.objects.filter(case=case, basis=Basis.CONSENT, withdrawn_at__isnull=True).count()


def call(client: Any, number: str) -> Any:
    return client.post(
        reverse("withdrawal_call"), {"number": number, "how": "phone", "taken_by": "Växeln"}, follow=True
    )


@pytest.mark.clause("W1")
@pytest.mark.parametrize("state", ["draft", "handed_over", "announced", "active", "closed"])
@pytest.mark.parametrize("name", ["karin", "mats", "nadja", "johan"])
def test_whoever_answers_for_a_unit_with_a_part_takes_the_call_in_every_state(
    state: str, name: str, make_case, cast, sign_in, amira
) -> None:
    case = make_case(state, person=amira)
    answer = call(sign_in(getattr(cast, name)), KNOWN)
    assert SAID in answer.text
    assert living(case) == 0
    with behind_the_wall():
        row = Party.objects.filter(case=case, basis=Basis.CONSENT).first()
        assert row is not None
        assert (row.withdrawn_how, row.withdrawn_taken_by, row.withdrawn_by) == ("phone", "Växeln", getattr(cast, name))
        assert case.consents.get().withdrawn_taken_by == "Växeln"
        assert Notice.objects.filter(user=cast.johan, event="withdrawn", case_id=case.pk).count() == 1
        entry = Entry.objects.of_case(case.pk).get(event="withdrawn")
        assert (entry.user_id, entry.address) == (getattr(cast, name).pk, "127.0.0.1")
        settle_withdrawn()
        case = Case.objects.get(pk=case.pk)
        assert case.state == state
        if state not in ("draft", "closed"):
            assert (case.next_step, case.turn_user) == ("sign_consent", cast.johan)


@pytest.mark.clause("W1")
def test_a_known_and_an_unknown_number_are_answered_alike_in_words_statements_and_time(
    make_case, cast, sign_in, amira
) -> None:
    for state in ("draft", "handed_over", "active"):
        make_case(state, person=amira)
    mats = sign_in(cast.mats)
    call(mats, UNKNOWN)  # so that both find the same things warm
    told = {}
    for number in (UNKNOWN, KNOWN):
        sent = {"number": number, "how": "phone", "taken_by": "Växeln"}
        with CaptureQueriesContext(connection) as asked:
            answer = mats.post(reverse("withdrawal_call"), sent)
        statements = [re.sub(r"'[^']*'|\d+", "?", one["sql"]) for one in asked.captured_queries]
        seconds = sum(float(one["time"]) for one in asked.captured_queries if "withdraw_by_number" in one["sql"])
        told[number] = (answer.status_code, answer.headers["Location"], answer.content, statements)
        assert 0.06 <= seconds < 0.5  # it waits out the time that the most would take
    assert told[KNOWN] == told[UNKNOWN]
    with behind_the_wall():
        assert Party.objects.filter(basis=Basis.CONSENT, withdrawn_at__isnull=False).count() > 0


@pytest.mark.clause("W1")
def test_the_answer_does_not_tell_whether_there_was_anything(make_case, cast, sign_in, amira) -> None:
    case = make_case("handed_over", person=amira)
    # Gamleby hälsocentral has no part in it, and cannot take it back either.
    answers = [call(sign_in(cast.siv), KNOWN), call(sign_in(cast.siv), UNKNOWN), call(sign_in(cast.mats), UNKNOWN)]
    assert all(SAID in answer.text and "Öqvist" not in answer.text for answer in answers)
    assert living(case) == 4
    assert SAID in call(sign_in(cast.mats), KNOWN).text
    assert SAID in call(sign_in(cast.mats), KNOWN).text  # and once more
    with behind_the_wall():
        assert Entry.objects.of_case(case.pk).filter(event="withdrawn").count() == 1
        assert not Entry.objects.filter(event="withdrawal_call", case_ref__isnull=False).exists()


@pytest.mark.clause("W1")
def test_a_unit_whose_own_part_ran_out_takes_nothing_back(make_case, cast, sign_in, amira) -> None:
    case = make_case("active", person=amira)
    with behind_the_wall():
        of_mats = Party.objects.filter(case=case, basis=Basis.CONSENT, unit=cast.unit("Arbetsförmedlingen"))
        assert of_mats.update(valid_until=timezone.localdate() - timedelta(days=1)) == 1
    assert SAID in call(sign_in(cast.mats), KNOWN).text
    assert living(case) == 4
    assert SAID in call(sign_in(cast.ulrika), KNOWN).text
    assert living(case) == 1  # what ran out stays as it was


@pytest.mark.clause("W1")
def test_it_is_for_those_who_answer_for_a_unit(make_case, cast, sign_in, amira) -> None:
    case = make_case("active", person=amira)
    for name in ("bengt", "admin"):
        assert sign_in(getattr(cast, name)).get(reverse("withdrawal_call")).status_code == 403
        with (
            acting_as(getattr(cast, name)),
            pytest.raises(DatabaseError, match="nobody who answers"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("select withdraw_by_number(%s, 'phone', 'x', %s, null)", [KNOWN, timezone.now()])
    assert living(case) == 4
    assert "i ärenden där din enhet är med" in sign_in(cast.karin).get(reverse("withdrawal_call")).text
    wrong = sign_in(cast.karin).post(reverse("withdrawal_call"), {"number": "198707049996"})
    assert "Välj hur du fick veta det" in wrong.text
    assert living(case) == 4
