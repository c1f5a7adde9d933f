from django.urls import path

from dossier.views import (
    call_templates,
    comments,
    criteria,
    dashboard,
    drafts,
    edition_links,
    editions,
    expected_proofs,
    exports,
    founding,
    imports,
    live_figures,
    outline,
    picture_sheets,
    pictures,
    places,
    preview,
    proofs,
    retirement,
    revisions,
    sections,
    states,
    verification,
    word,
)

app_name = "dossier"

urlpatterns = [
    path("candidatures/nouvelle/", founding.candidacy_create, name="candidacy-create"),
    path(
        "candidatures/nouvelle/<uuid:draft>/verification/",
        founding.candidacy_create_review,
        name="candidacy-create-review",
    ),
    path(
        "candidatures/nouvelle/<uuid:draft>/abandon/",
        founding.candidacy_create_abandon,
        name="candidacy-create-abandon",
    ),
    path(
        "candidatures/nouvelle/<uuid:draft>/<slug:step>/",
        founding.candidacy_create_step,
        name="candidacy-create-step",
    ),
    path("modeles/", call_templates.call_template_list, name="call-template-list"),
    path("modeles/<slug:key>/", call_templates.call_template_detail, name="call-template-detail"),
    path("modeles/<slug:key>/copier/", call_templates.call_template_copy, name="call-template-copy"),
    path("modeles/copies/<uuid:public_id>/", call_templates.call_copy_detail, name="call-copy-detail"),
    path("modeles/copies/<uuid:public_id>/regles/", call_templates.call_copy_rules, name="call-copy-rules"),
    path(
        "modeles/copies/<uuid:public_id>/supprimer/", call_templates.call_copy_remove, name="call-copy-remove"
    ),
    path(
        "modeles/copies/<uuid:public_id>/<slug:kind>/ajouter/",
        call_templates.call_copy_entry,
        name="call-copy-entry-create",
    ),
    path(
        "modeles/copies/<uuid:public_id>/<slug:kind>/ligne/<str:key>/",
        call_templates.call_copy_entry,
        name="call-copy-entry-edit",
    ),
    path(
        "modeles/copies/<uuid:public_id>/<slug:kind>/ligne/<str:key>/place/",
        call_templates.call_copy_entry_move,
        name="call-copy-entry-move",
    ),
    path(
        "modeles/copies/<uuid:public_id>/<slug:kind>/ligne/<str:key>/retirer/",
        call_templates.call_copy_entry_remove,
        name="call-copy-entry-remove",
    ),
    path("c/<slug:slug>/", dashboard.dashboard, name="dashboard"),
    path("c/<slug:slug>/dossier/", outline.section_list, name="section-list"),
    path("c/<slug:slug>/dossier/sections/nouvelle/", outline.section_create, name="section-create"),
    path("c/<slug:slug>/dossier/sections/<uuid:public_id>/", sections.section_detail, name="section-detail"),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/texte/", sections.section_edit, name="section-edit"
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/contrat/",
        outline.section_contract,
        name="section-contract",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/etat/",
        states.section_status,
        name="section-status",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/avis/",
        states.section_recommend,
        name="section-recommend",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/preuves-attendues/<uuid:proof_id>/",
        expected_proofs.expected_proof_tick,
        name="expected-proof-tick",
    ),
    path("c/<slug:slug>/dossier/sections/<uuid:public_id>/pas/", places.section_move, name="section-move"),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/place/", places.section_place, name="section-place"
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/fusion/",
        retirement.section_merge,
        name="section-merge",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/retrait/",
        retirement.section_retire,
        name="section-retire",
    ),
    path("c/<slug:slug>/dossier/plan/export/", outline.outline_export, name="outline-export"),
    path(
        "c/<slug:slug>/dossier/sections-retirees/",
        retirement.retired_section_list,
        name="retired-section-list",
    ),
    path(
        "c/<slug:slug>/dossier/sections-retirees/<uuid:public_id>/",
        retirement.retired_section_detail,
        name="retired-section-detail",
    ),
    path(
        "c/<slug:slug>/dossier/sections-retirees/<uuid:public_id>/retour/",
        retirement.section_restore,
        name="section-restore",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/suppression/",
        outline.section_remove,
        name="section-remove",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/revisions/",
        sections.section_history,
        name="section-history",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/revisions/<int:number>/",
        sections.section_revision,
        name="section-revision",
    ),
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
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/commentaires/",
        comments.section_comments,
        name="section-comments",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/commentaires/nouveau/",
        comments.thread_create,
        name="thread-create",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/commentaires/personnes/",
        comments.section_people,
        name="section-people",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/commentaires/<uuid:thread_id>/personnes/",
        comments.thread_people,
        name="thread-people",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/commentaires/<uuid:thread_id>/reponse/",
        comments.thread_answer,
        name="thread-answer",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/commentaires/<uuid:thread_id>/resolution/",
        comments.thread_resolve,
        name="thread-resolve",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/commentaires/<uuid:thread_id>/reouverture/",
        comments.thread_reopen,
        name="thread-reopen",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/commentaires/<uuid:thread_id>/lecteurs/",
        comments.thread_widen,
        name="thread-widen",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/commentaires/<uuid:thread_id>/<uuid:comment_id>/",
        comments.comment_edit,
        name="comment-edit",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/commentaires/<uuid:thread_id>/<uuid:comment_id>/retrait/",
        comments.comment_withdraw,
        name="comment-withdraw",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/revisions/<int:number>/retablir/",
        revisions.section_revision_restore,
        name="section-revision-restore",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/comparaison/",
        revisions.section_compare,
        name="section-compare",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/brouillon/",
        drafts.section_draft,
        name="section-draft",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/brouillon/enregistrer/",
        drafts.section_draft_save,
        name="section-draft-save",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/brouillon/abandon/",
        drafts.section_draft_discard,
        name="section-draft-discard",
    ),
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/presence/",
        drafts.section_presence,
        name="section-presence",
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
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/apercu/",
        preview.section_preview,
        name="section-preview",
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
