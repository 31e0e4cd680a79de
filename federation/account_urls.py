"""Signing in and the second factor: of allauth only what we serve. There is no sign-up."""

from allauth.account.views import LoginView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from django.conf import settings
from django.urls import path
from django.views.generic import TemplateView

from federation import account_views as views

done = TemplateView.as_view(template_name="account/letter_sent.html")

urlpatterns = [
    path("", IndexView.as_view(), name="mfa_index"),
    path("login/", LoginView.as_view(), name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("reauthenticate/", ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("password/change/", views.ChangePasswordView.as_view(), name="account_change_password"),
    path("password/reset/", views.ask_for_letter, name="account_reset_password"),
    path("password/reset/sent/", done, name="account_reset_password_done"),
    path(
        "password/reset/key/<uidb64>/<token>/",
        views.SetPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
]

# The accounts of the demonstration are everybody's: nobody may lock others out of them.
if not settings.DEMO:
    urlpatterns += [
        path("2fa/code/", AuthenticateView.as_view(), name="mfa_authenticate"),
        path("2fa/again/", ReauthenticateByCodeView.as_view(), name="mfa_reauthenticate"),
        path("2fa/app/", views.SetUpAppView.as_view(), name="mfa_activate_totp"),
        path("2fa/app/qr.svg", views.totp_qr, name="mfa_totp_qr"),
        path("2fa/app/remove/", views.RemoveAppView.as_view(), name="mfa_deactivate_totp"),
        path("2fa/codes/", ViewRecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
        path("2fa/codes/new/", views.NewCodesView.as_view(), name="mfa_generate_recovery_codes"),
    ]
