"""A programme's settings, where they meet the places that are taken."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from knutpunkten.organisations.forms import ProgrammeForm
from knutpunkten.organisations.models import Programme
from knutpunkten.queue.actions import ask_next
from knutpunkten.queue.models import Place
from knutpunkten.visits.admin import TellsOfVisitTimes

admin.site.unregister(Programme)


class PlacesForm(ProgrammeForm):
    """The settings of a programme whose places may be taken already."""

    def clean_places(self) -> int:
        places: int = self.cleaned_data["places"]
        used = Place.objects.filter(programme=self.instance.pk).exclude(state=Place.State.FREE).count()
        if places < used:
            raise ValidationError(f"{used} platser är upptagna eller erbjudna. Skriv minst {used}.")
        return places


@admin.register(Programme)
class PlacesAdmin(TellsOfVisitTimes):
    """A place that the setting adds is made, and offered, at once."""

    form = PlacesForm

    def save_model(self, request: HttpRequest, obj: Programme, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "places" in form.changed_data:
            ask_next(obj.pk)
