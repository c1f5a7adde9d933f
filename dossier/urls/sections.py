"""The dashboard, the search, the outline and its sections: their contracts, their texts, their states."""

from django.urls import path

from dossier.views import (
    dashboard,
    drafts,
    expected_proofs,
    outline,
    places,
    preview,
    retirement,
    revisions,
    search,
    sections,
    states,
)

urlpatterns = [
    path("c/<slug:slug>/", dashboard.dashboard, name="dashboard"),
    path("c/<slug:slug>/recherche/", search.search_page, name="search"),
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
    path(
        "c/<slug:slug>/dossier/sections/<uuid:public_id>/apercu/",
        preview.section_preview,
        name="section-preview",
    ),
]
