from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "knutpunkten.notices"
    label = "notices"
