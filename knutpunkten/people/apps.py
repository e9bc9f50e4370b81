from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "knutpunkten.people"
    label = "people"
