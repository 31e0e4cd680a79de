"""The API's router, schema and try-it page."""

urlpatterns: list = []
