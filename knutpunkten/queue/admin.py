"""A programme's settings, where they meet the places that are taken."""

from django.contrib import admin
from django.core.exceptions import ValidationError

from knutpunkten.organisations.forms import ProgrammeForm
from knutpunkten.organisations.models import Programme
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
    form = PlacesForm
