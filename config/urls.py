from django.urls import include, path

urlpatterns = [
    path("", include("core.urls")),
    path("compte/", include("accounts.entrance_urls")),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("candidacy.urls")),
    path("", include("partners.urls")),
    path("", include("committees.urls")),
    path("", include("budget.urls")),
    path("", include("dossier.urls")),
]

handler400 = "core.views.bad_request"
