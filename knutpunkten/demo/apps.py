from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "knutpunkten.demo"
    label = "demo"
