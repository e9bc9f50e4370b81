from django.apps import AppConfig


class RoutineConfig(AppConfig):
    name = "knutpunkten.routine"
    label = "routine"
