from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "knutpunkten.audit"
    label = "audit"

    def ready(self) -> None:
        from knutpunkten.audit import checks

        assert checks  # registers itself
