"""Who may do what: one rule for each URL name, one answer for each role.

``OK`` stands for any answer of a page that lets the person in: the page itself, a redirect after a deed, or a
form handed back. 403 is for what lies in the person's scope without the right, 404 for what does not exist for
them. Nobody who has not signed in gets anything but the sign-in page, except where the rule is public.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

OK = "ok"

#: neighbour: a partner of another organisation of the same candidacy. stranger: the lead of another candidacy.
ROLES = ("stranger", "observer", "elected", "partner", "neighbour", "team", "lead")


@dataclass(frozen=True)
class Rule:
    """``target`` names the object of the world whose public identifier the URL carries, if any.

    ``parts`` names, by keyword of the URL, the objects that are looked for inside it; ``token`` names the row
    whose secret is in the address.
    """

    expected: Mapping[str, Any]
    method: str = "get"
    target: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    token: str = ""


def answers(**expected: Any) -> dict[str, Any]:
    assert set(expected) == set(ROLES), "a rule says what each role gets"
    return expected


#: Inside the candidacy, for those who prepare it; the others are told that they may not.
STAFF = answers(stranger=404, observer=403, elected=403, partner=403, neighbour=403, team=OK, lead=OK)
LEAD = answers(stranger=404, observer=403, elected=403, partner=403, neighbour=403, team=403, lead=OK)
#: An object that exists for staff alone.
STAFF_OBJECT = answers(stranger=404, observer=404, elected=404, partner=404, neighbour=404, team=OK, lead=OK)
LEAD_OBJECT = answers(stranger=404, observer=404, elected=404, partner=404, neighbour=404, team=403, lead=OK)
#: An object of the partner's own organisation, which they read and write, or only read.
OWN_OBJECT = answers(stranger=404, observer=404, elected=404, partner=OK, neighbour=404, team=OK, lead=OK)
OWN_OBJECT_READ = answers(
    stranger=404, observer=404, elected=404, partner=403, neighbour=404, team=OK, lead=OK
)
OWN_OBJECT_LEAD = answers(
    stranger=404, observer=404, elected=404, partner=403, neighbour=404, team=403, lead=OK
)
#: What a lead holds for themselves.
LEAD_OWN = answers(stranger=404, observer=404, elected=404, partner=404, neighbour=404, team=404, lead=OK)
#: A document that the partner handed in: nobody else sees it before it is taken up.
HANDED_IN = answers(stranger=404, observer=404, elected=404, partner=OK, neighbour=404, team=404, lead=404)
#: What the partner wrote, which others read and nobody else changes.
OWN_COMMENT = answers(stranger=404, observer=404, elected=404, partner=OK, neighbour=404, team=403, lead=403)
#: Leads of any candidacy may found another one.
FOUNDERS = answers(stranger=OK, observer=403, elected=403, partner=403, neighbour=403, team=403, lead=OK)
FOUNDERS_OWN_DRAFT = answers(
    stranger=404, observer=403, elected=403, partner=403, neighbour=403, team=403, lead=404
)
UNKNOWN = UUID("00000000-0000-4000-8000-000000000000")
#: A meeting to which the partner and the elected official are invited.
INVITED = answers(stranger=404, observer=404, elected=OK, partner=OK, neighbour=404, team=OK, lead=OK)
INVITED_READ = answers(stranger=404, observer=404, elected=403, partner=403, neighbour=404, team=OK, lead=OK)
INVITED_LEAD = answers(stranger=404, observer=404, elected=403, partner=403, neighbour=404, team=403, lead=OK)
#: A committee on which the partner and the elected official sit: the partner reads of its meetings alone.
SEATED = answers(stranger=404, observer=404, elected=OK, partner=404, neighbour=404, team=OK, lead=OK)
SEATED_READ = answers(stranger=404, observer=404, elected=403, partner=404, neighbour=404, team=OK, lead=OK)
SEATED_LEAD = answers(stranger=404, observer=404, elected=403, partner=404, neighbour=404, team=403, lead=OK)
#: A published edition of the dossier.
READERS = answers(stranger=404, observer=OK, elected=OK, partner=404, neighbour=404, team=OK, lead=OK)
EVERY_MEMBER = answers(stranger=404, observer=OK, elected=OK, partner=OK, neighbour=OK, team=OK, lead=OK)
EVERYBODY = answers(stranger=OK, observer=OK, elected=OK, partner=OK, neighbour=OK, team=OK, lead=OK)

PUBLIC = frozenset(
    {
        "core:health",
        "accounts:accessibility",
        "committees:minutes-link",
        "committees:minutes-link-pdf",
        "committees:minutes-link-theme",
        "committees:poll-link",
        "committees:poll-link-theme",
        "committees:answer-link",
        "committees:answer-link-theme",
        "committees:answer-link-paper",
        "committees:answer-link-pack",
        "dossier:reading-page",
        "dossier:reading-open",
        "dossier:reading-pdf",
        "dossier:reading-download",
        "dossier:reading-picture",
        "dossier:reading-theme",
        "dossier:reading-remark",
        "dossier:reading-approve",
        "committees:feed",
        "account_login",
        "account_request_login_code",
        "account_confirm_login_code",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_authenticate",
        "mfa_login_webauthn",
    }
)

#: Pages of the sign-in library: each acts on the account of the person who asks, and takes no other's identifier
#: but the two of passkeys, which it looks up among the person's own.
OWN_ACCOUNT = frozenset(
    {
        "account_login",
        "account_request_login_code",
        "account_confirm_login_code",
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_index",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_login_webauthn",
        "mfa_reauthenticate_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
    }
)


def post(
    expected: Mapping[str, Any], target: str = "", parts: Mapping[str, str] | None = None, **data: Any
) -> Rule:
    return Rule(expected, method="post", target=target, data=data, parts=parts or {})


def get(
    expected: Mapping[str, Any], target: str = "", parts: Mapping[str, str] | None = None, **kwargs: Any
) -> Rule:
    return Rule(expected, target=target, kwargs=kwargs, parts=parts or {})


def by_link(method: str = "get", target: str = "", *, token: str = "reading_link") -> Rule:
    return Rule(EVERYBODY, method=method, target=target, token=token)


ACCESS: dict[str, Rule] = {
    "core:health": get(EVERYBODY),
    "accounts:accessibility": get(EVERYBODY),
    "accounts:profile": get(EVERYBODY),
    "notifications:message-choice": get(EVERYBODY),
    "candidacy:candidacy-theme": get(EVERY_MEMBER),
    # budget
    "budget:plan-detail": get(STAFF),
    "budget:plan-edit": get(STAFF),
    "budget:plan-summary": get(
        answers(stranger=404, observer=403, elected=OK, partner=403, neighbour=403, team=OK, lead=OK)
    ),
    "budget:funding-own": get(
        answers(stranger=404, observer=403, elected=403, partner=OK, neighbour=OK, team=403, lead=403)
    ),
    "budget:plan-export": get(STAFF),
    "budget:expense-create": get(STAFF),
    "budget:expense-edit": get(STAFF, "expense_line"),
    "budget:expense-remove": post(LEAD, "expense_line"),
    "budget:income-create": get(STAFF),
    "budget:income-edit": get(STAFF, "income_line"),
    "budget:income-remove": post(LEAD, "income_line"),
    # dossier
    "dossier:dashboard": get(EVERY_MEMBER),
    "dossier:search": get(EVERY_MEMBER),
    "dossier:section-list": get(
        answers(stranger=404, observer=403, elected=403, partner=OK, neighbour=OK, team=OK, lead=OK)
    ),
    "dossier:section-create": get(STAFF),
    "dossier:section-detail": get(OWN_OBJECT, "section"),
    "dossier:section-edit": get(OWN_OBJECT, "section"),
    "dossier:section-contract": get(OWN_OBJECT_READ, "section"),
    "dossier:section-status": post(OWN_OBJECT, "section", status="writing"),
    "dossier:section-recommend": post(OWN_OBJECT_READ | {"team": 403, "lead": 403}, "section"),
    "dossier:expected-proof-tick": post(
        OWN_OBJECT, "section", {"proof_id": "expected_proof"}, provided="yes"
    ),
    "dossier:section-move": post(OWN_OBJECT_READ, "section", direction="up"),
    "dossier:section-place": post(OWN_OBJECT_READ, "section"),
    "dossier:section-merge": get(OWN_OBJECT_READ, "section"),
    "dossier:section-retire": get(OWN_OBJECT_READ, "section"),
    "dossier:retired-section-list": get(STAFF),
    "dossier:retired-section-detail": get(STAFF_OBJECT, "retired"),
    "dossier:section-restore": post(STAFF_OBJECT, "retired"),
    "dossier:outline-export": get(STAFF),
    "dossier:section-remove": post(OWN_OBJECT_LEAD, "section"),
    "dossier:section-history": get(OWN_OBJECT, "section"),
    "dossier:section-revision": get(OWN_OBJECT, "section", number=1),
    "dossier:criteria-matrix": get(STAFF),
    "dossier:criteria-export": get(STAFF),
    "dossier:criterion-detail": get(OWN_OBJECT, "answered_criterion"),
    "dossier:proof-create": get(STAFF),
    "dossier:proof-edit": get(OWN_OBJECT_READ, "proof"),
    "dossier:proof-validate": post(OWN_OBJECT_READ, "proof"),
    "dossier:proof-reopen": post(OWN_OBJECT_READ, "proof"),
    "dossier:proof-remove": post(OWN_OBJECT_LEAD, "proof"),
    "dossier:section-word": get(OWN_OBJECT, "section"),
    "dossier:dossier-word": get(STAFF),
    "dossier:section-import": get(OWN_OBJECT, "section"),
    "dossier:outline-import": get(STAFF),
    "dossier:import-detail": get(HANDED_IN, "word_import"),
    "dossier:import-progress": get(HANDED_IN, "word_import"),
    "dossier:import-confirm": post(HANDED_IN, "word_import"),
    "dossier:import-abandon": post(HANDED_IN, "word_import"),
    "dossier:import-picture": get(HANDED_IN, "word_import", number=1),
    "dossier:section-comments": get(OWN_OBJECT, "section"),
    "dossier:thread-create": get(OWN_OBJECT, "section"),
    "dossier:section-people": get(OWN_OBJECT, "section"),
    "dossier:thread-people": get(OWN_OBJECT, "section", {"thread_id": "thread"}),
    "dossier:thread-answer": get(OWN_OBJECT, "section", {"thread_id": "thread"}),
    "dossier:thread-resolve": post(OWN_OBJECT, "section", {"thread_id": "thread"}),
    "dossier:thread-reopen": post(OWN_OBJECT, "section", {"thread_id": "thread"}),
    "dossier:thread-widen": post(OWN_OBJECT_READ, "section", {"thread_id": "thread"}, audience="readers"),
    "dossier:comment-edit": get(OWN_COMMENT, "section", {"thread_id": "thread", "comment_id": "comment"}),
    "dossier:comment-withdraw": post(
        OWN_COMMENT, "section", {"thread_id": "thread", "comment_id": "comment"}
    ),
    "dossier:section-revision-restore": Rule(
        OWN_OBJECT, "post", "section", data={"revision": 0}, kwargs={"number": 1}
    ),
    "dossier:section-compare": get(OWN_OBJECT, "section"),
    "dossier:section-draft": get(OWN_OBJECT, "section"),
    "dossier:section-draft-save": post(OWN_OBJECT, "section", body="<p>Tapé</p>", revision=0),
    "dossier:section-draft-discard": post(OWN_OBJECT, "section"),
    "dossier:section-presence": post(OWN_OBJECT, "section"),
    "dossier:picture": get(OWN_OBJECT, "picture"),
    "dossier:picture-list": get(
        answers(stranger=404, observer=403, elected=403, partner=OK, neighbour=OK, team=OK, lead=OK)
    ),
    # a partner without any section has nothing to illustrate
    "dossier:picture-create": get(
        answers(stranger=404, observer=403, elected=403, partner=OK, neighbour=403, team=OK, lead=OK)
    ),
    "dossier:picture-upload": post(OWN_OBJECT, "section"),
    "dossier:picture-edit": get(OWN_OBJECT_READ, "picture"),
    "dossier:picture-remove": post(OWN_OBJECT_LEAD, "picture"),
    "dossier:live-figure-list": get(STAFF),
    "dossier:live-figure-export": get(STAFF),
    "dossier:live-figure-create": get(STAFF),
    # a partner sees the figure in the text, not its sheet
    "dossier:live-figure-edit": get(OWN_OBJECT_READ, "live_figure"),
    "dossier:live-figure-remove": post(OWN_OBJECT_LEAD, "live_figure"),
    "dossier:export-list": get(STAFF),
    "dossier:export-create": post(STAFF),
    "dossier:export-detail": get(STAFF_OBJECT, "export"),
    "dossier:export-progress": get(STAFF_OBJECT, "export"),
    "dossier:export-download": get(STAFF_OBJECT, "export"),
    "dossier:export-read": get(STAFF_OBJECT, "export"),
    "dossier:export-cancel": post(STAFF_OBJECT, "export"),
    "dossier:section-preview": get(OWN_OBJECT, "section"),
    "dossier:edition-verify": get(EVERYBODY),
    "dossier:edition-list": get(
        answers(stranger=404, observer=OK, elected=OK, partner=403, neighbour=403, team=OK, lead=OK)
    ),
    "dossier:edition-create": get(STAFF),
    "dossier:edition-compare": get(STAFF),
    "dossier:edition-detail": get(READERS, "published_edition"),
    "dossier:edition-picture": get(STAFF_OBJECT, "edition", {"picture_id": "picture"}),
    "dossier:edition-submit": get(STAFF_OBJECT, "edition"),
    "dossier:edition-deposit": get(STAFF_OBJECT, "edition"),
    "dossier:edition-links-check": post(STAFF_OBJECT, "edition"),
    "dossier:edition-links-progress": get(STAFF_OBJECT, "edition"),
    "dossier:edition-print": Rule(
        STAFF_OBJECT, method="post", target="edition", kwargs={"variant": "archive"}
    ),
    "dossier:edition-publish": Rule(LEAD_OBJECT, method="post", target="edition", kwargs={"variant": "full"}),
    "dossier:edition-withdraw": post(
        answers(stranger=404, observer=403, elected=403, partner=404, neighbour=404, team=403, lead=OK),
        "published_edition",
    ),
    "dossier:edition-download": get(READERS, "published_edition", variant="full"),
    "dossier:edition-read": get(READERS, "published_edition", variant="full"),
    "dossier:reading-link-list": get(LEAD_OBJECT, "edition"),
    "dossier:reading-link-create": get(LEAD_OBJECT, "edition"),
    "dossier:reading-link-detail": get(LEAD_OBJECT, "edition", {"link_id": "reading_link"}),
    "dossier:reading-link-renew": get(LEAD_OBJECT, "edition", {"link_id": "reading_link"}),
    "dossier:reading-link-revoke": post(LEAD_OBJECT, "edition", {"link_id": "reading_link"}),
    # Whoever has the address of a reading link, signed in or not.
    "dossier:reading-page": by_link(),
    "dossier:reading-open": by_link("post"),
    "dossier:reading-pdf": by_link(),
    "dossier:reading-download": by_link(),
    "dossier:reading-picture": by_link(target="picture"),
    "dossier:reading-theme": by_link(),
    "dossier:reading-remark": by_link("post"),
    "dossier:reading-approve": by_link("post"),
    # candidacy
    "accounts:javascript-catalogue": get(EVERYBODY),
    "candidacy:home": get(EVERYBODY),
    "candidacy:logo": get(EVERY_MEMBER),
    "candidacy:candidacy-settings": get(LEAD),
    "candidacy:logo-replace": post(LEAD),
    "candidacy:logo-remove": post(LEAD),
    "candidacy:member-list": get(LEAD),
    "candidacy:member-invite": get(LEAD),
    "candidacy:member-edit": get(LEAD, "membership"),
    "candidacy:member-remind": post(LEAD, "membership"),
    "candidacy:member-remove": post(LEAD, "membership"),
    "candidacy:call-detail": get(STAFF),
    "candidacy:call-edit": get(LEAD),
    "candidacy:criterion-create": get(LEAD),
    "candidacy:criterion-edit": get(LEAD, "criterion"),
    "candidacy:criterion-remove": post(LEAD, "criterion"),
    "candidacy:objective-create": get(LEAD),
    "candidacy:objective-edit": get(LEAD, "objective"),
    "candidacy:objective-remove": post(LEAD, "objective"),
    "candidacy:indicator-create": get(LEAD),
    "candidacy:indicator-edit": get(LEAD, "indicator"),
    "candidacy:indicator-remove": post(LEAD, "indicator"),
    "candidacy:phase-create": get(LEAD),
    "candidacy:phase-edit": get(LEAD, "phase"),
    "candidacy:phase-remove": post(LEAD, "phase"),
    "candidacy:piece-create": get(LEAD),
    "candidacy:piece-edit": get(LEAD, "piece"),
    "candidacy:piece-status": post(STAFF, "piece", status="ready"),
    "candidacy:piece-remove": post(LEAD, "piece"),
    "candidacy:territory-create": get(LEAD),
    "candidacy:territory-edit": get(LEAD, "territory"),
    "candidacy:territory-remove": post(LEAD, "territory"),
    "candidacy:backward-plan": get(STAFF),
    "candidacy:backward-plan-pdf": get(STAFF),
    "candidacy:plan-standard": post(STAFF),
    "candidacy:plan-keep-dates": post(STAFF),
    "candidacy:plan-step-create": get(STAFF),
    "candidacy:plan-step-edit": get(STAFF, "plan_step"),
    "candidacy:plan-step-follow": post(STAFF, "plan_step", deed="start"),
    "candidacy:plan-step-remove": post(LEAD, "plan_step"),
    "candidacy:reminder-list": get(LEAD),
    "candidacy:reminder-edit": get(LEAD, kind="action-due"),
    "candidacy:reminder-forget": Rule(LEAD, method="post", kwargs={"kind": "action-due"}),
    "candidacy:outbox-list": get(STAFF),
    "candidacy:outbox-ahead": get(STAFF),
    "candidacy:outbox-rewrite": get(STAFF, "message"),
    "candidacy:outbox-detail": get(STAFF, "message"),
    "candidacy:outbox-attachment": get(STAFF, "message", number=1),
    "candidacy:outbox-send": post(STAFF, "message"),
    "candidacy:outbox-retry": post(STAFF, "message"),
    "candidacy:outbox-cancel": post(STAFF, "message"),
    # committees
    "committees:committee-list": get(
        answers(stranger=404, observer=403, elected=OK, partner=403, neighbour=403, team=OK, lead=OK)
    ),
    "committees:committee-create": get(STAFF),
    "committees:blackout-list": get(STAFF),
    "committees:blackout-create": get(STAFF),
    "committees:blackout-edit": get(STAFF_OBJECT, "blackout"),
    "committees:blackout-remove": post(LEAD_OBJECT, "blackout"),
    "committees:committee-detail": get(SEATED, "committee"),
    "committees:committee-edit": get(SEATED_READ, "committee"),
    "committees:reminder-rules": get(SEATED_LEAD, "committee"),
    "committees:reminder-rule-edit": get(SEATED_LEAD, "committee", kind="action-due"),
    "committees:reminder-rule-forget": Rule(
        SEATED_LEAD, method="post", target="committee", kwargs={"kind": "action-due"}
    ),
    "committees:seat-create": get(SEATED_READ, "committee"),
    "committees:seat-edit": get(SEATED_READ, "committee", {"seat_id": "seat"}),
    "committees:seat-remove": post(SEATED_LEAD, "committee", {"seat_id": "seat"}),
    "committees:template-agenda": get(SEATED_READ, "committee"),
    "committees:template-item-create": get(SEATED_READ, "committee"),
    "committees:template-item-edit": get(SEATED_READ, "committee", {"item_id": "template_item"}),
    "committees:template-item-move": post(
        SEATED_READ, "committee", {"item_id": "template_item"}, direction="up"
    ),
    "committees:template-item-remove": post(SEATED_LEAD, "committee", {"item_id": "template_item"}),
    "committees:meeting-create": get(SEATED_READ, "committee"),
    "committees:poll-create": get(SEATED_READ, "committee"),
    "committees:poll-detail": get(INVITED_READ, "poll"),
    "committees:poll-close": post(INVITED_READ, "poll"),
    "committees:poll-choose": post(INVITED_READ, "poll", {"slot_id": "slot"}),
    "committees:poll-answer": get(
        answers(stranger=404, observer=404, elected=404, partner=OK, neighbour=404, team=OK, lead=OK),
        "poll",
        {"participant_id": "participant"},
    ),
    "committees:poll-link": Rule(EVERYBODY, token="participant"),
    "committees:poll-link-theme": Rule(EVERYBODY, token="participant"),
    "committees:series-create": get(SEATED_READ, "committee"),
    "committees:meeting-list": get(EVERY_MEMBER),
    "committees:meeting-export": get(STAFF),
    "committees:meeting-detail": get(INVITED, "meeting"),
    "committees:meeting-edit": get(INVITED_READ, "meeting"),
    "committees:meeting-calendar": get(INVITED, "meeting"),
    "committees:calendar": get(EVERY_MEMBER),
    "committees:feed-list": get(EVERY_MEMBER),
    "committees:feed-open": post(EVERY_MEMBER),
    "committees:committee-feed-open": post(SEATED, "committee"),
    "committees:feed-close": post(LEAD_OWN, "calendar_feed"),
    "committees:feed": by_link(token="calendar_feed"),
    "committees:answer-link": by_link(token="own_invitation"),
    "committees:answer-link-theme": by_link(token="own_invitation"),
    "committees:answer-link-pack": by_link(token="own_invitation"),
    "committees:answer-link-paper": by_link(target="paper", token="own_invitation"),
    "committees:meeting-convocation": get(INVITED, "meeting"),
    "committees:meeting-pack": get(INVITED, "meeting"),
    "committees:meeting-announce": post(INVITED_READ, "meeting"),
    "committees:meeting-convene": get(STAFF_OBJECT, "draft"),
    "committees:meeting-move": get(INVITED_READ, "meeting"),
    "committees:meeting-cancel": get(INVITED_READ, "meeting"),
    "committees:meeting-restore": post(INVITED_READ, "meeting"),
    "committees:meeting-hold": post(INVITED_READ, "meeting"),
    "committees:agenda-item-create": get(INVITED_READ, "meeting"),
    "committees:agenda-item-edit": get(INVITED_READ, "meeting", {"item_id": "agenda_item"}),
    "committees:agenda-item-move": post(INVITED_READ, "meeting", {"item_id": "agenda_item"}, direction="up"),
    "committees:agenda-item-carry": post(INVITED_READ, "meeting"),
    "committees:agenda-item-remove": post(INVITED_LEAD, "meeting", {"item_id": "agenda_item"}),
    "committees:paper-create": get(INVITED_READ, "meeting", {"item_id": "agenda_item"}),
    "committees:paper-edit": get(INVITED_READ, "meeting", {"item_id": "agenda_item", "paper_id": "paper"}),
    "committees:paper-move": post(
        INVITED_READ, "meeting", {"item_id": "agenda_item", "paper_id": "paper"}, direction="up"
    ),
    "committees:paper-remove": post(INVITED_LEAD, "meeting", {"item_id": "agenda_item", "paper_id": "paper"}),
    "committees:paper-download": get(INVITED, "meeting", {"paper_id": "paper"}),
    "committees:invitation-create": get(INVITED_READ, "meeting"),
    "committees:invitation-answer": post(
        answers(stranger=404, observer=404, elected=404, partner=OK, neighbour=404, team=OK, lead=OK),
        "meeting",
        {"invitation_id": "invitation"},
        answer="present",
    ),
    "committees:invitation-remove": post(
        INVITED_LEAD,
        "meeting",
        {"invitation_id": "invitation"},
    ),
    "committees:invitation-attendance": post(INVITED_READ, "meeting"),
    "committees:attendance-from-answers": post(INVITED_READ, "meeting"),
    "committees:minutes-detail": get(INVITED, "minuted"),
    "committees:minutes-send": post(INVITED_READ, "minuted"),
    "committees:minutes-approve": post(INVITED_LEAD, "minuted"),
    "committees:minutes-rectify": get(INVITED_READ, "minuted"),
    "committees:correction-create": post(INVITED | {"team": 403, "lead": 403}, "minuted"),
    "committees:correction-decide": post(INVITED_READ, "minuted", {"correction_id": "correction"}),
    "committees:minutes-pdf": get(INVITED, "minuted", form="compte-rendu"),
    "committees:minutes-word": get(INVITED, "minuted", form="releve-de-decisions"),
    "committees:minutes-link-pdf": Rule(EVERYBODY, token="minutes_reader"),
    "committees:minutes-link": Rule(EVERYBODY, token="minutes_reader"),
    "committees:minutes-link-theme": Rule(EVERYBODY, token="minutes_reader"),
    "committees:session": get(INVITED_READ, "meeting"),
    "committees:session-open": post(INVITED_READ, "meeting"),
    "committees:session-close": post(INVITED_READ, "meeting"),
    "committees:session-item": post(INVITED_READ, "meeting", {"item_id": "agenda_item"}),
    "committees:session-text": post(
        INVITED_READ, "minuted", {"text_id": "minutes_text"}, body="<p>Tapé</p>", revision=0
    ),
    "committees:session-decide": post(INVITED_READ, "meeting"),
    "committees:session-act": post(INVITED_READ, "meeting"),
    "committees:session-arrive": post(
        INVITED_READ, "meeting", {"invitation_id": "invitation"}, attendance="present"
    ),
    "committees:session-people": get(INVITED_READ, "meeting"),
    "committees:session-sign": get(INVITED_READ, "meeting", {"invitation_id": "invitation"}),
    "committees:attendance-sheet": get(INVITED_READ, "meeting", form="a-signer"),
    "committees:minutes-begin": post(INVITED_READ, "minuted"),
    "committees:minutes-text-edit": get(INVITED_READ, "minuted", {"text_id": "minutes_text"}),
    "committees:minutes-draft-save": post(
        INVITED_READ, "minuted", {"text_id": "minutes_text"}, body="<p>Tapé</p>", revision=0
    ),
    "committees:minutes-draft-discard": post(INVITED_READ, "minuted", {"text_id": "minutes_text"}),
    "committees:decision-create": get(INVITED_READ, "meeting"),
    "committees:decision-list": get(STAFF),
    "committees:decision-export": get(STAFF),
    "committees:decision-pdf": get(STAFF),
    "committees:decision-edit": get(STAFF_OBJECT, "decision"),
    "committees:meeting-action-create": get(INVITED_READ, "meeting"),
    "committees:action-become": get(OWN_OBJECT_READ, "action"),
    "committees:action-list": get(EVERY_MEMBER),
    "committees:action-create": get(STAFF),
    "committees:action-export": get(EVERY_MEMBER),
    "committees:action-pdf": get(EVERY_MEMBER),
    "committees:action-edit": get(OWN_OBJECT, "action"),
    # partners
    # a partner is led to the sheet of their own organisation
    "partners:organisation-list": get(
        answers(stranger=404, observer=403, elected=403, partner=OK, neighbour=OK, team=OK, lead=OK)
    ),
    "partners:organisation-create": get(STAFF),
    "partners:organisation-export": get(STAFF),
    "partners:organisation-detail": get(OWN_OBJECT, "organisation"),
    "partners:organisation-edit": get(OWN_OBJECT, "organisation"),
    "partners:organisation-history": get(OWN_OBJECT_READ, "organisation"),
    "partners:organisation-stage": post(OWN_OBJECT_READ, "organisation", stage="met"),
    "partners:organisation-remove": post(OWN_OBJECT_LEAD, "organisation"),
    "partners:contact-create": get(OWN_OBJECT_READ, "organisation"),
    "partners:contact-edit": get(OWN_OBJECT, "organisation", {"contact_id": "contact"}),
    "partners:contact-invite": post(OWN_OBJECT_LEAD, "organisation", {"contact_id": "contact"}),
    "partners:contact-remove": post(OWN_OBJECT_LEAD, "organisation", {"contact_id": "contact"}),
    "partners:deliberation-list": get(STAFF),
    "partners:deliberation-create": get(OWN_OBJECT_READ, "organisation"),
    "partners:deliberation-detail": get(OWN_OBJECT, "organisation", {"deliberation_id": "deliberation"}),
    "partners:deliberation-edit": get(OWN_OBJECT_READ, "organisation", {"deliberation_id": "deliberation"}),
    "partners:deliberation-act": get(OWN_OBJECT, "organisation", {"deliberation_id": "deliberation"}),
    "partners:deliberation-remove": post(
        OWN_OBJECT_LEAD, "organisation", {"deliberation_id": "deliberation"}
    ),
    "partners:sitting-create": get(OWN_OBJECT_READ, "organisation"),
    "partners:sitting-edit": get(OWN_OBJECT_READ, "organisation", {"sitting_id": "sitting"}),
    "partners:sitting-remove": post(OWN_OBJECT_LEAD, "organisation", {"sitting_id": "sitting"}),
    # founding: the drafts of a new candidacy are kept in the session of whoever begins one
    "dossier:candidacy-create": get(FOUNDERS),
    "dossier:candidacy-create-step": get(FOUNDERS_OWN_DRAFT, draft=UNKNOWN, step="territoires"),
    "dossier:candidacy-create-review": get(FOUNDERS_OWN_DRAFT, draft=UNKNOWN),
    "dossier:candidacy-create-abandon": Rule(FOUNDERS, method="post", kwargs={"draft": UNKNOWN}),
    # call templates: a copy belongs to the lead who made it
    "dossier:call-template-list": get(FOUNDERS),
    "dossier:call-template-detail": get(FOUNDERS, key="cfc-2024"),
    "dossier:call-template-copy": Rule(FOUNDERS, method="post", kwargs={"key": "cfc-2024"}),
    "dossier:call-copy-detail": get(LEAD, "call_copy"),
    "dossier:call-copy-rules": get(LEAD, "call_copy"),
    "dossier:call-copy-remove": post(LEAD, "call_copy"),
    "dossier:call-copy-entry-create": get(LEAD, "call_copy", kind="criteres"),
    "dossier:call-copy-entry-edit": get(LEAD, "call_copy", kind="criteres", key="1"),
    "dossier:call-copy-entry-move": Rule(
        LEAD,
        method="post",
        target="call_copy",
        data={"direction": "down"},
        kwargs={"kind": "criteres", "key": "1"},
    ),
    "dossier:call-copy-entry-remove": Rule(
        LEAD, method="post", target="call_copy", kwargs={"kind": "criteres", "key": "1"}
    ),
}
