"""What people do in the demo's stories, each through the form and the action that the page uses.

A form that does not hold, or a step that is refused, stops the seed: the world proves the routine.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zlib import crc32

from django.core.files.uploadedfile import SimpleUploadedFile

from knutpunkten.access.roles import Permission
from knutpunkten.access.who import Hat, Who, begin_as
from knutpunkten.audit.actions import record
from knutpunkten.cases.access import open_case
from knutpunkten.cases.models import Case
from knutpunkten.consents.actions import write_consent
from knutpunkten.consents.mark import fingerprint
from knutpunkten.consents.purpose import purpose_of
from knutpunkten.consents.rules import Named, draft_of
from knutpunkten.demo.world import World, day_of
from knutpunkten.documents.actions import store_file
from knutpunkten.documents.models import StoredFile
from knutpunkten.documents.pdf import compiler
from knutpunkten.documents.uploads import check_upload
from knutpunkten.organisations.models import CaseKind, Programme, Unit, User
from knutpunkten.people.models import Person
from knutpunkten.people.numbers import kind_of
from knutpunkten.protection.actions import name_reader as name
from knutpunkten.protection.forms import SUGGESTED, ReaderForm
from knutpunkten.protection.rules import may_be_named
from knutpunkten.referrals.actions import begin_referral, save_part
from knutpunkten.referrals.answers import form_of
from knutpunkten.referrals.rules import part_of
from knutpunkten.routine import engine
from knutpunkten.routine.table import STEPS


class Refused(Exception):
    """A form of the product did not take what the story tells it."""


def being(user: User, at: datetime) -> Who:
    """Be *user* at a moment, until somebody else is: the wall's clock and grounds are theirs. One statement."""
    who = begin_as(user.pk, user.name, at=at)
    if who.hat is None:
        raise Refused(f"{user.name} has no part in this at {at:%Y-%m-%d}")
    return replace(who, address=from_where(who.hat))


def from_where(hat: Hat) -> str:
    """The address on the net that an agency's people ask from: of a range set aside for examples (RFC 5737)."""
    return f"192.0.2.{1 + crc32(hat.agency.encode()) % 254}"


def begin_draft(
    *,
    person: tuple[str, str, str],
    programme: Programme,
    kind: CaseKind,
    reach: dict[str, str],
    user: User,
    at: datetime,
    protection: str = Person.Protection.NONE,
) -> Case:
    """A referral begun by *user* about *person*: first name, last name, number."""
    first_name, last_name, number = person
    who = being(user, at)
    case = begin_referral(
        number=number,
        number_kind=kind_of(number),
        first_name=first_name,
        last_name=last_name,
        programme=programme,
        kind=kind,
        reach=reach,
        protection=protection,
        by=who,
        at=at,
    )
    engine.begin(case, at=at)
    case.caseworker = user
    return case


def write_parts(
    case: Case, parts: Mapping[str, Mapping[str, Any]], *, user: User, at: datetime, half: str = ""
) -> None:
    """Fill in parts of the referral as they would be typed; the part called *half* may be left half done."""
    who = being(user, at)
    for key, typed in parts.items():
        part = part_of(case, key)
        assert part is not None, key
        form = form_of(part, case, day_of(at), {}, data=typed)
        if not form.is_valid() and key != half:
            raise Refused(f"{case.person_name}, {key}: {form.errors.as_json()}")
        save_part(case, part, form.typed(), is_done=form.is_valid(), by=who, at=at)


def enclose(case: Case, name: str, category: str, about: str, *, user: User, at: datetime) -> None:
    """Enclose an investigation as a real PDF, checked and stored as any upload (S5)."""
    text = f"#set document(title: [{name}])\n= {name}\n{about}, påhittad för demon.\n\n{INVESTIGATION}"
    pdf = compiler().compile(input=text.encode(), format="pdf")
    assert isinstance(pdf, bytes)
    upload = check_upload(SimpleUploadedFile(f"{name}.pdf", pdf))  # type: ignore[arg-type]
    purpose = StoredFile.Purpose.INVESTIGATION
    store_file(case, upload, purpose=purpose, category=category, by=being(user, at), at=at)


INVESTIGATION = (
    "Bedömning: klarar växlande arbete några timmar om dagen med pauser. Förslag: pröva två sorters uppgifter "
    "under fyra veckor och följ upp tillsammans."
)


def named(world: World, parties: Mapping[str, list[str]], shorter: Mapping[str, date]) -> list[Named]:
    """The parties of a consent by their units' names, each with its categories; *shorter*: the last day of some."""
    return [
        Named(world.cast.unit(unit).pk, tuple(categories), valid_until=shorter.get(unit))
        for unit, categories in parties.items()
    ]


def draw_up_consent(case: Case, parties: list[Named], *, since: date, until: date, user: User, at: datetime) -> None:
    who = being(user, at)
    name = case.name_in_text
    write_consent(
        case,
        parties=parties,
        valid_from=since,
        valid_until=until,
        purpose=purpose_of(case, name),
        by=who,
        at=at,
    )


def sign_consent(case: Case, *, user: User, at: datetime) -> None:
    """The paper is signed, with the caseworker as witness."""
    being(user, at)
    consent = draft_of(case)
    assert consent is not None, "it is drawn up before it is signed"
    paper = {"signed_on": day_of(at), "witness": user.name, "has_notice": "on", "fingerprint": fingerprint(consent)}
    take(case, "sign_consent", user, at, **paper)


def take(case: Case, step: str, user: User, at: datetime, **typed: Any) -> None:
    """Take *step* as its page does: the form with what it suggests, what is typed over it, then the engine."""
    who = being(user, at)
    data: dict[str, Any] = {}
    if STEPS[step].form is not None:
        data = cleaned(step, case, who, typed)
    try:
        follow(case, engine.take(case.pk, step, by=who, at=at, data=data))
    except engine.NotYet as lacking:
        missing = " ".join(lack.sentence for lack in lacking.choice.missing)
        raise Refused(f"{case.number}, {step} {at:%Y-%m-%d}: {missing}") from None
    except engine.Refused as refused:
        raise Refused(f"{case.number}, {step} {at:%Y-%m-%d} by {user.name}: {type(refused).__name__}") from None


def follow(case: Case, moved: Case) -> None:
    """Bring the story's own *case* to where it now stands, with the relations it has at hand."""
    for field in Case._meta.concrete_fields:
        setattr(case, field.attname, getattr(moved, field.attname))


def cleaned(step: str, case: Case, who: Who, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The step's form, filled in: what a page would have filled in beforehand, and *typed* over that."""
    form_class = STEPS[step].form
    assert form_class is not None
    form = form_class(dict(typed), case=case, who=who)
    suggested = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    form.data = {name: value for name, value in suggested.items() if value is not None} | dict(typed)
    if not form.is_valid():
        raise Refused(f"{case.number}, {step}: {form.errors.as_json()}")
    return form.cleaned_data


def answer(case: Case, user: User, at: datetime, known: Mapping[str, tuple[str, str]]) -> None:
    """A party answers: ``{category: (what it knows, what it can do)}``, or nothing known."""
    if not known:
        take(case, "disclose", user, at, answer="not_known", share=[])
        return
    typed: dict[str, Any] = {"answer": "disclosed", "share": list(known)}
    for category, (text, can) in known.items():
        typed |= {f"text_{category}": text, f"can_{category}": can}
    take(case, "disclose", user, at, **typed)


def read(case: Case, user: User, at: datetime, what: str = "case") -> None:
    """Open the case as its page does, which leaves its trace in the audit."""
    who = being(user, at)
    if open_case(who, case.pk, Permission.SEE_CASES, at) is None:
        raise Refused(f"{user.name} sees no {case.number}")
    record("read", by=who, at=at, case_id=case.pk, person_id=case.person_id, what=what)


def name_reader(case: Case, user: User, at: datetime, *, reads: User, unit: Unit, reason: str) -> None:
    """*user* says that *reads*, of *unit*, reads the protected person's case (W5): known by its number alone."""
    who = being(user, at)
    form = ReaderForm(
        {"user": str(reads.pk), "until": (day_of(at) + SUGGESTED).isoformat(), "reason": reason},
        people=may_be_named(unit.pk, day_of(at)),
        today=day_of(at),
    )
    if not form.is_valid():
        raise Refused(f"{case.number}: {form.errors.as_json()}")
    data = form.cleaned_data
    name(
        case_id=case.pk,
        unit_id=unit.pk,
        user_id=reads.pk,
        reason=data["reason"],
        until=data["until"],
        by=who,
        at=at,
    )


def withdraw(case: Case, user: User, at: datetime, *, how: str) -> None:
    """The person takes the whole consent back; *user* took the call (W1)."""
    who = being(user, at)
    engine.withdraw_consent(case.pk, unit_ids=None, how=how, taken_by=user.name, by=who, at=at)
