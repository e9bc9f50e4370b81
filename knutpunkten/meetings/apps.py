from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "knutpunkten.meetings"
    label = "meetings"
