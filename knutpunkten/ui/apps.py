from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "knutpunkten.ui"
    verbose_name = "Utseende"
