from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core.signals import request_started


class AccessConfig(AppConfig):
    name = "knutpunkten.access"
    label = "access"

    def ready(self) -> None:
        from knutpunkten.access.hung_up import let_go
        from knutpunkten.access.sittings import on_signing_in

        request_started.connect(let_go, dispatch_uid="let_go")
        user_logged_in.connect(on_signing_in, dispatch_uid="begin_sitting")
