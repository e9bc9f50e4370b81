from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccessConfig(AppConfig):
    name = "knutpunkten.access"
    label = "access"

    def ready(self) -> None:
        from knutpunkten.access.sittings import on_signing_in

        user_logged_in.connect(on_signing_in, dispatch_uid="begin_sitting")
