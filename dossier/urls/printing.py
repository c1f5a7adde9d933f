"""Printings of the work, and editions."""

from django.urls import path

from dossier.views import edition_links, editions, exports, verification

urlpatterns = [
    path("c/<slug:slug>/dossier/exports/", exports.export_list, name="export-list"),
    path("c/<slug:slug>/dossier/exports/nouveau/", exports.export_create, name="export-create"),
    path("c/<slug:slug>/dossier/exports/<uuid:public_id>/", exports.export_detail, name="export-detail"),
    path(
        "c/<slug:slug>/dossier/exports/<uuid:public_id>/avancement/",
        exports.export_progress,
        name="export-progress",
    ),
    path(
        "c/<slug:slug>/dossier/exports/<uuid:public_id>/telecharger/",
        exports.export_download,
        name="export-download",
    ),
    path("c/<slug:slug>/dossier/exports/<uuid:public_id>/lire/", exports.export_read, name="export-read"),
    path(
        "c/<slug:slug>/dossier/exports/<uuid:public_id>/arreter/", exports.export_cancel, name="export-cancel"
    ),
    path("editions/verifier/", verification.edition_verify, name="edition-verify"),
    path("c/<slug:slug>/dossier/editions/", editions.edition_list, name="edition-list"),
    path("c/<slug:slug>/dossier/editions/nouvelle/", editions.edition_create, name="edition-create"),
    path("c/<slug:slug>/dossier/editions/comparer/", editions.edition_compare, name="edition-compare"),
    path("c/<slug:slug>/dossier/editions/<uuid:public_id>/", editions.edition_detail, name="edition-detail"),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/soumettre/",
        editions.edition_submit,
        name="edition-submit",
    ),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/deposer/",
        editions.edition_deposit,
        name="edition-deposit",
    ),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/liens/verifier/",
        edition_links.edition_links_check,
        name="edition-links-check",
    ),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/liens/avancement/",
        edition_links.edition_links_progress,
        name="edition-links-progress",
    ),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/images/<uuid:picture_id>/",
        editions.edition_picture,
        name="edition-picture",
    ),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/retirer/",
        editions.edition_withdraw,
        name="edition-withdraw",
    ),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/<slug:variant>/produire/",
        editions.edition_print,
        name="edition-print",
    ),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/<slug:variant>/publier/",
        editions.edition_publish,
        name="edition-publish",
    ),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/<slug:variant>/telecharger/",
        editions.edition_download,
        name="edition-download",
    ),
    path(
        "c/<slug:slug>/dossier/editions/<uuid:public_id>/<slug:variant>/lire/",
        editions.edition_read,
        name="edition-read",
    ),
]
