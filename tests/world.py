"""One candidacy with one of each thing, and one person for each role: what the permission tests play on."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from candidacy.models import Candidacy, Membership, Phase, Piece, Territory
from committees.minutes_tokens import minutes_token_for
from committees.models import Meeting
from dossier.models import ExpectedProof, SectionRevision
from notifications.models import OutboundAttachment
from notifications.services import plan_message
from tests.factories import (
    make_action,
    make_agenda_item,
    make_blackout,
    make_calendar_feed,
    make_call_copy,
    make_candidacy,
    make_committee,
    make_contact,
    make_correction,
    make_criterion,
    make_decision,
    make_deliberation,
    make_edition,
    make_expense_line,
    make_export,
    make_held_meeting,
    make_income_line,
    make_indicator,
    make_invitation,
    make_live_figure,
    make_meeting,
    make_member,
    make_objective,
    make_organisation,
    make_paper,
    make_picture,
    make_plan,
    make_plan_step,
    make_poll,
    make_poll_participant,
    make_proof,
    make_published_edition,
    make_reading_link,
    make_seat,
    make_section,
    make_sent_minutes,
    make_sitting,
    make_template_item,
    make_thread,
    make_user,
    make_word_import,
)

Role = Membership.Role


@dataclass(frozen=True)
class World:
    candidacy: Candidacy
    people: dict[str, User]
    objects: dict[str, Any]


def make_world() -> World:
    """Make the world: the partner's organisation owns what a partner may reach, the neighbour's owns nothing."""
    candidacy = make_candidacy(is_fictitious=True, logo=ContentFile(b"\x89PNG", name="logo.png"))
    people = {
        "stranger": make_member(role=Role.LEAD).user,
        **{role: make_user() for role in ("observer", "elected", "partner", "neighbour", "team", "lead")},
    }
    roles = {"neighbour": Role.PARTNER}
    memberships = {
        role: make_member(candidacy=candidacy, user=user, role=roles.get(role, role))
        for role, user in people.items()
        if role != "stranger"
    }
    own = make_organisation(candidacy=candidacy)
    contacts = {
        "partner": make_contact(organisation=own, user=people["partner"]),
        "neighbour": make_contact(candidacy=candidacy, user=people["neighbour"]),
        "elected": make_contact(candidacy=candidacy, user=people["elected"]),
    }
    committee = make_committee(candidacy=candidacy)
    seats = {role: make_seat(committee=committee, contact=contacts[role]) for role in ("partner", "elected")}
    meeting = make_meeting(committee=committee, status=Meeting.Status.CONVENED)
    invitations = {
        role: make_invitation(meeting=meeting, contact=contacts[role]) for role in ("partner", "elected")
    }
    minuted = make_held_meeting(committee=committee)
    for role in ("partner", "elected"):
        make_invitation(meeting=minuted, contact=contacts[role], attendance="present")
    minutes = make_sent_minutes(meeting=minuted, by=people["lead"])
    reader = minuted.invitations.get(contact=contacts["partner"])
    reader.token = minutes_token_for(reader)
    agenda_item = make_agenda_item(meeting=meeting)
    other_edition = make_edition(candidacy=candidacy, author=people["lead"])  # before any picture
    poll = make_poll(committee=committee)
    make_poll_participant(poll=poll, contact=contacts["elected"])
    picture = make_picture(candidacy=candidacy)
    shown = f"/c/{candidacy.slug}/dossier/images/{picture.public_id}/"
    make_section(candidacy=candidacy, body=f'<figure><img src="{shown}" alt=""></figure>')
    section = make_section(candidacy=candidacy, organisation=own)
    section.pictures.add(picture)
    live_figure = make_live_figure(candidacy=candidacy)
    section.live_figures.add(live_figure)
    SectionRevision.objects.create(section=section, number=1)
    proof = make_proof(section=section)
    thread = make_thread(section=section, author=people["partner"])
    retired = make_section(
        candidacy=candidacy, organisation=own, retired_at=timezone.now(), retirement_reason="Hors sujet"
    )
    plan = make_plan(candidacy=candidacy)
    edition = make_edition(candidacy=candidacy, author=people["lead"])
    now = timezone.now()
    message = plan_message(
        scope=candidacy.public_id,
        kind="test",
        about=uuid4(),
        rule="once",
        recipient_key="x",
        occurrence="1",
        due_at=now + timedelta(days=1),
    )
    OutboundAttachment.objects.create(
        message=message, filename="invitation.ics", content_type="text/calendar", content=b"BEGIN:VCALENDAR"
    )
    objects = {
        "membership": memberships["partner"],
        "organisation": own,
        "other_organisation": make_organisation(candidacy=candidacy),
        "contact": contacts["partner"],
        "blackout": make_blackout(candidacy=candidacy),
        "sitting": make_sitting(organisation=own),
        "deliberation": make_deliberation(
            organisation=own, file=ContentFile(b"%PDF-1.7", name="acte.pdf"), notes="NOTE-INTERNE"
        ),
        "committee": committee,
        "other_committee": make_committee(candidacy=candidacy),
        "criterion": make_criterion(candidacy=candidacy),
        "answered_criterion": proof.criterion,
        "proof": proof,
        "call_copy": make_call_copy(by=people["lead"]),
        "objective": make_objective(candidacy=candidacy),
        "indicator": make_indicator(candidacy=candidacy),
        "seat": seats["partner"],
        "poll": poll,
        "other_poll": make_poll(committee=committee),
        "slot": poll.slots.first(),
        "participant": make_poll_participant(poll=poll, contact=contacts["partner"]),
        "template_item": make_template_item(committee=committee),
        "meeting": meeting,
        "draft": make_meeting(committee=committee),
        "minuted": minuted,
        "minutes_text": minutes.texts.first(),
        "correction": make_correction(minutes=minutes, contact=contacts["partner"]),
        "minutes_reader": reader,
        "agenda_item": agenda_item,
        "paper": make_paper(item=agenda_item),
        "reserved_paper": make_paper(item=agenda_item, is_confidential=True),
        "invitation": invitations["partner"],
        "own_invitation": invitations["partner"],
        "decision": make_decision(meeting=make_meeting(committee=committee, status=Meeting.Status.HELD)),
        "action": make_action(candidacy=candidacy, owner=contacts["partner"]),
        "expense_line": make_expense_line(plan=plan),
        "income_line": make_income_line(plan=plan, funder=own),
        "section": section,
        "other_section": make_section(candidacy=candidacy, organisation=own),
        "thread": thread,
        "comment": thread.comments.get(),
        "expected_proof": ExpectedProof.objects.create(section=section, position=1, text="Délibération"),
        "retired": retired,
        "picture": picture,
        "word_import": make_word_import(section=section, requested_by=people["partner"], with_picture=True),
        "live_figure": live_figure,
        "export": make_export(candidacy=candidacy),
        "edition": edition,
        "other_edition": other_edition,
        "calendar_feed": make_calendar_feed(candidacy=candidacy, user=people["lead"]),
        "reading_link": make_reading_link(
            edition=edition, may_comment=True, may_approve=True, is_watermarked=False
        ),
        "published_edition": make_published_edition(candidacy=candidacy, author=people["lead"]),
        "phase": Phase.objects.create(candidacy=candidacy, key="depot", position=1, name="Dépôt"),
        "piece": Piece.objects.create(candidacy=candidacy, key="lettre", position=1, name="Lettre"),
        "territory": Territory.objects.create(candidacy=candidacy, name="Lens", insee_code="62498"),
        "plan_step": make_plan_step(candidacy=candidacy),
        "message": message,
    }
    return World(candidacy, people, objects)
