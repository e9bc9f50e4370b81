from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "knutpunkten.portal"
    label = "portal"
