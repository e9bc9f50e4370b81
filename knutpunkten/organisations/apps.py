from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "knutpunkten.organisations"
    label = "organisations"
    verbose_name = "Vilka som arbetar tillsammans"
