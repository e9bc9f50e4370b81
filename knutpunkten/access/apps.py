from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "knutpunkten.access"
    label = "access"
