"""Joining, following what was filed, and the desk of those who decide."""

from django.urls import path

app_name = "membership"
urlpatterns: list = []
