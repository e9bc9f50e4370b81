from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "knutpunkten.review"
    label = "review"
