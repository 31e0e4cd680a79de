"""Served in the demonstration only."""

from django.urls import path

from federation.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.index, name="index"),
    path("sign-in/", views.sign_in_as, name="sign_in"),
    path("mail/", views.mail, name="mail"),
    path("mail.json", views.mail_json, name="mail_json"),
    path("mail/.json", views.mail_json),
]
