"""How Django draws our forms: label, hint, error and field on Designsystemet's classes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates

from knutpunkten.ui.enumerations import amount_in_words

# The code of an error that is nobody's slip: something else has been saved since the page was opened.
OVERTAKEN = "overtaken"
HAS_CHANGED = "Något har ändrats under tiden"
TOGGLES = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


def choice_words(field: forms.Field) -> dict[str, str]:
    """What each of the *field*'s choices says on its page, by its value; nothing where there is none to choose."""
    return {str(value): str(label) for value, label in getattr(field, "choices", ())}


class SpokenBoundField(BoundField):
    """A field on the page: with Designsystemet's class, and without the browser's own bubbles."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if not widget.is_hidden:
            attrs.setdefault("class", f"ds-input {widget.attrs.get('class', '')}".strip())
        # The browser's bubble would stop the form before our error summary could say what to do.
        if attrs.pop("required", False) and not isinstance(widget, TOGGLES):
            attrs["aria-required"] = "true"
        return attrs

    @property
    def kind(self) -> str:
        """toggle (one box), options (several), file or plain: which markup the field template uses."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxInput):
            return "toggle"
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return "options"
        return "file" if isinstance(widget, forms.ClearableFileInput) else "plain"


class Renderer(DjangoTemplates):
    """`FORM_RENDERER`: `{{ form }}` is the error summary and the fields; `{{ field.as_field_group }}` one field."""

    form_template_name = "ui/forms/form.html"
    formset_template_name = "ui/forms/formset.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = SpokenBoundField


def changes_needed(form: forms.BaseForm, hindrance: str = "", *, has_changed: bool = False) -> dict[str, Any]:
    """Return what the error summary shows: a heading, errors of no field, and pairs of error and its field's id.

    *hindrance*: what else is in the way of what was sent, first of all; *has_changed*: something saved meanwhile.
    """
    linked = [(error, anchor(field)) for field in form if not field.is_hidden for error in field.errors]
    hidden = [error for field in form if field.is_hidden for error in field.errors]
    general = [*filter(None, [hindrance]), *form.non_field_errors(), *hidden]
    has_changed = has_changed or is_overtaken(form)
    heading = HAS_CHANGED if has_changed else _heading(len(linked) + len(general))
    return {"linked": linked, "general": general, "heading": heading}


def is_overtaken(form: forms.BaseForm) -> bool:
    """Whether something else has been saved since its page was opened, which is to be read before anything is mended."""
    return any(error.code == OVERTAKEN for errors in form.errors.as_data().values() for error in errors)


def overtaken(sentence: str) -> ValidationError:
    return ValidationError(sentence, code=OVERTAKEN)


def anchor(field: BoundField) -> str:
    """Return the id that the error summary's link goes to: the field, or the first control of a group."""
    group = isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return field[0].id_for_label if group and field.subwidgets else field.auto_id


def _heading(errors: int) -> str:
    if errors == 1:
        return "En sak behöver ändras"
    return f"{amount_in_words(errors)} saker behöver ändras"
