from django.urls import path

from candidacy import theme
from candidacy.views import backward_plan, call, home, members, outbox, outbox_ahead, reminders, settings

app_name = "candidacy"

urlpatterns = [
    path("", home.home, name="home"),
    path("c/<slug:slug>/theme.css", theme.candidacy_theme, name="candidacy-theme"),
    path("c/<slug:slug>/logo/", settings.logo, name="logo"),
    path("c/<slug:slug>/reglages/", settings.candidacy_settings, name="candidacy-settings"),
    path("c/<slug:slug>/reglages/logo/", settings.logo_replace, name="logo-replace"),
    path("c/<slug:slug>/reglages/logo/retirer/", settings.logo_remove, name="logo-remove"),
    path("c/<slug:slug>/membres/", members.member_list, name="member-list"),
    path("c/<slug:slug>/membres/inviter/", members.member_invite, name="member-invite"),
    path("c/<slug:slug>/membres/<uuid:public_id>/", members.member_edit, name="member-edit"),
    path("c/<slug:slug>/membres/<uuid:public_id>/relancer/", members.member_remind, name="member-remind"),
    path("c/<slug:slug>/membres/<uuid:public_id>/retirer/", members.member_remove, name="member-remove"),
    path("c/<slug:slug>/appel/", call.call_detail, name="call-detail"),
    path("c/<slug:slug>/appel/regles/", call.call_edit, name="call-edit"),
    path("c/<slug:slug>/appel/criteres/nouveau/", call.criterion_edit, name="criterion-create"),
    path("c/<slug:slug>/appel/criteres/<uuid:public_id>/", call.criterion_edit, name="criterion-edit"),
    path(
        "c/<slug:slug>/appel/criteres/<uuid:public_id>/retirer/",
        call.criterion_remove,
        name="criterion-remove",
    ),
    path("c/<slug:slug>/appel/objectifs/nouveau/", call.objective_edit, name="objective-create"),
    path("c/<slug:slug>/appel/objectifs/<uuid:public_id>/", call.objective_edit, name="objective-edit"),
    path(
        "c/<slug:slug>/appel/objectifs/<uuid:public_id>/retirer/",
        call.objective_remove,
        name="objective-remove",
    ),
    path("c/<slug:slug>/appel/indicateurs/nouveau/", call.indicator_edit, name="indicator-create"),
    path("c/<slug:slug>/appel/indicateurs/<uuid:public_id>/", call.indicator_edit, name="indicator-edit"),
    path(
        "c/<slug:slug>/appel/indicateurs/<uuid:public_id>/retirer/",
        call.indicator_remove,
        name="indicator-remove",
    ),
    path("c/<slug:slug>/appel/etapes/nouvelle/", call.phase_edit, name="phase-create"),
    path("c/<slug:slug>/appel/etapes/<uuid:public_id>/", call.phase_edit, name="phase-edit"),
    path("c/<slug:slug>/appel/etapes/<uuid:public_id>/retirer/", call.phase_remove, name="phase-remove"),
    path("c/<slug:slug>/appel/pieces/nouvelle/", call.piece_edit, name="piece-create"),
    path("c/<slug:slug>/appel/pieces/<uuid:public_id>/", call.piece_edit, name="piece-edit"),
    path("c/<slug:slug>/appel/pieces/<uuid:public_id>/etat/", call.piece_status, name="piece-status"),
    path("c/<slug:slug>/appel/pieces/<uuid:public_id>/retirer/", call.piece_remove, name="piece-remove"),
    path("c/<slug:slug>/appel/territoires/nouveau/", call.territory_edit, name="territory-create"),
    path("c/<slug:slug>/appel/territoires/<uuid:public_id>/", call.territory_edit, name="territory-edit"),
    path(
        "c/<slug:slug>/appel/territoires/<uuid:public_id>/retirer/",
        call.territory_remove,
        name="territory-remove",
    ),
    path("c/<slug:slug>/retroplanning/", backward_plan.backward_plan, name="backward-plan"),
    path("c/<slug:slug>/retroplanning/pdf/", backward_plan.backward_plan_pdf, name="backward-plan-pdf"),
    path("c/<slug:slug>/retroplanning/modele/", backward_plan.plan_standard, name="plan-standard"),
    path("c/<slug:slug>/retroplanning/dates/", backward_plan.plan_keep_dates, name="plan-keep-dates"),
    path("c/<slug:slug>/retroplanning/nouvelle/", backward_plan.plan_step_edit, name="plan-step-create"),
    path(
        "c/<slug:slug>/retroplanning/<uuid:public_id>/", backward_plan.plan_step_edit, name="plan-step-edit"
    ),
    path(
        "c/<slug:slug>/retroplanning/<uuid:public_id>/suivi/",
        backward_plan.plan_step_follow,
        name="plan-step-follow",
    ),
    path(
        "c/<slug:slug>/retroplanning/<uuid:public_id>/retirer/",
        backward_plan.plan_step_remove,
        name="plan-step-remove",
    ),
    path("c/<slug:slug>/reglages/rappels/", reminders.reminder_list, name="reminder-list"),
    path("c/<slug:slug>/reglages/rappels/<slug:kind>/", reminders.reminder_edit, name="reminder-edit"),
    path(
        "c/<slug:slug>/reglages/rappels/<slug:kind>/oublier/",
        reminders.reminder_forget,
        name="reminder-forget",
    ),
    path("c/<slug:slug>/envois/", outbox.outbox_list, name="outbox-list"),
    path("c/<slug:slug>/envois/a-venir/", outbox_ahead.outbox_ahead, name="outbox-ahead"),
    path("c/<slug:slug>/envois/<uuid:public_id>/texte/", outbox_ahead.outbox_rewrite, name="outbox-rewrite"),
    path("c/<slug:slug>/envois/<uuid:public_id>/", outbox.outbox_detail, name="outbox-detail"),
    path(
        "c/<slug:slug>/envois/<uuid:public_id>/pieces/<int:number>/",
        outbox.outbox_attachment,
        name="outbox-attachment",
    ),
    path("c/<slug:slug>/envois/<uuid:public_id>/envoyer/", outbox.outbox_send, name="outbox-send"),
    path("c/<slug:slug>/envois/<uuid:public_id>/relancer/", outbox.outbox_retry, name="outbox-retry"),
    path("c/<slug:slug>/envois/<uuid:public_id>/annuler/", outbox.outbox_cancel, name="outbox-cancel"),
]
