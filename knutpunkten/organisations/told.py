"""What was changed on a page of the settings, as the log says it: each field, from what and to what."""

from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import Any

from django import forms
from django.db.models import Model

from knutpunkten.organisations.models import Membership, User
from knutpunkten.ui.dates import iso

NOTHING = "tomt"


def told_changes(form: Any, formsets: Iterable[Any]) -> Iterator[str]:
    """The page's own fields, then what was changed or added in the rows below."""
    yield from told_fields(form)
    for formset in formsets:
        kind = formset.model._meta.verbose_name
        for below in formset.forms:
            role = role_in_words(below.instance) if formset.model is Membership else ""
            if below.instance in formset.new_objects:
                yield f"nytt uppdrag: {role}" if role else f"ny {kind}"
            else:
                of = f"uppdraget {role}:" if role else f"{kind},"
                yield from (f"{of} {said}" for said in told_fields(below))


def role_in_words(role: Membership) -> str:
    """ "Handläggare, Region Kalmar län, Öppenpsykiatrin"."""
    place = role.unit or role.programme or role.association
    return role.called + (f", {place}" if place else "")


def told_fields(form: Any) -> Iterator[str]:
    for name in form.changed_data:
        field = form.fields[name]
        was, now = in_words(field, form.initial.get(name)), in_words(field, form.cleaned_data.get(name))
        label = str(field.label).lower()
        yield f"{label} från {was} till {now}" if was and now else label


def in_words(field: forms.Field, value: Any) -> str:
    """What stands in *field*, of what is counted or chosen; empty of all that somebody wrote, and of who was chosen.

    The log is kept for ever, and holds no words of anybody's and no person's name.
    """
    if isinstance(field, forms.ModelChoiceField):
        return name_of(field, value)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return str(dict(choices).get(value, NOTHING))
    if isinstance(field, forms.DateField) and value is None:
        return NOTHING
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return iso(value)
    return str(value) if isinstance(value, int) else ""


def name_of(field: Any, chosen: Any) -> str:
    """What the *chosen* row of *field* is called, or the one with that key: an agency, a unit or the like, and no person."""
    model = field.queryset.model
    if model is User:
        return ""
    row = chosen if isinstance(chosen, Model) else model._base_manager.filter(pk=chosen).first()
    return str(row or NOTHING)
