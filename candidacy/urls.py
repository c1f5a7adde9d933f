from django.urls import URLPattern

app_name = "candidacy"

urlpatterns: list[URLPattern] = []
