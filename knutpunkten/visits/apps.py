from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "knutpunkten.visits"
    label = "visits"
