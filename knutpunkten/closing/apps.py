from django.apps import AppConfig


class ClosingConfig(AppConfig):
    name = "knutpunkten.closing"
    label = "closing"
