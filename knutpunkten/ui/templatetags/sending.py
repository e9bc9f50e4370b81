"""What every form of ours carries when it is sent."""

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
# Not kept by the browser when the page is loaded again: they are the page's own, not the last one's.
HIDDEN = '<input type="hidden" name="{}" value="{}" autocomplete="off">'


@register.simple_tag(takes_context=True)
def csrf_token(context: Context) -> SafeString | str:
    """Django's own, and the hat that the page was drawn for: ``access.other_hat`` asks for it."""
    token, hat = context.get("csrf_token"), context.get("drawn_for")
    if not token:
        return ""
    fields = format_html(HIDDEN, "csrfmiddlewaretoken", token)
    return fields + format_html(HIDDEN, "drawn_for", hat) if hat else fields


def carried(context: Context) -> dict[str, object]:
    """What a tag with a template of its own must hand on for its forms."""
    return {"csrf_token": context.get("csrf_token"), "drawn_for": context.get("drawn_for")}
