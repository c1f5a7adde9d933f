"""Every constraint that our models name holds in the database, whoever writes there and however."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models
from django.db.models import F

from candidacy.models import Call, RecallRule
from committees import kept_minutes
from committees.models import (
    AgendaConcern,
    DecisionVote,
    ItemPassage,
    Meeting,
    MinutesDraft,
    MinutesRevision,
    PollAnswer,
    ReminderRule,
)
from dossier import deposit_triggers, history_triggers
from dossier.models import (
    Audience,
    DepositOverride,
    DueDateChange,
    EditionPublication,
    ExpectedProof,
    MarkedCopy,
    ReaderApproval,
    ReaderRemark,
    SectionDraft,
    SectionPresence,
    SectionRevision,
    StateChange,
    TextTable,
    ThreadEvent,
    WordImportPicture,
)
from notifications.models import Refusal
from notifications.services import plan_message
from tests import factories as make

NOW = datetime(2030, 1, 1, tzinfo=UTC)
TODAY = date(2030, 1, 1)
_serial = count(1)


class Case(NamedTuple):
    """``build`` makes a legal row; each of ``breaks`` are values that a legal row may not take.

    A constraint of uniqueness without ``breaks`` is broken by a second row that takes the fields of the first.
    """

    build: Callable[[], Any]
    breaks: tuple[dict[str, Any], ...] = ()


def broken(build, *breaks):
    return Case(build, breaks)


def twice(build, **fields):
    return Case(partial(build, **fields))


# --- rows for which no test outside needs a factory ------------------------------------------------------


def make_expense_amount():
    return make.make_expense_line().amounts.get()


def make_income_amount():
    return make.make_income_line().amounts.get()


def make_superseded_decision():
    successor = make.make_decision()
    return make.make_decision(meeting=successor.meeting, status="superseded", superseded_by=successor)


def make_refusal(**fields):
    fields.setdefault("user", make.make_user())
    return Refusal.objects.create(**{"kind": "action-due", **fields})


def make_carried_message():
    carried, carrier = make_message(), make_message()
    carried.gathered_at, carried.carried_by = NOW, carrier
    carried.save()
    return carried


def make_recall_rule(**fields):
    fields.setdefault("candidacy", make.make_candidacy())
    fields.setdefault("place", uuid4())
    return RecallRule.objects.create(**{"kind": "action-due", **fields})


def make_call():
    return Call.objects.get(candidacy=make.make_candidacy())


def make_committee_feed(**fields):
    committee = fields.pop("committee", None) or make.make_committee()
    return make.make_calendar_feed(candidacy=committee.candidacy, committee=committee, **fields)


def make_reminder_rule():
    return ReminderRule.objects.create(committee=make.make_committee(), days_before=7)


def make_animated_committee():
    contact = make.make_contact()
    return make.make_committee(
        candidacy=contact.candidacy,
        animator=contact,
        co_animator=make.make_contact(candidacy=contact.candidacy),
    )


def make_deputy():
    titular = make.make_seat()
    return make.make_seat(committee=titular.committee, quality="deputy", deputy_of=titular)


def make_poll_answer():
    participant = make.make_poll_participant()
    slot = participant.poll.slots.first()
    return PollAnswer.objects.create(participant=participant, slot=slot, value=PollAnswer.Value.YES)


def make_item_text():
    meeting = make.make_held_meeting()
    make.make_agenda_item(meeting=meeting)
    return make.make_minutes(meeting=meeting).texts.get(place="item")


def make_left_passage():
    """Make an item that the room has left for another one."""
    session = make.make_session()
    rows = [
        ItemPassage.objects.create(
            session=session, agenda_item=make.make_agenda_item(meeting=session.meeting), ended_at=ended_at
        )
        for ended_at in (NOW + timedelta(days=3650), None)
    ]
    return rows[0]


def make_vote():
    return DecisionVote.objects.create(
        decision=make.make_decision(), votes_for=1, votes_against=0, abstentions=1, voices=2
    )


def make_minutes_revision():
    return MinutesRevision.objects.create(text=make_item_text(), number=1, body="<p>Tapé.</p>")


def make_minutes_draft():
    return MinutesDraft.objects.create(
        text=make_item_text(), author=make.make_user(), body="<p>Tapé.</p>", base_revision=0
    )


def make_expected_proof():
    return ExpectedProof.objects.create(section=make.make_section(), position=1, text=f"Lettre {uuid4()}")


def make_due_change():
    return DueDateChange.objects.create(
        section=make.make_section(), former_on=TODAY, new_on=date(2030, 2, 1), reason="Le COPIL est reporté."
    )


def make_draft():
    return SectionDraft.objects.create(
        section=make.make_section(), author=make.make_user(), body="<p>Tapé.</p>", base_revision=0
    )


def make_presence():
    return SectionPresence.objects.create(section=make.make_section(), user=make.make_user())


def make_revision():
    return SectionRevision.objects.create(section=make.make_section(), number=1)


def make_state_change(**fields):
    steps = {"source": "writing", "target": "in_review"} | fields
    return StateChange.objects.create(section=make.make_section(), **steps)


def make_thread_event(**fields):
    return ThreadEvent.objects.create(thread=make.make_thread(), **{"kind": "resolved"} | fields)


def make_publication():
    return EditionPublication.objects.get(edition=make.make_published_edition())


def make_override():
    return DepositOverride.objects.create(
        edition=make.make_edition(content=False),
        condition="links",
        finding="Deux liens morts.",
        reason="Les sites seront rétablis.",
        decided_by=make.make_user(),
    )


def make_remark():
    return ReaderRemark.objects.create(link=make.make_reading_link(), body="Une remarque.")


def make_approval():
    return ReaderApproval.objects.create(
        link=make.make_reading_link(), reader_name="Mathilde Caron", content_digest="0" * 64
    )


def make_copy():
    return MarkedCopy.objects.create(link=make.make_reading_link(), sha256=f"{next(_serial):064x}")


def make_edition_print(**fields):
    edition = make.make_edition(content=False)
    return make.make_export(candidacy=edition.candidacy, edition=edition, **fields)


def make_table():
    return TextTable.objects.create(
        section=make.make_section(), identity=uuid4(), position=next(_serial), title="Publics"
    )


def make_taken_picture():
    row = make.make_word_import(section=make.make_section(), with_picture=True)
    return WordImportPicture.objects.get(word_import=row)


def make_contact_with_an_account():
    return make.make_contact(user=make.make_user())


def make_named_contact():
    return make.make_reviewer(contact=make.make_contact())


def make_message():
    return plan_message(
        scope=uuid4(),
        kind="test",
        about=uuid4(),
        rule="once",
        recipient_key="x",
        occurrence="1",
        due_at=NOW,
    )


def make_sent_message():
    message = make_message()
    type(message).objects.filter(pk=message.pk).update(
        status="sent", sent_at=NOW, recipient_address="camille@exemple.example"
    )
    return message


def make_carried_item(**fields):
    fields.setdefault("carried_from", make.make_agenda_item())
    return make.make_agenda_item(**fields)


def make_represented():
    return make.make_invitation(answer="proxy", answered_at=NOW, stand_in=make.make_contact())


def make_concern(**fields):
    fields.setdefault("target", uuid4())
    fields.setdefault("item", make.make_agenda_item())
    return AgendaConcern.objects.create(kind="section", **fields)


convened = partial(make.make_meeting, status=Meeting.Status.CONVENED)
adopted = partial(make.make_deliberation, status="adopted")
income_granted = partial(make.make_income_line, status="voted", granted_amount=1000)

CASES = {
    # accounts
    "user_email_once": Case(make.make_user),
    # budget
    "fundingplan_year_order": broken(make.make_plan, {"first_year": 2032}),
    "expenseline_account_is_a_charge": broken(make.make_expense_line, {"account": "742"}),
    "expenseamount_once_a_year": twice(make_expense_amount),
    "expenseamount_not_negative": broken(make_expense_amount, {"amount": -1}),
    "incomeline_account_is_an_income": broken(make.make_income_line, {"account": "604"}),
    "incomeline_granted_iff_secured": Case(
        income_granted, ({"granted_amount": None}, {"status": "requested"})
    ),
    "incomeline_amounts_not_negative": broken(
        income_granted, {"requested_amount": -1}, {"granted_amount": -1}
    ),
    "incomeamount_once_a_year": twice(make_income_amount),
    "incomeamount_not_negative": broken(make_income_amount, {"amount": -1}),
    # candidacy
    "indicator_has_method": broken(make.make_indicator, {"method": ""}),
    "candidacy_population_has_source": broken(
        make.make_candidacy,
        {"population": 9, "population_source": "Insee"},
        {"population": 9, "population_on": TODAY},
    ),
    "candidacy_title_year_plausible": broken(make.make_candidacy, {"title_year": 1984}, {"title_year": 2101}),
    "territory_once": twice(make.make_territory),
    "territory_population_has_source": broken(
        make.make_territory, {"population_source": ""}, {"population_on": None}
    ),
    "call_page_limit_positive": broken(make_call, {"page_limit": 0}),
    "call_population_range": broken(make_call, {"population_min": 2, "population_max": 1}),
    "criterion_code_once": twice(make.make_criterion),
    "phase_key_once": twice(make.make_phase),
    "piece_key_once": twice(make.make_piece),
    "membership_once": twice(make.make_member),
    "membership_funding_grant_is_for_observers": broken(make.make_member, {"can_read_funding": True}),
    "calltemplatecopy_name_once": twice(make.make_call_copy),
    # partners
    "organisation_name_once": twice(make.make_organisation),
    "contact_email_once": twice(make.make_contact),
    "contact_user_once": twice(make_contact_with_an_account),
    "planstep_duration": broken(make.make_plan_step, {"duration": 0}, {"duration": 731}),
    "planstep_planned_in_order": broken(
        make.make_plan_step, {"planned_from": date(2030, 1, 2), "planned_until": TODAY}
    ),
    "planstep_finished_once_started": broken(
        make.make_plan_step,
        {"finished_on": TODAY},
        {"started_on": date(2030, 1, 2), "finished_on": TODAY},
    ),
    "sitting_once": twice(make.make_sitting),
    "sitting_agenda_closes_before": broken(make.make_sitting, {"agenda_closes_on": date(2999, 1, 1)}),
    "deliberation_on_an_agenda_has_sitting": Case(
        adopted, ({"sitting": None}, {"sitting": None, "status": "scheduled"})
    ),
    "deliberation_counted_once_voted": broken(
        make.make_deliberation,
        {"votes_for": 28},
        {"votes_against": 0},
        {"abstentions": 1},
        {"act_number": "2029-12"},
    ),
    "deliberation_transmitted_once_voted": broken(make.make_deliberation, {"transmitted_on": TODAY}),
    # committees
    "blackout_days_order": broken(make.make_blackout, {"last_day": date(2030, 7, 31)}),
    "committee_acronym_once": twice(make.make_committee),
    "committee_rhythm_range": broken(make.make_committee, {"rhythm_min": 2, "rhythm_max": 1}),
    "committee_animators_are_two": broken(make_animated_committee, {"co_animator": F("animator")}),
    "committee_duration_positive": broken(make.make_committee, {"default_minutes": 0}),
    "committeemember_once": twice(make.make_seat),
    "committeemember_only_deputies_deputise": broken(make_deputy, {"quality": "titular"}),
    "committeemember_deputises_another": broken(make_deputy, {"deputy_of": F("pk")}),
    "committeemember_mandate_order": broken(make.make_seat, {"since": TODAY, "until": date(2029, 12, 31)}),
    "calendarfeed_personal_once": twice(make.make_calendar_feed),
    "calendarfeed_committee_once": twice(make_committee_feed),
    "recallrule_kind_once": twice(make_recall_rule),
    "reminderrule_once": twice(make_reminder_rule),
    "decision_with_successor_is_superseded": broken(make_superseded_decision, {"status": "open"}),
    "decision_supersedes_another": broken(make_superseded_decision, {"superseded_by": F("pk")}),
    "action_became_something_or_nothing": broken(
        make.make_action, {"became_kind": "section"}, {"became_id": UUID(int=1)}
    ),
    "decision_number_once": twice(make.make_decision),
    "action_closed_iff_day": broken(make.make_action, {"status": "done"}, {"closed_on": TODAY}),
    "datepoll_chosen_is_closed": broken(make.make_poll, {"chosen": make.make_slot}),
    "pollslot_once": twice(make.make_slot),
    "pollparticipant_once": twice(make.make_poll_participant),
    "pollanswer_once": twice(make_poll_answer),
    "meetingseries_days_order": broken(make.make_series, {"last_day": date(2029, 12, 31)}),
    "meetingseries_interval_positive": broken(make.make_series, {"interval": 0}),
    "meetingseries_rank_iff_months": broken(make.make_series, {"rank": None}, {"frequency": "weeks"}),
    "meetingsession_closed_after_opened": broken(
        make.make_session, {"closed_at": datetime(2020, 1, 1, tzinfo=UTC)}
    ),
    "itempassage_one_current": broken(make_left_passage, {"ended_at": None}),
    "itempassage_ended_after_started": broken(
        make_left_passage, {"ended_at": datetime(2020, 1, 1, tzinfo=UTC)}
    ),
    "decisionvote_no_more_than_voices": broken(make_vote, {"votes_for": 3}, {"abstentions": 2}),
    "minutes_draft_iff_not_sent": broken(make.make_sent_minutes, {"status": "draft"}, {"sent_at": None}),
    "minutes_approved_iff_kept": broken(
        make.make_approved_minutes,
        {"status": "sent"},
        {"approved_at": None},
        {"content": ""},
        {"approval": ""},
    ),
    "minutes_approved_by_meeting_iff_named": broken(
        make.make_approved_minutes,
        {"approval": "meeting"},
        {"approved_in": make.make_held_meeting},
    ),
    "correction_decided_iff_instant": broken(
        make.make_correction, {"outcome": "accepted"}, {"decided_at": NOW}
    ),
    "correction_refused_says_why": broken(
        make.make_correction, {"outcome": "refused", "decided_at": NOW, "reply": ""}
    ),
    "minutestext_item_once": twice(make_item_text),
    "minutestext_place_once": broken(
        make_item_text,
        {"place": "opening", "agenda_item": None},
    ),
    "minutestext_item_iff_agenda_item": broken(make_item_text, {"place": "other"}, {"agenda_item": None}),
    "minutesrevision_number_once": twice(make_minutes_revision),
    "minutesdraft_one_each": twice(make_minutes_draft),
    "meeting_duration_positive": broken(make.make_meeting, {"duration_minutes": 0}),
    "meeting_convened_has_instant": broken(convened, {"convened_at": None}),
    "meeting_draft_was_never_convened": broken(convened, {"status": "draft"}),
    "meeting_cancelled_iff_instant": broken(
        make.make_meeting, {"status": "cancelled"}, {"cancelled_at": NOW}
    ),
    "templateitem_minutes_at_most_a_day": broken(make.make_template_item, {"minutes": 1441}),
    "agendaitem_minutes_at_most_a_day": broken(make.make_agenda_item, {"minutes": 1441}),
    "agendaitem_carried_once": twice(make_carried_item),
    "agendapaper_once": twice(make.make_paper),
    "agendapaper_not_empty": broken(make.make_paper, {"size": 0}),
    "agendaconcern_once": twice(make_concern),
    "invitation_once": twice(make.make_invitation),
    "invitation_stand_in_iff_represented": Case(
        make_represented, ({"stand_in": None}, {"answer": "present"})
    ),
    "invitation_stand_in_is_another": Case(make_represented, ({"stand_in": F("contact")},)),
    "invitation_answered_iff_instant": broken(
        make.make_invitation, {"answer": "present"}, {"answered_at": NOW}
    ),
    # the dossier – its sections
    "section_key_once": twice(make.make_section),
    "section_limit_positive": broken(make.make_section, {"limit_value": 0}),
    "section_not_its_own_parent": broken(make.make_section, {"parent": F("pk")}),
    "section_retired_with_a_reason": broken(
        make.make_section, {"retired_at": NOW}, {"retirement_reason": "Hors sujet"}, {"merged_into": F("pk")}
    ),
    "section_summary_is_of_the_plan": broken(make.make_section, {"disclosure": "summary"}),
    "sectionrevision_number_once": twice(make_revision),
    "sectiondraft_one_each": twice(make_draft),
    "sectionpresence_one_each": twice(make_presence),
    "statechange_goes_somewhere": broken(make_state_change, {"target": "writing"}),
    "statechange_out_of_frozen_says_why": broken(make_state_change, {"source": "frozen"}),
    "reviewer_contact_or_member": broken(make.make_reviewer, {"membership": None}),
    "reviewer_contact_once": twice(make_named_contact),
    "reviewer_member_once": twice(make.make_reviewer),
    "expectedproof_text_once": twice(make_expected_proof),
    "expectedproof_says_what": broken(make_expected_proof, {"text": ""}),
    "expectedproof_provider_needs_a_day": broken(make_expected_proof, {"provided_by": make.make_user}),
    "duedatechange_says_why": broken(make_due_change, {"reason": ""}),
    "duedatechange_to_another_day": broken(make_due_change, {"new_on": F("former_on")}),
    # the dossier – its comments
    "commentthread_context_needs_quote": broken(make.make_thread, {"before": "avant"}, {"after": "après"}),
    "commentthread_organisation_iff_partner": broken(
        make.make_thread, {"audience": Audience.PARTNER}, {"organisation": make.make_organisation}
    ),
    "comment_empty_iff_withdrawn": broken(make.make_comment, {"body": ""}, {"withdrawn_at": NOW}),
    "threadevent_audience_iff_widened": broken(
        make_thread_event, {"kind": "widened"}, {"audience": Audience.READERS}
    ),
    # the dossier – its proofs, figures, pictures, imports and links
    "proof_kind_once": twice(make.make_proof),
    "proof_validated_at_some_time": broken(make.make_proof, {"validated_by": make.make_user}),
    "livefigure_label_once": twice(make.make_live_figure),
    "picture_key_once": twice(make.make_picture),
    "picture_described_or_decorative": broken(make.make_picture, {"alternative_text": ""}),
    "texttable_once_in_a_text": twice(make_table),
    "texttable_one_at_a_place": twice(make_table),
    "texttable_titled": broken(make_table, {"title": ""}),
    "wordimport_failure_says_why": broken(make.make_word_import, {"status": "failed"}),
    "wordimport_has_file": broken(make.make_word_import, {"file": ""}),
    "wordimportpicture_number_once": twice(make_taken_picture),
    "wordimportpicture_is_new_or_known": broken(
        make_taken_picture, {"file": ""}, {"known": make.make_picture}
    ),
    "linkcheck_address_once": twice(make.make_link_check),
    "linkcheck_found_on_a_day": broken(make.make_link_check, {"checked_at": None}),
    "linkcheck_says_why": broken(make.make_link_check, {"status": "dead"}),
    # the dossier – its exports and editions
    "dossierexport_one_at_a_time": twice(make.make_export, status="queued"),
    "dossierexport_edition_printed_once": twice(make_edition_print, variant="full"),
    "dossierexport_done_has_file": broken(make.make_export, {"file": ""}, {"sha256": ""}),
    "dossierexport_progress_range": broken(make.make_export, {"progress": 101}),
    "edition_number_once": twice(make.make_edition),
    "edition_number_from_one": broken(make.make_edition, {"number": 0}),
    "edition_label_present": broken(make.make_edition, {"label": ""}),
    "edition_submitted_to_a_meeting": broken(
        make.make_edition, {"status": "submitted"}, {"submitted_at": NOW}, {"meeting": make.make_meeting}
    ),
    "edition_deposited_by_somebody": broken(
        make.make_edition, {"status": "deposited"}, {"deposited_at": NOW}, {"deposited_by": make.make_user}
    ),
    "editionfile_variant_once": twice(make.make_edition_file),
    "editionfile_has_content": broken(
        make.make_edition_file, {"file": ""}, {"sha256": ""}, {"page_count": 0}
    ),
    "editionpublication_one_open": twice(make_publication),
    "depositoverride_condition_once": twice(make_override),
    "depositoverride_has_reason": broken(make_override, {"reason": ""}),
    "readinglink_named": broken(make.make_reading_link, {"reader_name": ""}, {"token_sha256": ""}),
    "markedcopy_once_a_link": twice(make_copy),
    "markedcopy_has_digest": broken(make_copy, {"sha256": ""}),
    "readinglink_version_for_readers": broken(make.make_reading_link, {"variant": "archive"}),
    "readerremark_has_text": broken(make_remark, {"body": ""}),
    "readerapproval_of_a_content": broken(make_approval, {"content_digest": ""}, {"reader_name": ""}),
    # notifications
    "outboundmessage_once": twice(make_message),
    "outboundmessage_sent_iff_instant": broken(make_message, {"sent_at": NOW}),
    "refusal_once": twice(make_refusal),
    "outboundmessage_carried_is_settled": broken(make_carried_message, {"gathered_at": None}),
    "outboundmessage_carries_another": broken(make_carried_message, {"carried_by": F("pk")}),
    "outboundmessage_own_words_have_subject": broken(
        make_message, {"own_subject": "Objet"}, {"own_body": "Texte"}
    ),
    "outboundmessage_sent_has_address": broken(make_sent_message, {"recipient_address": ""}),
}


def our_constraints():
    """Return every constraint of our models by its name, with its model."""
    return {
        constraint.name: (model, constraint)
        for app in apps.get_app_configs()
        if Path(app.path).parent == Path(settings.BASE_DIR)
        for model in app.get_models()
        for constraint in model._meta.constraints
    }


def names_it(error, model, constraint):
    """Whether the database blames ``constraint``; of a plain uniqueness SQLite says the columns alone."""
    if connection.vendor == "postgresql" or not getattr(constraint, "fields", ()):
        return constraint.name in str(error)
    columns = (model._meta.get_field(name).column for name in constraint.fields)
    told = ", ".join(f"{model._meta.db_table}.{column}" for column in columns)
    return str(error) == f"UNIQUE constraint failed: {told}"


def write(row, values):
    """Update ``row`` past whatever its manager forbids: what stands in the way is the database."""
    values = {name: value() if callable(value) else value for name, value in values.items()}
    models.QuerySet(model=type(row)).filter(pk=row.pk).update(**values)


def taken_from(row, constraint):
    """Return what makes another row the twin of ``row`` in the eyes of ``constraint``."""
    if constraint.name == "user_email_once":
        return {"email": row.email.upper()}
    return {name: getattr(row, name) for name in constraint.fields}


def test_every_constraint_of_ours_has_a_case():
    assert sorted(CASES) == sorted(our_constraints())


@pytest.fixture
def _constraints_speak_first(db):
    """What is kept refuses every change by a trigger of its own; PostgreSQL drops none once rows wait for their keys."""
    for kept in (deposit_triggers, history_triggers, kept_minutes):
        kept.remove_triggers(using=connection.alias)


@pytest.mark.usefixtures("_constraints_speak_first")
@pytest.mark.parametrize(
    ("name", "number"),
    [(name, number) for name, case in CASES.items() for number in range(max(len(case.breaks), 1))],
)
def test_the_database_refuses_what_the_constraint_forbids(name, number):
    model, constraint = our_constraints()[name]
    case = CASES[name]
    row = case.build()
    values = case.breaks[number] if case.breaks else taken_from(case.build(), constraint)
    assert isinstance(row, model)

    with pytest.raises(IntegrityError) as refusal:
        write(row, values)

    assert names_it(refusal.value, model, constraint)
