"""What texts show and prove, and what comes in and goes out as Word."""

from django.urls import path

from dossier.views import criteria, imports, live_figures, picture_sheets, pictures, proofs, word

urlpatterns = [
    path("c/<slug:slug>/dossier/criteres/", criteria.criteria_matrix, name="criteria-matrix"),
    path("c/<slug:slug>/dossier/criteres/telecharger/", criteria.criteria_export, name="criteria-export"),
    path(
        "c/<slug:slug>/dossier/criteres/<uuid:public_id>/", criteria.criterion_detail, name="criterion-detail"
    ),
    path("c/<slug:slug>/dossier/preuves/nouvelle/", proofs.proof_create, name="proof-create"),
    path("c/<slug:slug>/dossier/preuves/<uuid:public_id>/", proofs.proof_edit, name="proof-edit"),
    path(
        "c/<slug:slug>/dossier/preuves/<uuid:public_id>/valider/",
        proofs.proof_validate,
        name="proof-validate",
    ),
    path("c/<slug:slug>/dossier/preuves/<uuid:public_id>/rouvrir/", proofs.proof_reopen, name="proof-reopen"),
    path("c/<slug:slug>/dossier/preuves/<uuid:public_id>/retirer/", proofs.proof_remove, name="proof-remove"),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/import/",
        imports.section_import,
        name="section-import",
    ),
    path("c/<slug:slug>/dossier/sections/<uuid:public_id>/word/", word.section_word, name="section-word"),
    path("c/<slug:slug>/dossier/word/", word.dossier_word, name="dossier-word"),
    path("c/<slug:slug>/dossier/imports/nouveau/", imports.outline_import, name="outline-import"),
    path("c/<slug:slug>/dossier/imports/<uuid:public_id>/", imports.import_detail, name="import-detail"),
    path(
        "c/<slug:slug>/dossier/imports/<uuid:public_id>/avancement/",
        imports.import_progress,
        name="import-progress",
    ),
    path(
        "c/<slug:slug>/dossier/imports/<uuid:public_id>/reprise/",
        imports.import_confirm,
        name="import-confirm",
    ),
    path(
        "c/<slug:slug>/dossier/imports/<uuid:public_id>/abandon/",
        imports.import_abandon,
        name="import-abandon",
    ),
    path(
        "c/<slug:slug>/dossier/imports/<uuid:public_id>/images/<int:number>/",
        imports.import_picture,
        name="import-picture",
    ),
    # what texts name: pictures and figures
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/images/",
        picture_sheets.picture_upload,
        name="picture-upload",
    ),
    path("c/<slug:slug>/dossier/images/", picture_sheets.picture_list, name="picture-list"),
    path("c/<slug:slug>/dossier/images/nouvelle/", picture_sheets.picture_create, name="picture-create"),
    path("c/<slug:slug>/dossier/images/<uuid:public_id>/", pictures.picture, name="picture"),
    path(
        "c/<slug:slug>/dossier/images/<uuid:public_id>/fiche/",
        picture_sheets.picture_edit,
        name="picture-edit",
    ),
    path(
        "c/<slug:slug>/dossier/images/<uuid:public_id>/retrait/",
        picture_sheets.picture_remove,
        name="picture-remove",
    ),
    path("c/<slug:slug>/dossier/chiffres/", live_figures.live_figure_list, name="live-figure-list"),
    path(
        "c/<slug:slug>/dossier/chiffres/export/",
        live_figures.live_figure_export,
        name="live-figure-export",
    ),
    path(
        "c/<slug:slug>/dossier/chiffres/nouveau/",
        live_figures.live_figure_create,
        name="live-figure-create",
    ),
    path(
        "c/<slug:slug>/dossier/chiffres/<uuid:public_id>/",
        live_figures.live_figure_edit,
        name="live-figure-edit",
    ),
    path(
        "c/<slug:slug>/dossier/chiffres/<uuid:public_id>/retrait/",
        live_figures.live_figure_remove,
        name="live-figure-remove",
    ),
]
