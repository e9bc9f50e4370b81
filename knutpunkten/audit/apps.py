from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "knutpunkten.audit"
    label = "audit"
