from django.apps import AppConfig


class FirstMeetingConfig(AppConfig):
    name = "knutpunkten.first_meeting"
    label = "first_meeting"
