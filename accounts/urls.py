from django.urls import path
from django.views.i18n import JavaScriptCatalog

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("profil/", views.profile, name="profile"),
    path(
        "jsi18n/",
        JavaScriptCatalog.as_view(packages=["django_prose_editor"]),
        name="javascript-catalogue",
    ),
    path("accessibilite/", views.accessibility, name="accessibility"),
]
