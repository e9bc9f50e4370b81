from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "knutpunkten.followup"
    label = "followup"
