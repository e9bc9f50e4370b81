"""Who is where in the demo's world, and how they came there. Read with ux.md, "The demo world"."""

from datetime import datetime, timedelta
from typing import Any

from knutpunkten.cases.models import Case
from knutpunkten.demo import acts, care
from knutpunkten.demo.consulting import consultations
from knutpunkten.demo.lives import (
    Begun,
    Life,
    Telling,
    Told,
    accepted,
    answered,
    consented,
    decided,
    declined,
    drafted,
    gathered,
    handed_over,
    life_of,
    offered,
    referral_parts,
    referred,
)
from knutpunkten.demo.texts import AMIRA_PLACED
from knutpunkten.demo.told import AMIRA, SOFIE, revise_amira
from knutpunkten.demo.world import Story, World, day_of, later, moment, working_day_at
from knutpunkten.organisations.calendar import add_working_days


def everybody(world: World) -> list[Story]:
    """Every story of the world, consultations before cases (K5)."""
    return [
        *consultations(world),
        *taking_part(world),
        *finished(world),
        *to_the_queue(world),
        *at_the_next_meeting(world),
        *on_their_way(world),
        *in_lis(world),
    ]


# Taking part now: seven, and one whose consent is withdrawn.


def taking_part(world: World) -> list[Story]:
    def life(name: str, supervisor: str, **fields: Any) -> Life:
        return life_of(world, name, supervisor=supervisor, **fields)

    in_two_months = world.today + timedelta(days=60)
    return [
        amira(life("Amira Haddad", "elin")),
        active(life("Fatuma Warsame", "elin"), -8, 4, consent_ends=8),
        active(life("Jens Hult", "elin", shorter={"Öppenpsykiatrin": in_two_months}), -4, 9),
        back_again(life("Lotta Svahn", "ylva")),
        active(life("Pär Öhman", "peter"), -7, 6),
        active(life("Samira Nilsson", "ylva"), -3, 12),
        active(life("Tobias Nygren", "peter"), -6, -2),
        withdrawn(life("Elsa Rydell", "peter")),
    ]


def active(life: Life, meeting: int, next_day: int, *, consent_ends: int | None = None) -> Story:
    """Admitted at a meeting, taking part since; the next follow-up on working day *next_day* from today."""
    world = life.world
    until = world.today + timedelta(days=consent_ends) if consent_ends is not None else None
    case = yield from care.admitted(life, meeting, until=until)
    yield from going_on(life, case, meeting, next_day)


def going_on(life: Life, case: Case, meeting: int, next_day: int) -> Telling:
    after = life.world.meeting(meeting, life.programme).starts_at
    yield from care.started(life, case, after)
    yield from care.taking_part(life, case, after, add_working_days(life.world.today, next_day))


def amira(life: Life) -> Story:
    """Plan version 4, three goals in her own words, agencies behind (drawing 6)."""
    world = life.world
    case = yield from care.admitted(life, -8)
    after = world.meeting(-8).starts_at
    yield from care.started(life, case, after, hours=20)
    yield from care.amended(
        life, case, later(after, 12, 14), "Personen orkar fyra timmar mindre än vi trodde.", weekly_hours=16
    )
    yield from care.mapped(life, case, later(after, 20, 13))
    agreed = later(after, 24, 9, 30)
    next_on = add_working_days(world.today, 6)
    days = care.follow_up_days(day_of(agreed) + timedelta(days=9), next_on, at_most=6)
    yield from care.planned(life, case, agreed, days[0], AMIRA)
    yield from care.placed(life, case, agreed + timedelta(hours=2), weeks=50, **AMIRA_PLACED)
    yield from revise_amira(life, case, days)


def back_again(life: Life) -> Story:
    """Lotta Svahn dropped out the first time, and came back."""
    world = life.world
    case = yield from care.admitted(life, -14)
    after = world.meeting(-14).starts_at
    yield from care.started(life, case, after)
    at = later(after, 35, 14)
    yield at
    acts.take(case, "cancel_placed", life.guide, at, wish="person", why="Orkar inte just nu. Vill höra av sig senare.")
    yield from active(life, -5, 10)


def withdrawn(life: Life) -> Story:
    """Elsa Rydell took her consent back by phone; the place is hers, and the caseworker must act (W1)."""
    world = life.world
    at = world.working_day(-3, 15, 20)
    case = yield from care.admitted(life, -5)
    yield from going_on(life, case, -5, 5)
    yield at
    acts.withdraw(case, life.caseworker, at, how="phone")


# Finished: four that made room lately. Their first consent ran out on the way: a new one was signed in time.

RENEWED_BEFORE = timedelta(days=60)  # the follow-ups that are told


def finished(world: World) -> list[Story]:
    def life(name: str, supervisor: str) -> Life:
        return life_of(world, name, supervisor=supervisor)

    return [
        ended(life("Hassan Omar", "peter"), -12, world.working_day(-12, 9), "work",
              "Kör lastbil sedan två veckor, tillsvidare och heltid."),
        ended(life("Birgitta Falk", "elin"), -11, world.working_day(-5, 9), "more",
              "Arbetar tolv timmar i veckan, var helt sjukskriven vid start.", onward="Arbetsförmedlingen"),
        ended(life("Rune Alm", "ylva"), -10, world.working_day(-3, 9), "right",
              "Rätt ersättning är beviljad efter gemensam utredning.", onward="Försäkringskassan"),
        dropped_out(life("Tommy Nordin", "elin")),
    ]  # fmt: skip


def ended(life: Life, meeting: int, at: datetime, outcome: str, result: str, **words: Any) -> Story:
    """A whole way, from admission to the report handed over at *at*."""
    world = life.world
    case = yield from care.admitted(life, meeting)
    after = world.meeting(meeting).starts_at
    yield from care.started(life, case, after)
    agreed = later(after, 27, 9, 30)
    yield from care.mapped(life, case, later(after, 20, 13))
    days = care.follow_up_days(day_of(agreed) + timedelta(days=9), add_working_days(day_of(at), 12))
    yield from care.planned(life, case, agreed, days[0])
    yield from consented(life, case, moment(working_day_at(days[0] - RENEWED_BEFORE), 13))
    yield from care.follow_ups(life, case, days)
    yield from care.closed(life, case, at, outcome=outcome, result=result, **words)


def dropped_out(life: Life) -> Story:
    """Tommy Nordin moved: the case was cancelled, and its place given on."""
    world = life.world
    case = yield from care.admitted(life, -4)
    yield from care.started(life, case, world.meeting(-4).starts_at)
    at = world.working_day(-2, 8, 40)
    yield at
    acts.take(case, "cancel_placed", life.guide, at, wish="other", why="Har flyttat till en annan kommun.")


# To the queue, and out of it: two have accepted a place, one is asked, two wait.


def to_the_queue(world: World) -> list[Story]:
    lives = {name: life_of(world, name) for name in QUEUED}
    return [
        leif(lives["Leif Sandqvist"]),
        daniel(lives["Daniel Österholm"]),
        anneli(lives["Anneli Kvist"]),
        waits(lives["Jonas Ekdahl"], world.working_day(-2, 8, 50), world.working_day(-1, 9, 10),
              "Hjälper en syster att flytta, kan börja om en månad."),
        waits(lives["Maria Lindkvist"], world.working_day(-1, 9, 20), world.working_day(-1, 15, 40),
              "Går en kurs som slutar först om fem veckor."),
    ]  # fmt: skip


QUEUED = ("Leif Sandqvist", "Daniel Österholm", "Anneli Kvist", "Jonas Ekdahl", "Maria Lindkvist")


def queued(life: Life, meeting: int) -> Begun:
    case = yield from referred(life, meeting)
    yield from gathered(life, case, meeting)
    yield from decided(life, case, meeting, "queue")
    return case


def leif(life: Life) -> Story:
    """Placed and allocated; the first meeting is to be booked, the service decision is lacking (drawing 3)."""
    world = life.world
    case = yield from queued(life, -2)
    yield from offered(life, case, world.working_day(-12, 11))
    yield from accepted(life, case, world.working_day(-9, 13, 20))
    yield from care.allocated(life, case, world.working_day(-2, 14, 5))
    at = world.working_day(-1, 8, 47)
    yield at
    acts.read(case, life.representative, at)
    yield at + timedelta(hours=2)
    acts.read(case, life.guide, at + timedelta(hours=2), "referral")


def daniel(life: Life) -> Story:
    """Said yes to a place yesterday; a supervisor is to be chosen."""
    world = life.world
    case = yield from queued(life, -2)
    yield from offered(life, case, world.working_day(-5, 11))
    yield from accepted(life, case, world.working_day(-1, 16, 10))


def anneli(life: Life) -> Story:
    """First in the queue, and offered a place."""
    world = life.world
    case = yield from queued(life, -2)
    yield from offered(life, case, world.working_day(-3, 11))


def waits(life: Life, asked: datetime, said_no: datetime, reason: str) -> Story:
    """In the queue; was asked about the place that is free now, and cannot take it yet."""
    case = yield from queued(life, -1)
    yield from offered(life, case, asked)
    yield from declined(life, case, said_no, reason)


# At the next meeting: six cases. The two consultations stand in ``consulting``.


def at_the_next_meeting(world: World) -> list[Story]:
    def life(name: str, **fields: Any) -> Life:
        return life_of(world, name, **fields)

    return [
        meets(life("Maria Lindqvist"), world.working_day(-4, 9)),
        meets(life("Sofie Bergdahl"), world.working_day(-3, 9), SOFIE),
        meets(life("Frida Vester", is_protected=True), world.working_day(-3, 13)),
        third_time(life("Erik Åberg")),
        meets(life("Linnea Holm"), world.working_day(-1, 10), but=("Öppenpsykiatrin",)),
        meets(life("Kerstin Boman"), world.working_day(-2, 9)),
    ]


def meets(life: Life, at: datetime, told: Told | None = None, but: tuple[str, ...] = ()) -> Story:
    """Announced at the last meeting, answered since *at*, and up at the next."""
    case = yield from referred(life, 1)
    yield from answered(life, case, at, told, but)


def third_time(life: Life) -> Story:
    """Erik Åberg has been put off twice."""
    world = life.world
    case = yield from referred(life, -1)
    yield from gathered(life, case, -1)
    for meeting, reason in ((-1, "Läkarutlåtandet var inte klart."), (0, "Tiden räckte inte.")):
        at = world.turn_at(world.meeting(meeting))
        yield at
        acts.take(case, "postpone", life.coordinator, at, reason=reason)


# On their way there, or out again.


def on_their_way(world: World) -> list[Story]:
    return [
        nora(life_of(world, "Nora Fridh", programme=world.cast.lis)),
        handed(life_of(world, "Yasmin Karim"), world.working_day(-2, 10, 31)),
        sent_back(life_of(world, "Stefan Brandt")),
        gave_up(life_of(world, "Ahmed Yusuf")),
        returned(life_of(world, "Gunilla Ask"), 0,
                 "Rehabiliteringen på Smärtenheten pågår sex veckor till och tar all kraft.",
                 "Att rehabiliteringen är klar. Då kan Gunilla börja direkt, utan ny väntan."),
    ]  # fmt: skip


def nora(life: Life) -> Story:
    """A referral half written by Johan (drawings 4a, 4b)."""
    world = life.world
    on = add_working_days(world.today, -4)
    at = moment(on, 9, 15)
    yield at
    case = acts.begin_draft(
        person=(life.who.first, life.who.last, life.number),
        programme=life.programme,
        kind=life.kind,
        reach={"phone": life.who.phone, "interpreter": "no"},
        user=life.caseworker,
        at=at,
    )
    written = referral_parts(life, on)
    at = world.working_day(-1, 10, 20)
    yield at
    before = {key: written[key] for key in ("talk", "visit", "own_words", "target_group")}
    acts.write_parts(case, before, user=life.caseworker, at=at)
    yield at + timedelta(minutes=22)
    half = {
        "works": "Kommer i tid till allt hon har lovat. Tycker om att ordna saker och har lätt för siffror. "
        "Har skött föreningens kassa i två år.",
        "hinders": "",
        "means": ["Försörjningsstöd"],
        "since": "",
    }
    acts.write_parts(case, {"situation": half}, user=life.caseworker, at=at + timedelta(minutes=22), half="situation")


def handed(life: Life, at: datetime) -> Begun:
    """Handed over, and with the representative."""
    on = add_working_days(day_of(at), -6)
    case = yield from drafted(life, on)
    yield from consented(life, case, later(moment(on, 9), 3))
    yield from handed_over(life, case, at)
    return case


def sent_back(life: Life) -> Story:
    """Sent back to be completed: the contacts were not all there."""
    world = life.world
    case = yield from handed(life, world.working_day(-4, 11))
    at = world.working_day(-1, 13)
    yield at
    lacking = "Lägg till boendestödet bland kontakterna, och skriv när praktiken slutade."
    acts.take(case, "send_back", life.representative, at, lacking=lacking)


def gave_up(life: Life) -> Story:
    """Cancelled before the meeting: moved."""
    case = yield from referred(life, -1)
    at = later(life.world.meeting(-2).starts_at, 3, 11)
    yield at
    acts.take(case, "cancel", life.caseworker, at, wish="person", why="Flyttar till Kalmar nästa månad.")


def returned(life: Life, meeting: int, why: str, change: str) -> Story:
    case = yield from referred(life, meeting)
    yield from gathered(life, case, meeting)
    yield from decided(life, case, meeting, "return", reason=why, what_would_change_it=change)


# Knutpunkten LIS.


def in_lis(world: World) -> list[Story]:
    def life(name: str) -> Life:
        return life_of(world, name, programme=world.cast.lis, supervisor="olle")

    return [
        active(life("Camilla Dahlin"), -6, 7),
        active(life("Hodan Ali"), -3, 14),
        ended_in_lis(life("Emma Lindh")),
        allocated_in_lis(life("Patrik Holmgren")),
        up_in_lis(life("Roland Berg")),
    ]


def ended_in_lis(life: Life) -> Story:
    world = life.world
    at = later(world.meeting(-2, life.programme).starts_at, 6, 9)
    case = yield from care.admitted(life, -9)
    after = world.meeting(-9, life.programme).starts_at
    yield from care.started(life, case, after)
    yield from care.mapped(life, case, later(after, 20, 13))
    agreed = later(after, 27, 9, 30)
    days = care.follow_up_days(day_of(agreed) + timedelta(days=9), add_working_days(day_of(at), 12))
    yield from care.planned(life, case, agreed, days[0])
    yield from care.follow_ups(life, case, days)
    yield from care.closed(life, case, at, outcome="studies", result="Läser till undersköterska på vuxenutbildningen.")


def allocated_in_lis(life: Life) -> Story:
    """Has a place and a supervisor; the first meeting is booked."""
    world = life.world
    case = yield from care.admitted(life, -1)
    yield from care.decided_service(life, case, world.working_day(-6, 10))
    yield from care.allocated(life, case, world.working_day(-5, 10))
    yield from care.booked(life, case, world.working_day(-3, 9), world.working_day(2, 10))


def up_in_lis(life: Life) -> Story:
    """Handed over, and up at LIS's next meeting without an announcement (L10)."""
    case = yield from referred(life, 1)
    at = life.world.working_day(-1, 13)
    yield from answered(life, case, at)
