from django.urls import path

from knutpunkten.referrals import views

# The address for a new referral, arenden/ny/, stands with the desk: it asks the routine.
urlpatterns = [
    path("<uuid:case_id>/remiss/", views.referral, name="referral"),
    path("<uuid:case_id>/remiss/kontrollera/", views.check_referral, name="check_referral"),
    path("<uuid:case_id>/remiss/inlamnad/", views.referral_receipt, name="referral_receipt"),
    path("<uuid:case_id>/remiss/las/", views.read_referral, name="read_referral"),
    path("<uuid:case_id>/remiss.pdf", views.referral_pdf, name="referral_pdf"),
    path("<uuid:case_id>/remiss/<slug:key>/", views.referral_part, name="referral_part"),
]
