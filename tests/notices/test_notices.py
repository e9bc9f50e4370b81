"""Telling people: the line under Nytt, and the one mail that waits."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.notices.actions import tell
from knutpunkten.notices.models import Mail, Notice
from knutpunkten.notices.words import UNKNOWN, WORDS
from tests.conftest import behind_the_wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed_in(make_case):
    return make_case("handed_over")


def test_telling_two_people_writes_one_notice_and_one_mail_each_in_one_statement(cast, moment, handed_in):
    with (
        acting_as(cast.johan, at=moment),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        tell({cast.nadja.pk, cast.mats.pk}, event="hand_over", case=handed_in, at=moment)
        assert len(queries) == 1
    with behind_the_wall():
        assert set(Notice.objects.values_list("user", "number")) == {
            (u.pk, handed_in.number) for u in (cast.nadja, cast.mats)
        }
        assert Mail.objects.filter(sent_at__isnull=True).count() == 2


def test_telling_nobody_asks_the_database_nothing(cast, moment, handed_in):
    with CaptureQueriesContext(connection) as queries:
        tell(set(), event="hand_over", case=handed_in, at=moment)
    assert len(queries) == 0


def test_no_second_mail_while_one_waits_but_a_new_one_after_it_was_sent(cast, moment, handed_in):
    for _ in range(2):
        with acting_as(cast.johan, at=moment):
            tell({cast.nadja.pk}, event="hand_over", case=handed_in, at=moment)
    with behind_the_wall():
        assert (Notice.objects.count(), Mail.objects.count()) == (2, 1)
        Mail.objects.update(sent_at=moment)
    with acting_as(cast.johan, at=moment):
        tell({cast.nadja.pk}, event="hand_over", case=handed_in, at=moment + timedelta(hours=1))
    with behind_the_wall():
        assert Mail.objects.count() == 2


def test_every_step_that_tells_somebody_has_words():
    from knutpunkten.routine.table import TABLE

    assert not {step.id for step in TABLE if step.tells} - WORDS.keys()
    assert {"withdrawn", "reminder"} <= WORDS.keys()
    # What is next stands there also when it is done.
    assert all("inte" in words.then for words in WORDS.values() if words.then.startswith("Nästa steg"))


def test_nytt_shows_ones_own_notices_with_the_name_one_has_a_ground_for(cast, sign_in, make_case, moment):
    case = make_case("announced")
    with acting_as(cast.johan, at=moment):
        tell({cast.mats.pk}, event="announce", case=case, at=moment)
        tell({cast.helena.pk}, event="postpone", case=case, at=moment)
    page = sign_in(cast.mats).get("/nytt/").content.decode()
    assert WORDS["announce"].what in page
    assert case.person_name in page
    assert f"/arenden/{case.pk}/" in page
    assert WORDS["postpone"].what not in page
    without_a_ground = sign_in(cast.helena).get("/nytt/").content.decode()
    assert case.number in without_a_ground
    assert case.last_name not in without_a_ground
    assert f"/arenden/{case.pk}/" not in without_a_ground


def test_nytt_never_names_a_protected_person(cast, sign_in, make_case, moment):
    from knutpunkten.people.models import Person
    from tests.builders import make_person

    with behind_the_wall():
        person = make_person("Hemlig", "Person", protection=Person.Protection.MARKED)
    case = make_case("announced", person=person, readers=[cast.mats])
    with acting_as(cast.johan, at=timezone.now()):
        tell({cast.mats.pk, cast.ulrika.pk}, event="announce", case=case, at=timezone.now())
    assert case.number not in sign_in(cast.ulrika).get("/nytt/").content.decode()
    page = sign_in(cast.mats).get("/nytt/").content.decode()
    assert case.number in page
    assert "Hemlig" not in page


def test_the_newest_comes_first(cast, sign_in, moment, handed_in):
    for event, days in (("announce", 2), ("postpone", 0), ("hand_over", 1)):
        with acting_as(cast.johan, at=moment):
            tell({cast.nadja.pk}, event=event, case=handed_in, at=moment - timedelta(days=days))
    page = sign_in(cast.nadja).get("/nytt/").content.decode()
    places = [page.index(WORDS[event].what) for event in ("postpone", "hand_over", "announce")]
    assert places == sorted(places)


def test_marking_as_read_takes_ones_own_only_and_the_page_says_so(cast, sign_in, moment, handed_in):
    with acting_as(cast.johan, at=moment):
        tell({cast.mats.pk, cast.nadja.pk}, event="announce", case=handed_in, at=moment)
    client = sign_in(cast.mats)
    assert "Oläst" in client.get("/nytt/").content.decode()
    with behind_the_wall():
        of_another = Notice.objects.get(user=cast.nadja)
    client.post("/nytt/last/", {"notice": str(of_another.pk)})
    client.post("/nytt/last/", {"notice": "inte-ett-id"})
    assert "Oläst" in client.get("/nytt/").content.decode()
    assert WORDS["announce"].then in client.get("/nytt/").content.decode()
    assert client.post("/nytt/last/").status_code == 302
    read = client.get("/nytt/").content.decode()
    assert "Oläst" not in read
    assert WORDS["announce"].then not in read, "what was next is not told of what is read already"
    with behind_the_wall():
        assert Notice.objects.get(user=cast.nadja).read_at is None


def test_nytt_needs_an_account_and_reading_it_marks_nothing(client, cast):
    assert client.get("/nytt/").status_code == 302
    assert client.post("/nytt/").status_code in (302, 405)


def test_a_long_list_costs_no_more_statements(cast, sign_in, make_case, moment):
    case = make_case("announced")
    client = sign_in(cast.mats)

    def statements():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/nytt/").status_code == 200
        return len(queries)

    with acting_as(cast.johan, at=moment):
        tell({cast.mats.pk}, event="announce", case=case, at=moment)
    few = statements()
    with acting_as(cast.johan, at=moment):
        for _ in range(10):
            tell({cast.mats.pk}, event="announce", case=case, at=moment)
    assert statements() == few


def test_an_event_from_before_the_words_still_reads(cast, sign_in, moment, handed_in):
    with acting_as(cast.johan, at=moment):
        tell({cast.mats.pk}, event="forgotten_step", case=handed_in, at=moment)
    assert UNKNOWN.what in sign_in(cast.mats).get("/nytt/").content.decode()
