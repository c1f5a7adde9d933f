"""Reading links: the team's pages of them, and what a reader without an account opens."""

from django.urls import path

from dossier.views import reading, reading_links

urlpatterns = [
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/liens/",
        reading_links.reading_link_list,
        name="reading-link-list",
    ),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/liens/nouveaux/",
        reading_links.reading_link_create,
        name="reading-link-create",
    ),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/liens/<uuid:link_id>/",
        reading_links.reading_link_detail,
        name="reading-link-detail",
    ),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/liens/<uuid:link_id>/renouveler/",
        reading_links.reading_link_renew,
        name="reading-link-renew",
    ),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/liens/<uuid:link_id>/revoquer/",
        reading_links.reading_link_revoke,
        name="reading-link-revoke",
    ),
    path("lecture/<str:token>/", reading.reading_page, name="reading-page"),
    path("lecture/<str:token>/ouverture/", reading.reading_open, name="reading-open"),
    path("lecture/<str:token>/pdf/", reading.reading_pdf, name="reading-pdf"),
    path("lecture/<str:token>/pdf/telecharger/", reading.reading_download, name="reading-download"),
    path("lecture/<str:token>/images/<uuid:public_id>/", reading.reading_picture, name="reading-picture"),
    path("lecture/<str:token>/couleurs.css", reading.reading_theme, name="reading-theme"),
    path("lecture/<str:token>/remarques/", reading.reading_remark, name="reading-remark"),
    path("lecture/<str:token>/approbation/", reading.reading_approve, name="reading-approve"),
]
