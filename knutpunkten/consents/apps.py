from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "knutpunkten.consents"
    label = "consents"
