"""How a candidacy begins: founding it, and the templates of calls."""

from django.urls import path

from dossier.views import call_templates, founding

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
]
