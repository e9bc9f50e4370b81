from django.apps import AppConfig


class ProtectionConfig(AppConfig):
    name = "knutpunkten.protection"
    label = "protection"
