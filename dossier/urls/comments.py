"""Comments beside the text of a section."""

from django.urls import path

from dossier.views import comments

urlpatterns = [
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
]
