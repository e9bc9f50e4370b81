"""What a form that was sent says, to be told again to whoever wrote it when nothing was done with it."""

from collections.abc import Mapping

from django.forms import Field, HiddenInput, Textarea, TextInput
from django.http import HttpRequest

from knutpunkten.ui.forms import choice_words

# In a form: the hat it was drawn for, and the one to put on before it is sent.
DRAWN_FOR, PUT_ON = "drawn_for", "put_on"
DJANGOS = "csrfmiddlewaretoken"


def said(request: HttpRequest) -> list[tuple[str, list[str]]]:
    """What the form says, without what is ours."""
    return [(name, values) for name, values in request.POST.lists() if name not in (DJANGOS, DRAWN_FOR, PUT_ON)]


def written(request: HttpRequest, fields: Mapping[str, Field] | None = None) -> list[tuple[str, str]]:
    """What somebody wrote in the form, each with its field's label where *fields* tell it, and with what they chose there."""
    known = fields or {}
    return [
        (str(known[name].label or "") if name in known else "", chosen(value, known.get(name)) or value)
        for name, values in said(request)
        for value in values
        if is_written(name, value, known.get(name))
    ]


def is_written(name: str, value: str, field: Field | None) -> bool:
    """A day and a single word too, where the *field* is known; else what has a space in it. A password is shown to nobody."""
    if field is not None:
        return bool(value.strip()) and (isinstance(field.widget, TextInput | Textarea) or bool(chosen(value, field)))
    return " " in value.strip() and "password" not in name


def chosen(value: str, field: Field | None) -> str:
    """The words beside *value* among the choices that the page of the *field* shows; empty where it is none of them."""
    if field is None or isinstance(field.widget, HiddenInput):
        return ""
    return choice_words(field).get(value, "")
