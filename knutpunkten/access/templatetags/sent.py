"""What was sent, on a page that says that nothing was done with it."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.forms import Field
from django.template import Context

from knutpunkten.access.sent import written

register = template.Library()

# Some of it may have been saved as they wrote.
SAVED_IN_PART = "Det som inte redan var sparat är inte sparat. Kopiera det du vill ha kvar innan du lämnar sidan."


@register.inclusion_tag("access/written.html", takes_context=True)
def words_sent(
    context: Context, about: str = SAVED_IN_PART, fields: Mapping[str, Field] | None = None
) -> dict[str, Any]:
    """What somebody wrote in the form that was refused, with what is said *about* it; under the labels of its *fields*."""
    return {"texts": written(context["request"], fields), "about": about}
