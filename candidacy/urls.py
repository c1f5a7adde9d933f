from django.urls import path

from candidacy import theme

app_name = "candidacy"

urlpatterns = [
    path("c/<slug:slug>/theme.css", theme.candidacy_theme, name="candidacy-theme"),
]
