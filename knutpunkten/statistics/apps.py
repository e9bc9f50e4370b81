from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "knutpunkten.statistics"
    label = "statistics"
