"""Who names the readers: by the case's number alone, with a reason, until a day (W5)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.urls import reverse
from django.utils import timezone

from knutpunkten.access.who import acting_as
from knutpunkten.audit.models import Entry
from knutpunkten.cases.models import Case, Party, Turn
from knutpunkten.meetings.actions import plan_meetings
from knutpunkten.meetings.models import AgendaItem, Knowledge, Meeting
from knutpunkten.notices.models import Notice
from knutpunkten.organisations.models import Membership
from knutpunkten.people.models import Person
from knutpunkten.protection.actions import end_reader, name_reader
from knutpunkten.protection.models import NamedReader
from tests.builders import let_read, make_person
from tests.conftest import behind_the_wall
from tests.meetings.pages import put
from tests.protection.conftest import NAME, NUMBER
from tests.protection.test_does_not_exist import answer

pytestmark = pytest.mark.django_db


def naming(case: Any, unit: Any) -> str:
    return reverse("name_reader", args=[case.pk, unit.pk])


def typed(reader: Any, **fields: Any) -> dict[str, Any]:
    until = timezone.localdate() + timedelta(days=60)
    return {"user": str(reader.pk), "until": until.isoformat(), "reason": "Tar emot ärendet"} | fields


@pytest.mark.clause("W5")
@pytest.mark.parametrize(
    ("name", "state", "unit"),
    [
        ("nadja", "handed_over", "Försörjningsstöd"),
        ("karin", "announced", "Knutpunktsteamet"),
        ("mats", "announced", "Arbetsförmedlingen"),
    ],
)
def test_a_unit_is_asked_by_number_and_names_its_reader(
    name: str, state: str, unit: str, protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case(state, meeting_on=timezone.localdate() + timedelta(days=9))
    user = getattr(cast, name)
    client = sign_in(user)
    start = client.get(reverse("start")).content.decode()
    assert f"Utse läsare: {case.number}" in start
    for page in (start, client.get(reverse("protected_cases")).content.decode()):
        assert case.number in page
        assert not any(part in page for part in (*NAME.split(), NUMBER[2:8]))
    assert client.get(reverse("case", args=[case.pk])).status_code == 404

    answer = client.post(naming(case, cast.unit(unit)), typed(user), follow=True)

    assert f"{user.name} är utsedd att läsa {case.number} till och med" in answer.text
    assert "så långt ärendet är öppet för enheten" in answer.text
    assert client.get(reverse("case", args=[case.pk])).status_code == 200
    assert f"Utse läsare: {case.number}" not in client.get(reverse("start")).content.decode()


@pytest.mark.clause("W5")
def test_two_of_the_same_name_are_told_apart_where_one_of_them_reads(
    protected_case: Callable, cast: Any, sign_in: Callable, namesake_of: Callable
) -> None:
    case, mats = protected_case("announced"), sign_in(cast.mats)
    page, other = naming(case, cast.unit("Arbetsförmedlingen")), namesake_of(cast.disa)
    choices = mats.get(page).text
    for user in (cast.disa, other):
        assert f"{user.name}, {user.email}, " in choices
    assert f">{cast.mats.name}, representant" in choices, "one who shares it with nobody is called by it alone"
    answer = mats.post(page, typed(other), follow=True).text
    for said in ("{} är utsedd att läsa ", "{}, till ", 'Avsluta<span class="sr-only"> {}, '):
        assert said.format(f"{other.name}, {other.email}") in answer


@pytest.mark.clause("W5")
def test_whoever_a_party_names_answers_for_it(
    protected_case: Callable, cast: Any, sign_in: Callable, take: Callable
) -> None:
    case = protected_case("announced", meeting_on=timezone.localdate() + timedelta(days=9))
    sign_in(cast.mats).post(naming(case, cast.unit("Arbetsförmedlingen")), typed(cast.disa))
    disa = sign_in(cast.disa)
    start = disa.get(reverse("start")).content.decode()
    assert reverse("case", args=[case.pk]) in start
    assert "Din tur" in disa.get(reverse("case", args=[case.pk])).content.decode()
    take(case, "disclose", cast.disa, answer="not_known")
    with behind_the_wall():
        assert Party.objects.get(case=case, unit=cast.unit("Arbetsförmedlingen")).answer == "not_known"
    assert sign_in(cast.mats).get(reverse("case", args=[case.pk])).status_code == 404


@pytest.mark.clause("W5")
def test_a_reader_is_ended_at_once_by_those_who_name(protected_case: Callable, cast: Any, sign_in: Callable) -> None:
    case = protected_case("announced", readers=[cast.mats])
    mats, unit = sign_in(cast.mats), cast.unit("Arbetsförmedlingen")
    assert mats.get(reverse("case", args=[case.pk])).status_code == 200
    with behind_the_wall():
        reader = NamedReader.objects.get(user=cast.mats)
    address = reverse("end_reader", args=[case.pk, unit.pk, reader.pk])
    assert sign_in(cast.ulrika).post(address).status_code == 404
    asked = mats.post(address)
    assert "Då läser ingen hos er ärendet." in asked.text
    assert case.person_name not in asked.text
    assert mats.get(reverse("case", args=[case.pk])).status_code == 200
    assert mats.post(address, {"sure": "yes"}).status_code == 302
    assert mats.get(reverse("case", args=[case.pk])).status_code == 404
    assert mats.post(address).status_code == 404


@pytest.mark.clause("W5")
@pytest.mark.parametrize(
    ("by", "carries", "part"), [("karin", "elin", "handledare"), ("nadja", "johan", "handläggare")]
)
def test_the_reading_of_whoever_carries_the_case_is_ended_when_one_is_sure(
    by: str, carries: str, part: str, protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case, user = protected_case("active", readers=[getattr(cast, by)]), getattr(cast, carries)
    with behind_the_wall():
        reader = NamedReader.objects.get(case=case, user=user)
    client, address = sign_in(getattr(cast, by)), reverse("end_reader", args=[case.pk, reader.unit_id, reader.pk])
    asked = client.post(address).text
    assert f"{user.name} är {part} i ärendet" in asked
    assert "den sista" not in asked
    assert sign_in(user).get(reverse("case", args=[case.pk])).status_code == 200
    assert client.post(address, {"sure": "yes"}).status_code == 302
    assert sign_in(user).get(reverse("case", args=[case.pk])).status_code == 404


@pytest.mark.clause("W3", "W5")
def test_a_supervisor_who_does_not_read_is_not_reminded_and_the_page_says_what_to_do(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    now = timezone.now()
    came_through = {"notice_given_at": now, "notice_confirmed_at": now}
    case = protected_case("allocated", readers=[cast.karin], service_decision_on=timezone.localdate(), **came_through)
    with behind_the_wall():
        NamedReader.objects.filter(case=case, user=cast.elin).update(ended_at=now)
        Turn.objects.filter(case=case).exclude(role="supervisor").delete()
    karin, said = sign_in(cast.karin), "Elin Strand är handledare men inte utsedd att läsa."
    page = karin.get(reverse("case", args=[case.pk])).text
    assert f"{said} Utse en läsare, eller byt handledare." in page
    assert naming(case, cast.knutpunkten.team) in page
    reminder = reverse("remind_actor", args=[case.pk, "supervisor"])
    assert reminder not in page
    assert "Det finns ingen att påminna just nu." in karin.post(reminder, follow=True).text
    johan = sign_in(cast.johan).get(reverse("case", args=[case.pk])).text
    assert f"{said} Samordnaren utser en läsare, eller byter handledare." in johan
    assert reminder not in johan
    with behind_the_wall():
        assert not Entry.objects.of_case(case.pk).filter(event="remind").exists()


@pytest.mark.clause("W5")
@pytest.mark.parametrize("name", ["sara", "elin", "siv", "agneta", "bengt", "johan", "ulrika"])
def test_nobody_else_names_a_reader(name: str, protected_case: Callable, cast: Any, sign_in: Callable) -> None:
    case = protected_case("announced")
    unit = cast.unit("Arbetsförmedlingen")
    user = getattr(cast, name)
    assert sign_in(user).post(naming(case, unit), typed(cast.mats)).status_code in (403, 404)
    with acting_as(user) as who, pytest.raises(DatabaseError, match="no reader"), transaction.atomic():
        name_reader(
            case_id=case.pk,
            unit_id=unit.pk,
            user_id=cast.mats.pk,
            reason="Vill",
            until=timezone.localdate(),
            by=who,
            at=timezone.now(),
        )


def test_a_reader_is_of_the_unit(protected_case: Callable, cast: Any) -> None:
    case = protected_case("announced")
    with acting_as(cast.mats) as who, pytest.raises(DatabaseError, match="no reader"), transaction.atomic():
        name_reader(
            case_id=case.pk,
            unit_id=who.unit_id,
            user_id=cast.sara.pk,
            reason="Vill",
            until=timezone.localdate(),
            by=who,
            at=timezone.now(),
        )


def test_a_reading_is_ended_only_by_its_own_unit(protected_case: Callable, cast: Any) -> None:
    case = protected_case("announced", readers=[cast.mats])
    with behind_the_wall():
        reader = NamedReader.objects.get(user=cast.mats, case=case)
    with acting_as(cast.ulrika) as who, pytest.raises(DatabaseError, match="no reading"), transaction.atomic():
        end_reader(reader_id=reader.pk, by=who, at=timezone.now())


@pytest.mark.clause("W5")
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": ""}, "Skriv varför just den läsaren behöver läsa"),
        ({"user": ""}, "Välj vem som ska läsa"),
        ({"until": "2020-01-01"}, "Skriv dagens datum eller ett senare"),
        ({"until": f"{timezone.localdate().year + 2}-01-01"}, "högst ett år åt gången"),
        ({"until": f"{timezone.localdate().year + 36}-01-01"}, "högst ett år åt gången"),
    ],
)
def test_a_reader_needs_a_reason_and_an_end(
    fields: dict[str, str], sentence: str, protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("announced")
    page = sign_in(cast.mats).post(naming(case, cast.unit("Arbetsförmedlingen")), typed(cast.mats, **fields))
    assert sentence in page.content.decode()
    with behind_the_wall():
        assert not NamedReader.objects.filter(case=case, user=cast.mats).exists()


@pytest.mark.clause("W5")
def test_where_somebody_reads_it_is_said_whom_it_waits_for_and_not_that_a_reader_is_lacking(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    """Placed, the besked waits for the representative, and the caseworker reads; of Arbetsförmedlingen one who has left."""
    case = protected_case("placed", readers=[cast.disa])
    with behind_the_wall():
        Membership.objects.filter(user=cast.disa).update(ends_on=timezone.localdate() - timedelta(days=1))
    nadja, lacks = sign_in(cast.nadja), "väntar på representanten, som inte är utsedd"
    page = nadja.get(reverse("protected_cases")).text
    assert "Johan Wik, till " in page
    assert "Läsare saknas" not in page
    for seen in (page, nadja.get(naming(case, cast.unit("Försörjningsstöd"))).text, nadja.get(reverse("start")).text):
        assert lacks in seen
    of_office = sign_in(cast.mats).get(reverse("protected_cases")).text
    assert "Läsare saknas" in of_office
    assert f"{cast.disa.name}, inte kvar på Arbetsförmedlingen och läser inte längre" in of_office
    own = sign_in(cast.johan).get(reverse("case", args=[case.pk])).text
    assert own.count("inte kvar på enheten och läser inte längre") == 1


@pytest.mark.clause("W1", "W5")
def test_a_unit_that_is_no_party_any_more_names_who_reads_what_it_wrote(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    """Arbetsförmedlingen wrote and was taken out of the consent; Öppenpsykiatrin was taken out and wrote nothing."""
    case, office, psychiatry = protected_case("announced"), *map(cast.unit, ("Arbetsförmedlingen", "Öppenpsykiatrin"))
    with acting_as(cast.mats) as who:
        written = {"text": "Inskriven sedan 2024.", "written_at": timezone.now(), "written_by": cast.mats}
        with behind_the_wall():
            Knowledge.objects.create(case=case, author_unit_id=who.unit_id, category="arbetsmarknad", **written)
            Party.objects.filter(case=case, unit__in=[office, psychiatry], basis="consent").update(
                withdrawn_at=timezone.now(), withdrawn_how="phone", withdrawn_taken_by="Johan Wik"
            )
    mats = sign_in(cast.mats)
    assert f"Utse läsare: {case.number}" not in mats.get(reverse("start")).text, "it waits for nobody there"
    assert mats.post(naming(case, office), typed(cast.disa)).status_code == 302
    seen = sign_in(cast.disa).get(reverse("case", args=[case.pk])).text
    assert "Inskriven sedan 2024." in seen
    assert "Johan Wik" not in seen
    by_johan = sign_in(cast.johan).get(reverse("case", args=[case.pk])).text
    assert by_johan.count("inte part längre, ser bara det egna") == 1
    assert sign_in(cast.ulrika).post(naming(case, psychiatry), typed(cast.ulrika)).status_code == 404


def test_named_again_one_reads_until_the_new_day(protected_case: Callable, cast: Any, sign_in: Callable) -> None:
    case = protected_case("announced", readers=[cast.mats])
    until = timezone.localdate() + timedelta(days=10)
    sign_in(cast.mats).post(naming(case, cast.unit("Arbetsförmedlingen")), typed(cast.mats, until=until.isoformat()))
    with behind_the_wall():
        assert NamedReader.objects.get(case=case, user=cast.mats, ended_at=None).valid_until == until


def test_a_reader_whose_time_soon_ends_is_asked_about(protected_case: Callable, cast: Any, sign_in: Callable) -> None:
    case = protected_case("announced")
    with behind_the_wall():
        let_read(case, cast.mats, until=timezone.localdate() + timedelta(days=5))
    assert f"Utse läsare: {case.number}" in sign_in(cast.mats).get(reverse("start")).content.decode()


@pytest.mark.clause("W5")
def test_a_step_tells_the_unit_it_now_waits_for_by_number_alone(
    protected_case: Callable, cast: Any, take: Callable, sign_in: Callable
) -> None:
    """Announced: the parties' representatives and the coordinator are told a number, and no way to the case."""
    case = protected_case("handed_over", readers=[cast.nadja])
    with behind_the_wall():
        plan_meetings(cast.knutpunkten, timezone.localdate() + timedelta(days=90), timezone.now())
        first = Meeting.objects.filter(programme=cast.knutpunkten).ahead(timezone.now()).first()
    take(case, "announce", cast.nadja, meeting=str(first.pk))
    for name in ("mats", "ulrika", "karin"):
        with behind_the_wall():
            notice = Notice.objects.get(user=getattr(cast, name))
        assert (notice.event, notice.case_id, notice.number) == ("name_reader", None, "KP-0417")
        page = sign_in(getattr(cast, name)).get(reverse("inbox")).content.decode()
        assert "KP-0417" in page
        assert reverse("protected_cases") in page
        assert "Du blev ombedd att utse en läsare i ett ärende med skyddade personuppgifter" in page
        assert str(case.pk) not in page


@pytest.mark.clause("W5")
def test_becoming_protected_closes_every_case_at_once(make_case: Callable, cast: Any, sign_in: Callable) -> None:
    with behind_the_wall():
        person = make_person(*NAME.split(), number=NUMBER)
    case = make_case("active", person=person)
    before = case.number
    johan, karin, mats, elin = (sign_in(user) for user in (cast.johan, cast.karin, cast.mats, cast.elin))
    for client in (johan, karin, mats, elin):
        assert client.get(reverse("case", args=[case.pk])).status_code == 200

    answer = karin.post(reverse("protect", args=[case.pk]), {"protection": "sekretessmarkering", "is_sure": "on"})

    assert answer.status_code == 302
    for client in (karin, mats):
        assert client.get(reverse("case", args=[case.pk])).status_code == 404
    with behind_the_wall():
        now = Case.objects.get(pk=case.pk)
        assert now.number.startswith("KP-")
        assert Party.objects.filter(case=case, is_protected=False).count() == 0
    for client in (johan, elin):
        page = client.get(reverse("case", args=[case.pk])).content.decode()
        assert now.number in page
        assert before not in page
    assert now.number not in karin.get(reverse("cases")).content.decode()


@pytest.mark.clause("W5")
def test_becoming_protected_the_case_stands_on_the_agenda_under_its_new_number_alone(
    make_case: Callable, cast: Any, sign_in: Callable
) -> None:
    with behind_the_wall():
        plan_meetings(cast.knutpunkten, timezone.localdate() + timedelta(days=90), timezone.now())
        meeting = Meeting.objects.filter(programme=cast.knutpunkten).ahead(timezone.now())[0]
        person = make_person(*NAME.split(), number=NUMBER)
    case = make_case("announced", person=person, meeting_on=timezone.localdate(meeting.starts_at))
    with behind_the_wall():
        put(case, meeting)
    karin, before = sign_in(cast.karin), case.number
    assert NAME in karin.get(reverse("agenda", args=[meeting.pk])).text

    sign_in(cast.johan).post(reverse("protect", args=[case.pk]), {"protection": "sekretessmarkering", "is_sure": "on"})

    with behind_the_wall():
        now = Case.objects.get(pk=case.pk).number
        assert set(AgendaItem.objects.filter(case_id=case.pk).values_list("number", flat=True)) == {now} != {before}
        assert not AgendaItem.objects.filter(number=before).exists()
    agenda = karin.get(reverse("agenda", args=[meeting.pk])).text
    assert now in agenda
    assert before not in agenda
    assert NAME not in agenda


@pytest.mark.clause("W5")
@pytest.mark.parametrize("name", ["mats", "karin"])
def test_whoever_had_it_open_a_while_ago_is_answered_as_for_a_case_that_is_not(
    name: str, make_case: Callable, cast: Any, sign_in: Callable
) -> None:
    """Of an ordinary case they are told that it has closed."""
    with behind_the_wall():
        person = make_person(*NAME.split(), number=NUMBER)
    case, client = make_case("active", person=person), sign_in(getattr(cast, name))
    assert client.get(reverse("case", args=[case.pk])).status_code == 200
    sign_in(cast.johan).post(reverse("protect", args=[case.pk]), {"protection": "sekretessmarkering", "is_sure": "on"})
    found = answer(client, ("case", {}), case.pk)
    assert found == answer(client, ("case", {}), uuid4())
    assert found[0] == 404


def test_where_to_find_the_person_is_kept_no_more(make_case: Callable, cast: Any) -> None:
    from knutpunkten.cases.models import Section

    case = make_case("draft")
    with acting_as(cast.johan) as who:
        Section.objects.create(
            case=case,
            key="person",
            category="grund",
            author_unit_id=who.unit_id,
            data={"phone": "070-174 06 99", "address": "Hamngatan 3", "mail": "l@post.example", "language": "svenska"},
            saved_at=timezone.now(),
            saved_by=cast.johan,
        )
    with behind_the_wall():
        Person.objects.filter(pk=case.person_id).update(protection=Person.Protection.MARKED)
        assert Section.objects.get(case=case, key="person").data == {"language": "svenska"}


def test_a_new_supervisor_reads_and_the_one_before_no_longer(protected_case: Callable, cast: Any) -> None:
    from knutpunkten.routine import engine

    case = protected_case("active")
    with behind_the_wall():
        engine.mark(case.pk)
        Case.objects.filter(pk=case.pk).update(supervisor=cast.peter)
    for name, reads in (("peter", True), ("elin", False)):
        with acting_as(getattr(cast, name)) as who:
            assert (case.pk in who.reads) is reads


def test_a_new_supervisor_ends_no_reading_that_somebody_gave(protected_case: Callable, cast: Any) -> None:
    from knutpunkten.routine import engine

    case = protected_case("active", readers=[cast.mats, cast.ylva])
    with behind_the_wall():
        engine.mark(case.pk)
        Case.objects.filter(pk=case.pk).update(supervisor=cast.peter)
    for name, reads in (("mats", True), ("ylva", True), ("elin", False)):
        with acting_as(getattr(cast, name)) as who:
            assert (case.pk in who.reads) is reads, name


def test_naming_is_in_the_audit_by_number_of_nobody(protected_case: Callable, cast: Any, sign_in: Callable) -> None:
    case = protected_case("announced")
    sign_in(cast.mats).post(naming(case, cast.unit("Arbetsförmedlingen")), typed(cast.mats))
    with behind_the_wall():
        entry = Entry.objects.of_case(case.pk).get(event="reader_named")
    assert entry.user_id == cast.mats.pk
    assert entry.detail["reader"] == str(cast.mats.pk)


@pytest.mark.clause("W1")
@pytest.mark.clause("W5")
def test_a_reader_who_takes_the_call_writes_the_withdrawal_down(
    protected_case: Callable, cast: Any, sign_in: Callable
) -> None:
    case = protected_case("announced", readers=[cast.karin, cast.mats])
    karin = sign_in(cast.karin)
    address = reverse("withdraw_consent", args=[case.pk])
    asked = karin.get(address).text
    assert case.first_name not in asked
    assert "En enhet som själv har skrivit något behåller det, med ärendets nummer." in asked
    answer = karin.post(address, {"what": "whole", "how": "phone", "taken_by": "Karin Hallgren"})
    assert answer.status_code == 302
    for user in (cast.karin, cast.mats):
        assert sign_in(user).get(reverse("case", args=[case.pk])).status_code == 404
    assert sign_in(cast.johan).get(reverse("case", args=[case.pk])).status_code == 200
    with behind_the_wall():
        assert not Party.objects.filter(case=case, basis="consent", withdrawn_at=None).exists()
