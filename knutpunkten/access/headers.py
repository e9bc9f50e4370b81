"""The headers that Django has no setting for, on every answer, also the files and the pages for faults."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Nothing here asks for a place, a picture or a sound; passkeys are for our own pages alone.
NOTHING = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "fullscreen", "geolocation"),
    *("gyroscope", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "usb", "xr-spatial-tracking"),
)
OURSELVES = ("publickey-credentials-create", "publickey-credentials-get")
HEADERS = {
    "Permissions-Policy": ", ".join([*(f"{one}=()" for one in NOTHING), *(f"{one}=(self)" for one in OURSELVES)]),
    # No other site draws our answers into its own pages, pictures included.
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


class HeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
