from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "knutpunkten.plans"
    label = "plans"
