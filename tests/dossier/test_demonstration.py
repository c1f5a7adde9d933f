from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO, StringIO
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from pypdf import PdfReader
from stdnum.fr import siren as siren_numbers

from accounts.models import User
from budget.models import ExpenseAmount, IncomeAmount, IncomeLine
from budget.summary import read_plan
from candidacy.models import Candidacy, Membership, Territory
from committees.minutes_content import content_of
from committees.models import Action, AgendaPaper, Committee, Decision, Invitation, Meeting, Minutes
from committees.voices import count_voices
from core.richtext import SECTION_REFERENCE, sanitise, to_plain_text
from core.templatetags.formats import euros
from dossier.criteria import read_matrix
from dossier.demonstration.loading import load_demonstration
from dossier.discussion import read_discussion
from dossier.mentions import figures_named
from dossier.models import (
    CommentThread,
    DueDateChange,
    Edition,
    ExpectedProof,
    Proof,
    Section,
    SectionRevision,
    StateChange,
)
from dossier.snapshots import read_snapshot
from notifications.models import OutboundMessage
from partners.deliberation_alerts import AlertKind
from partners.deliberation_register import rank_deliberations
from partners.models import Contact, Deliberation, Organisation, Sitting
from tests.pdf_checks import pdf_failures

#: Of the rows of communes.csv, sorted: the legal populations are Insee’s, and nobody mends them by hand.
DIGEST_OF_COMMUNES = "db267a69eabea62c411d5ad6416f4b7203ab4cda09c6910d92a5fa918f4612b4"


def the_bid_has_its_communes_with_both_counts_of_their_population(candidacy):
    communes = candidacy.territories.all()

    assert communes.count() == 36
    assert communes.aggregate(Sum("population_municipal"))["population_municipal__sum"] == 242_587
    assert communes.aggregate(Sum("population_total"))["population_total__sum"] == 244_525
    assert set(communes.filter(role=Territory.Role.BEARER).values_list("name", flat=True)) == {
        "Lens",
        "Liévin",
    }


def the_communes_are_those_of_the_agglomeration_number_for_number(candidacy):
    fields = ("insee_code", "name", "siren", "population_municipal", "population_total")
    rows = sorted(candidacy.territories.values_list(*fields))

    assert [code for code, *_ in rows if not code.startswith("62")] == []
    assert [siren for _, _, siren, *_ in rows if not siren_numbers.is_valid(siren)] == []
    assert ("62498", "Lens", "216204982", 32_618, 32_820) in rows
    assert ("62107", "Bénifontaine", "216201079", 343, 353) in rows
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    assert sha256(text.encode()).hexdigest() == DIGEST_OF_COMMUNES


def the_institutions_that_exist_are_named_as_they_are(candidacy):
    names = set(candidacy.organisations.values_list("name", flat=True))

    assert names >= {
        "Ville de Lens",
        "Ville de Liévin",
        "Communauté d’agglomération de Lens-Liévin",
        "Musée du Louvre-Lens",
        "Culture Commune, scène nationale",
        "Mission Bassin minier",
        "Le Colisée",
        "Direction régionale des affaires culturelles des Hauts-de-France",
        "Région Hauts-de-France",
        "Département du Pas-de-Calais",
        "Université d’Artois",
        "Euralens",
    }


def the_bid_is_marked_as_fictitious_and_named_for_the_year_it_aims_at(candidacy):
    assert candidacy.is_fictitious
    assert candidacy.call.name == f"Capitale française de la culture {candidacy.title_year}"
    assert candidacy.deposit_on > timezone.localdate()
    assert candidacy.logo.size > 1000


def the_address_book_is_that_of_a_real_bid_at_invented_addresses(candidacy):
    assert candidacy.organisations.count() >= 60
    assert candidacy.contacts.count() >= 90
    addresses = [
        *Contact.objects.values_list("email", flat=True),
        *User.objects.values_list("email", flat=True),
    ]
    assert [address for address in addresses if not address.endswith(".example")] == []
    assert set(candidacy.organisations.values_list("stage", flat=True)) == set(Organisation.Stage.values)


def every_role_has_one_account_linked_to_its_contact(candidacy):
    members = candidacy.memberships.all()

    assert sorted(members.values_list("role", flat=True)) == sorted(Membership.Role.values)
    assert set(Contact.objects.filter(user__isnull=False).values_list("user", flat=True)) == set(
        members.values_list("user", flat=True)
    )
    assert members.get(role="observer").can_read_funding


def the_technical_and_steering_committees_met_and_will_meet(candidacy):
    now = timezone.now()
    for kind in (Committee.Kind.COTECH, Committee.Kind.COPIL):
        meetings = Meeting.objects.filter(committee__candidacy=candidacy, committee__kind=kind)
        starts = sorted(meetings.values_list("starts_at", flat=True))

        assert starts[0] < now - timedelta(days=300)
        assert starts[-1] > now + timedelta(days=300)
        assert meetings.filter(status="held", starts_at__lt=now).count() >= 4
        assert meetings.filter(status="convened", starts_at__gt=now).count() == 1
        assert not meetings.filter(status="held", starts_at__gt=now).exists()
        assert not meetings.filter(status__in=["draft", "convened"], starts_at__lt=now).exists()


def most_criteria_are_proved_and_measured_and_the_last_one_is_not(candidacy):
    cases = read_matrix(candidacy).cases

    assert [case.criterion.code for case in cases if not case.is_proved] == ["3", "4", "8"]
    assert [case.criterion.code for case in cases if not case.objectives] == ["8"]
    assert all(case.indicators for case in cases)
    assert {row.proof.kind for case in cases for row in case.proofs} == set(Proof.Kind.values)


def a_held_meeting_says_who_came(candidacy):
    invitations = Invitation.objects.filter(meeting__status=Meeting.Status.HELD)

    noted = set(invitations.values_list("attendance", flat=True))
    assert noted == {"present", "remote", "excused"}
    assert not invitations.filter(answer=Invitation.Answer.NONE).exists()
    held = Meeting.objects.filter(status=Meeting.Status.HELD)
    assert all(meeting.convened_at < meeting.starts_at for meeting in held)
    assert all(
        count_voices(meeting).present >= meeting.committee.quorum
        for meeting in held.filter(committee__quorum__isnull=False).select_related("committee")
    )


def two_thirds_of_those_convened_have_answered_but_nobody_who_signs_in_here(candidacy):
    for meeting in Meeting.objects.convened():
        answered = meeting.invitations.exclude(answer=Invitation.Answer.NONE)
        share = answered.count() / meeting.invitations.count()
        lead = candidacy.memberships.get(role="lead").user

        assert 0.5 <= share <= 0.75
        assert not answered.filter(contact__user__isnull=False).exclude(contact__user=lead).exists()


def the_convocations_wait_to_leave_and_nothing_pretends_to_have_left(candidacy):
    messages = OutboundMessage.objects.all()
    convened = Meeting.objects.convened()

    assert not messages.exclude(status__in=["planned", "cancelled"]).exists()
    assert not messages.filter(sent_at__isnull=False).exists()
    due = messages.due(timezone.now()).exclude(kind="date-poll")
    assert due.count() == Invitation.objects.filter(meeting__in=convened).count()
    assert set(due.values_list("about", flat=True)) == {meeting.public_id for meeting in convened}
    assert messages.filter(due_at__gt=timezone.now()).exists()


def the_committees_have_their_habits_and_one_asks_for_dates(candidacy):
    group = candidacy.committees.get(kind="working_group")
    copil = candidacy.committees.get(kind="copil")
    poll = group.polls.get()

    assert [contact.organisation.name for contact in group.animators] == [
        "Ville de Lens",
        "Maison de quartier du Quatorze",
    ]
    assert copil.template_items.count() == 4
    assert [blackout.name for blackout in candidacy.blackouts.order_by("name")] == [
        "Août",
        "Fêtes de fin d’année",
    ]
    assert all(blackout.last_day >= timezone.localdate() for blackout in candidacy.blackouts.all())
    assert poll.is_open
    assert min(slot.starts_at for slot in poll.slots.all()) > timezone.now()
    answered = poll.participants.filter(answered_at__isnull=False)
    assert (answered.count(), poll.participants.count()) == (3, group.members.count())
    assert OutboundMessage.objects.filter(kind="date-poll").count() == group.members.count()


def decisions_carry_the_month_of_their_meeting_and_actions_are_open_and_closed(candidacy):
    decisions = Decision.objects.select_related("meeting__committee__candidacy")

    assert decisions.count() >= 20
    assert all(f"-{decision.meeting.local_day:%Y-%m}-D" in decision.number for decision in decisions)
    assert {"open", "applied", "abandoned"} == set(decisions.values_list("status", flat=True))
    today = timezone.localdate()
    assert Action.objects.overdue(today).count() >= 3
    closed = Action.objects.filter(status="done")
    assert closed.count() >= 10
    assert all(action.meeting.local_day <= action.closed_on < today for action in closed)


def the_last_steering_committee_has_approved_minutes(candidacy):
    minutes = Minutes.objects.get()

    assert minutes.meeting == Meeting.objects.filter(committee__acronym="COPIL", status="held").latest(
        "starts_at"
    )
    assert (minutes.status, minutes.approval) == ("approved", "silence")
    assert minutes.approved_at < timezone.now()
    content = content_of(minutes, with_reserved=True)
    assert sum(bool(passage.body) for passage in content.passages) == 4
    assert len(content.decisions) == minutes.meeting.decisions.count()


def meetings_to_come_and_a_past_one_have_papers_one_of_them_confidential(candidacy):
    papers = AgendaPaper.objects.filter(item__meeting__committee__candidacy=candidacy)
    told = {(paper.item.meeting.committee.acronym, paper.item.meeting.status) for paper in papers}

    assert told == {("COTECH", "convened"), ("COPIL", "convened"), ("COPIL", "held")}
    assert [paper.title for paper in papers.filter(is_confidential=True)] == ["Mécénat, état des discussions"]
    for paper in papers:
        with paper.file.open("rb") as file:
            assert sha256(file.read()).hexdigest() == paper.sha256


def the_papers_quote_the_plan_as_it_is(candidacy):
    plan = read_plan(candidacy.funding_plan)
    for title in ("Note budgétaire pour le comité de pilotage", "Équilibre du plan de financement"):
        with AgendaPaper.objects.get(title=title).file.open("rb") as file:
            words = words_of(PdfReader(file))
        for amount in (plan.expenses.total, plan.income.total, plan.secured, plan.requested, plan.to_find):
            assert " ".join(euros(amount).split()) in words


def words_of(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def assemblies_have_voted_will_vote_and_may_vote_too_late(candidacy):
    today = timezone.localdate()
    adopted = candidacy.deliberations.filter(status="adopted")
    ranked = rank_deliberations(candidacy.deliberations.all(), candidacy, today=today)

    assert adopted.count() == 2
    assert all(row.act_number and row.votes_for and row.transmitted_on < today for row in adopted)
    assert candidacy.deliberations.filter(status="scheduled", sitting__held_on__gt=today).count() == 1
    assert [each.alert.kind for each in ranked if each.alert] == [AlertKind.CLOSES_SOON]


def the_plan_balances_over_three_years_with_funders_in_every_state(candidacy):
    plan = candidacy.funding_plan

    assert len(plan.years) == 3
    assert plan.expense_lines.count() + plan.income_lines.count() >= 40
    assert set(plan.income_lines.values_list("status", flat=True)) == set(IncomeLine.Status.values)
    for year in plan.years:
        spent = ExpenseAmount.objects.filter(line__plan=plan, year=year)
        found = IncomeAmount.objects.filter(line__plan=plan, year=year).exclude(
            line__status__in=IncomeLine.LOST
        )
        assert sum(row.amount for row in spent) == sum(row.amount for row in found)
    cash = ExpenseAmount.objects.filter(line__plan=plan).exclude(line__account__startswith="86")
    assert Decimal(4_000_000) <= sum(row.amount for row in cash) <= Decimal(6_000_000)
    assert plan.income_lines.filter(decision__isnull=False).count() == 3


def the_dossier_is_written_in_every_state(candidacy):
    sections = candidacy.sections.all()

    assert sum(len(to_plain_text(section.body).split()) for section in sections) >= 9_000
    assert set(sections.values_list("status", flat=True)) == set(Section.Status.values)
    assert not sections.filter(organisation__isnull=True).exists()
    assert not sections.filter(writer__isnull=True).exists()
    assert sections.late(timezone.localdate()).exists()
    assert SectionRevision.objects.filter(section__in=sections).count() == sections.count()
    assert not StateChange.objects.filter(moved_at__gt=timezone.now()).exists()
    assert StateChange.objects.filter(target=Section.Status.FROZEN).count() == 1
    assert ExpectedProof.objects.filter(provided_at__isnull=False).exists()
    assert DueDateChange.objects.exists()
    assert Section.objects.retired().get().retirement_reason
    partner = User.objects.get(memberships__role=Membership.Role.PARTNER)
    reviewed = Section.objects.visible_to(partner).exclude(organisation__contacts__user=partner)
    assert [section.status for section in reviewed] == [Section.Status.IN_REVIEW]
    assert not SectionRevision.objects.filter(saved_at__gt=timezone.now()).exists()
    for tag in ("<ul>", "<ol>", "<table ", "<blockquote>", "<figure>", "footnote", "data-table"):
        assert any(tag in section.body for section in sections), tag


def texts_name_figures_of_the_register_and_other_sections(candidacy):
    bodies = "".join(candidacy.sections.values_list("body", flat=True))
    figures = set(candidacy.live_figures.values_list("public_id", flat=True))
    places = {UUID(place["id"]) for place in SECTION_REFERENCE.finditer(bodies)}

    assert figures_named(bodies)
    assert figures_named(bodies) <= figures
    assert places
    assert places <= set(candidacy.sections.values_list("public_id", flat=True))
    assert "figure:" not in bodies
    assert "section:" not in bodies


def each_picture_is_described_credited_and_shown_where_it_belongs(candidacy):
    pictures = candidacy.pictures.all()
    sections = candidacy.sections.all()
    text = "".join(section.body for section in sections)

    assert pictures.count() >= 12
    for picture in pictures:
        assert all([picture.alternative_text, picture.credit, picture.caption])
        assert text.count(f"/c/lens-lievin/dossier/images/{picture.public_id}/") == 1
        assert picture.sections.count() == 1
        assert picture.file.storage.exists(picture.file.name)
    assert "picture:" not in text
    assert 'alt=""' not in text
    assert "<figcaption></figcaption>" not in text
    assert "<em>Dessin original, candidature fictive de démonstration.</em></figcaption>" in text
    assert all(section.body == sanitise(section.body) for section in sections)


def a_section_is_discussed_by_the_team_and_its_partner(candidacy):
    partner, lead = (candidacy.memberships.get(role=role).user for role in ("partner", "lead"))
    threads = CommentThread.objects.filter(section__key="projets-phares")

    assert set(threads.values_list("audience", flat=True)) == {"team", "partner", "readers"}
    assert threads.resolved().count() == 1
    discussion = read_discussion(threads[0].section, partner)
    assert (discussion.open_count, discussion.count) == (2, 2)
    for thread in CommentThread.objects.all():
        assert not any(view.is_gone for view in read_discussion(thread.section, lead, shown="tous").threads)


def an_edition_to_be_read_again_is_submitted_to_the_next_steering_committee(candidacy):
    edition = candidacy.editions.get()

    assert (edition.number, edition.status) == (1, Edition.Status.SUBMITTED)
    assert edition.meeting == Meeting.objects.get(committee__acronym="COPIL", status="convened")
    assert edition.submitted_at < edition.meeting.starts_at
    printing = edition.printings.get()
    assert (printing.variant, printing.status) == ("full", "queued")
    content = read_snapshot(edition)
    assert len(content.files) == candidacy.pictures.count()
    assert all(default_storage.exists(file.stored_name) for file in content.files.values())


def the_first_visit_finds_what_others_wrote_lately_and_not_a_thousand_changes(candidacy):
    recently = timezone.now() - timedelta(days=14)
    lead = candidacy.memberships.get(role="lead").user

    assert SectionRevision.objects.filter(saved_at__gt=recently).exclude(saved_by=lead).count() >= 3
    for model in (Organisation, Contact, Deliberation, Sitting, Meeting, Decision, Action, Section):
        assert not model.history.filter(history_date__gt=recently).exists(), model


def there_is_one_candidacy_and_nobody_without_a_role(candidacy):
    assert Candidacy.objects.get() == candidacy
    assert User.objects.filter(memberships__isnull=True).count() == 0


def test_the_demonstration_is_a_whole_bid(subtests):
    """Loading takes seconds: one loading serves every sentence below."""
    candidacy = load_demonstration().candidacy

    for sentence in (
        the_bid_has_its_communes_with_both_counts_of_their_population,
        the_communes_are_those_of_the_agglomeration_number_for_number,
        the_institutions_that_exist_are_named_as_they_are,
        the_bid_is_marked_as_fictitious_and_named_for_the_year_it_aims_at,
        the_address_book_is_that_of_a_real_bid_at_invented_addresses,
        every_role_has_one_account_linked_to_its_contact,
        the_technical_and_steering_committees_met_and_will_meet,
        a_held_meeting_says_who_came,
        two_thirds_of_those_convened_have_answered_but_nobody_who_signs_in_here,
        the_convocations_wait_to_leave_and_nothing_pretends_to_have_left,
        the_committees_have_their_habits_and_one_asks_for_dates,
        decisions_carry_the_month_of_their_meeting_and_actions_are_open_and_closed,
        the_last_steering_committee_has_approved_minutes,
        meetings_to_come_and_a_past_one_have_papers_one_of_them_confidential,
        the_papers_quote_the_plan_as_it_is,
        assemblies_have_voted_will_vote_and_may_vote_too_late,
        the_plan_balances_over_three_years_with_funders_in_every_state,
        the_dossier_is_written_in_every_state,
        most_criteria_are_proved_and_measured_and_the_last_one_is_not,
        each_picture_is_described_credited_and_shown_where_it_belongs,
        a_section_is_discussed_by_the_team_and_its_partner,
        texts_name_figures_of_the_register_and_other_sections,
        an_edition_to_be_read_again_is_submitted_to_the_next_steering_committee,
        the_first_visit_finds_what_others_wrote_lately_and_not_a_thousand_changes,
        there_is_one_candidacy_and_nobody_without_a_role,
    ):
        with subtests.test(sentence.__name__):
            sentence(candidacy)


@pytest.mark.slow
@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="prints the same on both: once is enough for its time"
)
def test_the_printed_demonstration_is_accessible_whole_and_marked_on_every_page(tmp_path):
    slug, file, complaints = load_demonstration().candidacy.slug, tmp_path / "dossier.pdf", StringIO()

    call_command("export_dossier", slug, output=file, stdout=StringIO(), stderr=complaints)

    content = file.read_bytes()
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages]
    sizes = [page.mediabox for page in PdfReader(BytesIO(content)).pages]
    assert complaints.getvalue() == ""
    assert not pdf_failures(content)
    assert len(pages) >= 50
    assert [number for number, text in enumerate(pages, start=1) if "Candidature fictive" not in text] == []
    # The funding plan turns its pages.
    assert [box.width > box.height for box in sizes].count(True) >= 1
