"""The addresses of signing in. Names with ``mfa_`` and ``account_`` are those that django-allauth asks for."""

from django.urls import path

from knutpunkten.accounts import factors, kept, through_agency, views

urlpatterns = [
    path("logga-in/", views.sign_in, name="sign_in"),
    path("logga-in/", views.sign_in, name="account_login"),
    path("logga-in/kod/", factors.give_code, name="mfa_authenticate"),
    path("logga-in/passernyckel/", factors.passkey_sign_in, name="mfa_login_webauthn"),
    path("logga-in/stangt/", views.closed, name="account_inactive"),
    path("logga-in/andra-steget/", views.second_factor, name="second_factor"),
    path("logga-in/genom/<slug:provider_id>/", through_agency.go, name="openid_connect_login"),
    path("logga-in/genom/<slug:provider_id>/svar/", through_agency.back, name="openid_connect_callback"),
    path("logga-in/stanna/", views.stay, name="stay"),
    path("logga-in/behall/", kept.keep, name="keep_words"),
    path("logga-in/lamna-tillbaka/", kept.give_back, name="give_back_words"),
    path("logga-ut/", views.sign_out, name="sign_out"),
    path("inbjudan/", views.open_account, name="open_account"),
    path("inbjudan/<str:token>/", views.invitation, name="invitation"),
    path("min-inloggning/", factors.index, name="mfa_index"),
    path("min-inloggning/losenord/", views.change_password, name="change_password"),
    path("min-inloggning/app/", factors.add_app, name="mfa_activate_totp"),
    path("min-inloggning/app/ta-bort/", factors.remove_app, name="mfa_deactivate_totp"),
    path("min-inloggning/passernyckel/", factors.add_passkey, name="mfa_add_webauthn"),
    path("min-inloggning/passernyckel/<int:pk>/ta-bort/", factors.remove_passkey, name="mfa_remove_webauthn"),
    path("min-inloggning/reservkoder/", factors.show_codes, name="mfa_view_recovery_codes"),
    path("min-inloggning/reservkoder/nya/", factors.new_codes, name="mfa_generate_recovery_codes"),
    path("min-inloggning/igen/", factors.again, name="account_reauthenticate"),
    path("min-inloggning/igen/kod/", factors.again_by_code, name="mfa_reauthenticate"),
    path("min-inloggning/igen/passernyckel/", factors.again_by_passkey, name="mfa_reauthenticate_webauthn"),
]
