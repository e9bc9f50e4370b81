"""What has been answered, in words: for checking, reading and printing. Headings and labels are the forms' own."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms

from knutpunkten.cases.models import Case, Category, Section
from knutpunkten.referrals.conditions import standing_answers
from knutpunkten.referrals.contact_rows import ContactsForm
from knutpunkten.referrals.forms import (
    AdviceForm,
    OwnWordsForm,
    PersonForm,
    PresentForm,
    QuestionForm,
    SituationForm,
    TalkForm,
    TargetGroupForm,
    VisitForm,
    VoiceForm,
)
from knutpunkten.referrals.part_form import PartForm
from knutpunkten.referrals.rules import Part, Piece, about, parts_of

FORMS: dict[str, type[PartForm]] = {
    "person": PersonForm,
    "talk": TalkForm,
    "advice": AdviceForm,
    "visit": VisitForm,
    "own_words": OwnWordsForm,
    "voice": VoiceForm,
    "target_group": TargetGroupForm,
    "situation": SituationForm,
    "present": PresentForm,
    "contacts": ContactsForm,
    "question": QuestionForm,
}


@dataclass(frozen=True)
class Answered:
    """One section as read: its standing answers as typed and in words, or ``is_shared`` False and nothing at all."""

    heading: str
    category: Category
    is_shared: bool
    section: Section | None
    answers: tuple[tuple[str, str], ...] = ()
    rows: tuple[dict[str, str], ...] = ()
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.answers and not self.rows


@dataclass(frozen=True)
class ReadPart:
    """One part of the referral, section by section."""

    part: Part
    title: str
    pieces: list[Answered] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return all(piece.is_empty for piece in self.pieces)


def initial_of(part: Part, sections: dict[str, Section]) -> dict[str, Any]:
    """What was typed in *part*, put together again from its sections."""
    return {name: value for p in part.pieces if p.key in sections for name, value in sections[p.key].data.items()}


def form_of(
    part: Part, case: Case, today: date, sections: dict[str, Section], data: Any = None, **extra: Any
) -> PartForm:
    """The form of *part* with what was typed before, or bound to *data*."""
    return FORMS[part.key](data, case=case, today=today, initial={**initial_of(part, sections), **extra})


def read_parts(case: Case, today: date, sections: dict[str, Section], hidden: list[Category]) -> list[ReadPart]:
    """The whole referral as one may read it: *sections* are those one may see, *hidden* the categories one may not."""
    read = []
    for part in parts_of(case):
        form = FORMS[part.key](case=case, today=today, initial=initial_of(part, sections), is_read=True)
        read.append(
            ReadPart(part, about(part.title, case), [answered(part, p, form, sections, hidden) for p in part.pieces])
        )
    return read


def answered(
    part: Part, piece: Piece, form: PartForm, sections: dict[str, Section], hidden: list[Category]
) -> Answered:
    """One section in words; without it, only its heading, and whether its category is shared at all."""
    section = sections.get(piece.key)
    if section is None:
        # Whether there is anything is not told: the heading stands either way (W1).
        return Answered(piece.category.label, piece.category, piece.category not in hidden, None)
    data = standing_answers(form.case, piece.key, section.data, form.today)
    if part.key == "contacts":
        rows = tuple(data.get("rows") or ())
        return Answered(piece.category.label, piece.category, True, section, rows=rows, data=data)
    words = ((label_of(form, name), said(form, name, data.get(name))) for name in piece.fields)
    known = form.given() if piece == part.pieces[0] else []
    answers = (*known, *((q, a) for q, a in words if a))
    return Answered(piece.category.label, piece.category, True, section, answers, data=data)


def label_of(form: PartForm, name: str) -> str:
    return str(form.fields[name].label) if name in form.fields else ""


def said(form: PartForm, name: str, value: Any) -> str:
    """An answer in the words of the form: choices by their labels, several with commas."""
    found = form.fields.get(name)
    if not value or found is None:
        return ""
    if isinstance(found, forms.ChoiceField | forms.MultipleChoiceField):
        labels = {str(key): str(label) for key, label in list(found.choices)}  # type: ignore[arg-type]
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(str(item), str(item)) for item in chosen)
    return str(value).strip()
