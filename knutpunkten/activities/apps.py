from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "knutpunkten.activities"
    label = "activities"
