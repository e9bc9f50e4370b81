from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "knutpunkten.desk"
    label = "desk"
