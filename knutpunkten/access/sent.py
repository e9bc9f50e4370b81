"""What a form that was sent says, to be told again to whoever wrote it when nothing was done with it."""

from django.http import HttpRequest

# In a form: the hat it was drawn for, and the one to put on before it is sent.
DRAWN_FOR, PUT_ON = "drawn_for", "put_on"
DJANGOS = "csrfmiddlewaretoken"


def said(request: HttpRequest) -> list[tuple[str, list[str]]]:
    """What the form says, without what is ours."""
    return [(name, values) for name, values in request.POST.lists() if name not in (DJANGOS, DRAWN_FOR, PUT_ON)]


def written(request: HttpRequest) -> list[str]:
    """What somebody wrote in the form, rather than chose. A password is shown to nobody."""
    return [
        value for name, values in said(request) for value in values if " " in value.strip() and "password" not in name
    ]
