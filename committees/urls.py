from django.urls import path

from committees.views import (
    actions,
    agenda,
    becoming,
    blackouts,
    calendar,
    committees,
    decisions,
    invitations,
    meetings,
    poll_links,
    polls,
    recalls,
    seats,
    series,
    steps,
    template_agenda,
)

app_name = "committees"

COMMITTEE = "c/<slug:slug>/comites/<uuid:public_id>"
TEMPLATE = f"{COMMITTEE}/ordre-du-jour-type"
BLACKOUTS = "c/<slug:slug>/comites/periodes-sans-reunion"
POLL = "c/<slug:slug>/sondages/<uuid:public_id>"
MEETING = "c/<slug:slug>/reunions/<uuid:public_id>"
AGENDA_ITEM = f"{MEETING}/ordre-du-jour/<uuid:item_id>"
INVITATION = f"{MEETING}/invitations/<uuid:invitation_id>"

urlpatterns = [
    path("c/<slug:slug>/comites/", committees.committee_list, name="committee-list"),
    path("c/<slug:slug>/comites/nouveau/", committees.committee_create, name="committee-create"),
    path(f"{BLACKOUTS}/", blackouts.blackout_list, name="blackout-list"),
    path(f"{BLACKOUTS}/nouvelle/", blackouts.blackout_create, name="blackout-create"),
    path(f"{BLACKOUTS}/<uuid:public_id>/", blackouts.blackout_edit, name="blackout-edit"),
    path(f"{BLACKOUTS}/<uuid:public_id>/retirer/", blackouts.blackout_remove, name="blackout-remove"),
    path(f"{COMMITTEE}/", committees.committee_detail, name="committee-detail"),
    path(f"{COMMITTEE}/modifier/", committees.committee_edit, name="committee-edit"),
    path(f"{COMMITTEE}/rappels/", recalls.reminder_rules, name="reminder-rules"),
    path(f"{COMMITTEE}/rappels/<slug:kind>/", recalls.reminder_rule_edit, name="reminder-rule-edit"),
    path(
        f"{COMMITTEE}/rappels/<slug:kind>/oublier/", recalls.reminder_rule_forget, name="reminder-rule-forget"
    ),
    path(f"{COMMITTEE}/membres/nouveau/", seats.seat_create, name="seat-create"),
    path(f"{COMMITTEE}/membres/<uuid:seat_id>/", seats.seat_edit, name="seat-edit"),
    path(f"{COMMITTEE}/membres/<uuid:seat_id>/retirer/", seats.seat_remove, name="seat-remove"),
    path(f"{TEMPLATE}/", template_agenda.template_agenda, name="template-agenda"),
    path(f"{TEMPLATE}/nouveau/", template_agenda.template_item_create, name="template-item-create"),
    path(f"{TEMPLATE}/<uuid:item_id>/", template_agenda.template_item_edit, name="template-item-edit"),
    path(
        f"{TEMPLATE}/<uuid:item_id>/deplacer/", template_agenda.template_item_move, name="template-item-move"
    ),
    path(
        f"{TEMPLATE}/<uuid:item_id>/retirer/",
        template_agenda.template_item_remove,
        name="template-item-remove",
    ),
    path(f"{COMMITTEE}/reunions/nouvelle/", meetings.meeting_create, name="meeting-create"),
    path(f"{COMMITTEE}/reunions/serie/", series.series_create, name="series-create"),
    path(f"{COMMITTEE}/sondages/nouveau/", polls.poll_create, name="poll-create"),
    path(f"{POLL}/", polls.poll_detail, name="poll-detail"),
    path(f"{POLL}/clore/", polls.poll_close, name="poll-close"),
    path(f"{POLL}/creneaux/<uuid:slot_id>/retenir/", polls.poll_choose, name="poll-choose"),
    path(f"{POLL}/reponses/<uuid:participant_id>/", polls.poll_answer, name="poll-answer"),
    path("sondage/<str:token>/", poll_links.poll_link, name="poll-link"),
    path("sondage/<str:token>/couleurs.css", poll_links.poll_link_theme, name="poll-link-theme"),
    path("c/<slug:slug>/reunions/", meetings.meeting_list, name="meeting-list"),
    path("c/<slug:slug>/reunions/export/", meetings.meeting_export, name="meeting-export"),
    path(f"{MEETING}/", meetings.meeting_detail, name="meeting-detail"),
    path(f"{MEETING}/modifier/", meetings.meeting_edit, name="meeting-edit"),
    path(f"{MEETING}/agenda.ics", meetings.meeting_calendar, name="meeting-calendar"),
    path(f"{MEETING}/convoquer/", steps.meeting_convene, name="meeting-convene"),
    path(f"{MEETING}/deplacer/", steps.meeting_move, name="meeting-move"),
    path(f"{MEETING}/annuler/", steps.meeting_cancel, name="meeting-cancel"),
    path(f"{MEETING}/retablir/", steps.meeting_restore, name="meeting-restore"),
    path(f"{MEETING}/tenir/", steps.meeting_hold, name="meeting-hold"),
    path(f"{MEETING}/ordre-du-jour/nouveau/", agenda.agenda_item_create, name="agenda-item-create"),
    path(f"{AGENDA_ITEM}/", agenda.agenda_item_edit, name="agenda-item-edit"),
    path(f"{AGENDA_ITEM}/deplacer/", agenda.agenda_item_move, name="agenda-item-move"),
    path(f"{AGENDA_ITEM}/retirer/", agenda.agenda_item_remove, name="agenda-item-remove"),
    path(f"{MEETING}/invitations/nouvelle/", invitations.invitation_create, name="invitation-create"),
    path(f"{INVITATION}/", invitations.invitation_answer, name="invitation-answer"),
    path(f"{INVITATION}/retirer/", invitations.invitation_remove, name="invitation-remove"),
    path(f"{MEETING}/presences/", invitations.invitation_attendance, name="invitation-attendance"),
    path(
        f"{MEETING}/presences/reprendre/",
        invitations.attendance_from_answers,
        name="attendance-from-answers",
    ),
    path(f"{MEETING}/decisions/nouvelle/", decisions.decision_create, name="decision-create"),
    path("c/<slug:slug>/calendrier/", calendar.calendar, name="calendar"),
    path("c/<slug:slug>/calendrier/abonnements/", calendar.feed_list, name="feed-list"),
    path("c/<slug:slug>/calendrier/abonnements/nouveau/", calendar.feed_open, name="feed-open"),
    path(
        "c/<slug:slug>/calendrier/abonnements/<uuid:public_id>/revoquer/",
        calendar.feed_close,
        name="feed-close",
    ),
    path(f"{COMMITTEE}/calendrier/nouveau/", calendar.committee_feed_open, name="committee-feed-open"),
    path("calendriers/<str:token>.ics", calendar.feed, name="feed"),
    path("c/<slug:slug>/decisions/", decisions.decision_list, name="decision-list"),
    path("c/<slug:slug>/decisions/registre.pdf", decisions.decision_pdf, name="decision-pdf"),
    path("c/<slug:slug>/decisions/export/", decisions.decision_export, name="decision-export"),
    path("c/<slug:slug>/decisions/<uuid:public_id>/", decisions.decision_edit, name="decision-edit"),
    path(f"{MEETING}/actions/nouvelle/", actions.meeting_action_create, name="meeting-action-create"),
    path("c/<slug:slug>/actions/", actions.action_list, name="action-list"),
    path("c/<slug:slug>/actions/<uuid:public_id>/devenir/", becoming.action_become, name="action-become"),
    path("c/<slug:slug>/actions/nouvelle/", actions.action_create, name="action-create"),
    path("c/<slug:slug>/actions/export/", actions.action_export, name="action-export"),
    path("c/<slug:slug>/actions/<uuid:public_id>/", actions.action_edit, name="action-edit"),
]
