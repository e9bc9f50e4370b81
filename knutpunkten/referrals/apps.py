from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "knutpunkten.referrals"
    label = "referrals"
