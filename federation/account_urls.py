"""Signing in and the second factor: what of allauth we serve."""

urlpatterns: list = []
