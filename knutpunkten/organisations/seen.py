"""What is saved in the settings is a change of what stood on the page: not of what somebody else has written since.

Django writes every field of a page, also those that nobody touched, so the last to save would undo the others' changes.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

SEEN = "seen"
CHANGED_SINCE = "Någon annan har ändrat sedan du öppnade sidan. Ladda om den och gör din ändring igen."


def one_at_a_time() -> None:
    """Lets one page of the settings be saved at a time: a row may be written from its own page and from another's."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('settings'))")


def written_in(row: Model, names: Iterable[str]) -> list[tuple[str, str]]:
    """What stands in those of the *names* that are the row's own."""
    own = {field.name: field for field in row._meta.concrete_fields}
    return [(name, str(own[name].value_from_object(row))) for name in sorted(names) if name in own]


class RefusesUnseen:
    """Before an ``admin.ModelAdmin``: refuses a page where the row, or one below it, is otherwise than when drawn."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        if request.method == "POST":
            one_at_a_time()
        return super().get_object(request, object_id, from_field)  # type: ignore[misc]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **of: Any) -> Any:
        form = super().get_form(request, obj, change, **of)  # type: ignore[misc]
        seen = request.POST.get(SEEN)
        if not (change and obj and seen) or seen == self.mark(request, obj, form):
            return form
        return type(form.__name__, (Unseen, form), {})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **of: Any) -> HttpResponse:
        form = context["adminform"].form
        if not form.instance._state.adding:
            # A page that was refused stays refused: what is typed on it is there to be read, not to be saved.
            context[SEEN] = request.POST.get(SEEN) or self.mark(request, form.instance, form)
        return super().render_change_form(request, context, *args, **of)  # type: ignore[misc]

    def mark(self, request: HttpRequest, row: Model, form: Any) -> str:
        written = [written_in(row, form.base_fields), *self.written_below(request, row)]
        return sha256(repr(written).encode()).hexdigest()

    def written_below(self, request: HttpRequest, row: Model) -> Iterator[list[tuple[str, str]]]:
        for inline in self.get_inline_instances(request, row):  # type: ignore[attr-defined]
            formset = inline.get_formset(request, row)
            for below in inline.get_queryset(request).filter(**{formset.fk.name: row}).order_by("pk"):
                yield written_in(below, ["id", *formset.form.base_fields])


class Unseen(forms.BaseForm):
    """A form whose page shows what stands no more."""

    def clean(self) -> Any:
        cleaned = super().clean()
        self.add_error(None, ValidationError(CHANGED_SINCE, code="changed_since"))
        return cleaned
