"""Served in the demonstration only."""

app_name = "demo"
urlpatterns: list = []
