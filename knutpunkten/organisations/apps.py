from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "knutpunkten.organisations"
    label = "organisations"
