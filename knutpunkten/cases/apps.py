from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "knutpunkten.cases"
    label = "cases"
