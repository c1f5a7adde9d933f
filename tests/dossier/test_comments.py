"""Threads of comments: who reads them, who writes, what becomes of them."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from accounts.models import User
from candidacy.models import Membership
from core.errors import DomainError, StaleRevisionError
from dossier.audiences import audiences_open_to, readers_of, readers_of_thread
from dossier.discussion import read_discussion
from dossier.models import Audience, Comment, CommentThread, Section, SectionRevision
from dossier.passages import Anchor
from dossier.services.comments import (
    answer_thread,
    edit_comment,
    open_thread,
    reopen_thread,
    resolve_thread,
    widen_audience,
    withdraw_comment,
)
from dossier.services.outline import remove_section
from dossier.services.writing import save_text
from tests.dossier.people import make_partner
from tests.factories import (
    make_comment,
    make_member,
    make_organisation,
    make_section,
    make_thread,
    make_user,
)

Role = Membership.Role
TEXT = (
    "<p>La fosse ouvrira au printemps, puis les <em>cantines</em> du bassin minier accueilleront chacun.</p>"
)


@pytest.fixture
def section():
    organisation = make_organisation(short_name="Fabrique")
    return make_section(candidacy=organisation.candidacy, organisation=organisation, body=TEXT, revision=3)


@pytest.fixture
def lead(section):
    return make_member(candidacy=section.candidacy).user


@pytest.fixture
def partner(section):
    return make_partner(organisation=section.organisation)


@pytest.fixture
def people(section, lead, partner):
    candidacy = section.candidacy
    former = make_partner(organisation=section.organisation)
    former.memberships.all().delete()
    promoted = make_partner(organisation=section.organisation)
    promoted.memberships.update(role=Role.ELECTED)
    return {
        "lead": lead,
        "team": make_member(candidacy=candidacy, role=Role.TEAM).user,
        "partner": partner,
        "neighbour": make_partner(candidacy=candidacy),
        "elected": make_member(candidacy=candidacy, role=Role.ELECTED).user,
        "observer": make_member(candidacy=candidacy, role=Role.OBSERVER).user,
        "former": former,
        "promoted": promoted,
        "stranger": make_member().user,
    }


def names(people, users):
    return {name for name, person in people.items() if person in set(users)}


def open_(section, by, **fields):
    fields.setdefault("audience", Audience.READERS)
    fields.setdefault("body", "Un mot.")
    return open_thread(section=section, by=by, **fields)


# --- Audiences --------------------------------------------------------------------------------------

STAFF = {"lead", "team"}
READERS = {
    Audience.TEAM: STAFF,
    Audience.PARTNER: {*STAFF, "partner"},
    Audience.READERS: {*STAFF, "partner"},
}


@pytest.mark.parametrize("audience", Audience)
def test_a_thread_is_read_by_its_audience_and_nobody_else(section, people, audience):
    thread = make_thread(section=section, audience=audience)

    sees = [person for person in people.values() if CommentThread.objects.visible_to(person).exists()]

    assert names(people, sees) == READERS[audience]
    assert names(people, readers_of_thread(thread)) == READERS[audience]


@pytest.mark.parametrize("audience", Audience)
def test_a_section_of_the_team_alone_is_read_by_the_team(people, section, audience):
    thread = make_thread(section=section, audience=audience)
    Section.objects.update(organisation=None)
    thread.section.refresh_from_db()

    sees = [person for person in people.values() if CommentThread.objects.visible_to(person).exists()]

    assert names(people, sees) == names(people, readers_of_thread(thread)) == STAFF


def test_a_thread_with_an_organisation_is_not_read_by_the_next_one(section, people):
    ours, everybodys = (
        make_thread(section=section, audience=audience) for audience in (Audience.PARTNER, Audience.READERS)
    )
    section.organisation = make_organisation(candidacy=section.candidacy)
    section.save()
    people |= {"next": make_partner(organisation=section.organisation)}

    for made, readers in ((ours, STAFF), (everybodys, {*STAFF, "next"})):
        thread = CommentThread.objects.get(pk=made.pk)
        sees = [p for p in people.values() if thread in CommentThread.objects.visible_to(p)]
        assert names(people, sees) == names(people, readers_of_thread(thread)) == readers


def test_a_closed_account_is_told_of_nothing(section, partner):
    User.objects.filter(pk=partner.pk).update(is_active=False)

    assert partner not in readers_of(section, Audience.READERS)


def test_each_opens_a_thread_to_an_audience_they_belong_to(section, lead, partner):
    assert audiences_open_to(lead, section) == tuple(Audience)
    assert audiences_open_to(partner, section) == (Audience.PARTNER, Audience.READERS)
    section.organisation = None
    assert audiences_open_to(lead, section) == (Audience.TEAM, Audience.READERS)


def test_a_partner_opens_no_thread_to_the_team_behind_their_own_back(section, partner):
    with pytest.raises(DomainError, match="choisissez qui le lira"):
        open_(section, partner, audience=Audience.TEAM)

    assert not CommentThread.objects.exists()


def test_widening_is_noted_and_never_undone(section, lead, partner):
    thread = open_(section, lead, audience=Audience.TEAM)

    widen_audience(thread=thread, audience=Audience.PARTNER, by=lead)
    widen_audience(thread=thread, audience=Audience.PARTNER, by=lead)

    thread.refresh_from_db()
    [event] = thread.events.all()
    assert (thread.audience, thread.organisation) == (Audience.PARTNER, section.organisation)
    assert (event.kind, event.audience, event.by) == ("widened", Audience.PARTNER, lead)
    assert thread in CommentThread.objects.visible_to(partner)
    with pytest.raises(DomainError, match="jamais à moins"):
        widen_audience(thread=thread, audience=Audience.TEAM, by=lead)
    widen_audience(thread=thread, audience=Audience.READERS, by=lead)
    assert CommentThread.objects.get().organisation is None


def test_a_partner_widens_nothing(section, partner):
    thread = open_(section, partner, audience=Audience.PARTNER)

    with pytest.raises(DomainError, match="l’équipe en décide"):
        widen_audience(thread=thread, audience=Audience.READERS, by=partner)


def test_a_thread_is_not_opened_to_an_organisation_that_is_not_there(section, lead):
    thread = open_(section, lead, audience=Audience.TEAM)
    Section.objects.update(organisation=None)

    with pytest.raises(ValidationError, match="aucune n’est responsable"):
        widen_audience(thread=thread, audience=Audience.PARTNER, by=lead)


# --- Writing ----------------------------------------------------------------------------------------


def test_a_passage_is_kept_with_its_neighbours_and_its_revision(section, lead):
    thread = open_(section, lead, anchor=Anchor("les  CANTINES du bassin"))

    assert (thread.quote, thread.revision) == ("les cantines du bassin", 3)
    assert thread.before.endswith("printemps, puis")
    assert thread.after.startswith("minier")


def test_commenting_leaves_the_text_alone(section, lead):
    before = Section.objects.values().get()

    open_(section, lead, anchor=Anchor("les cantines du bassin"))

    assert Section.objects.values().get() == before
    assert not SectionRevision.objects.exists()


def test_a_passage_that_is_not_in_the_text_is_refused(section, lead):
    with pytest.raises(DomainError, match="mot pour mot"):
        open_(section, lead, anchor=Anchor("les cantines de la mer"))


@pytest.mark.parametrize("words", ["", " \n\u00a0 "])
def test_a_comment_says_something(section, lead, words):
    with pytest.raises(DomainError, match="Écrivez votre commentaire"):
        open_(section, lead, body=words)

    assert not CommentThread.objects.exists()


def test_the_same_form_sent_twice_makes_one_comment(section, lead, partner):
    first, second = make_user().public_id, make_user().public_id

    threads = {open_(section, lead, public_id=first).pk for _ in range(2)}
    thread = CommentThread.objects.get()
    answers = {
        answer_thread(
            thread=thread, by=partner, body="Oui.", audience_seen=thread.audience, public_id=second
        ).pk
        for _ in range(2)
    }

    assert (len(threads), len(answers), Comment.objects.count()) == (1, 1, 2)


def test_the_identifier_of_somebody_elses_comment_opens_nothing(section, lead, partner):
    theirs = open_(section, lead, audience=Audience.TEAM).comments.get()

    with pytest.raises(ValidationError):
        open_(section, partner, public_id=theirs.public_id)


def test_an_answer_goes_to_the_audience_that_its_author_saw(section, lead, partner):
    thread = open_(section, lead, audience=Audience.TEAM)
    widen_audience(thread=thread, audience=Audience.READERS, by=lead)

    with pytest.raises(StaleRevisionError, match="ouvert à d’autres"):
        answer_thread(thread=thread, by=lead, body="Entre nous.", audience_seen=Audience.TEAM)

    assert thread.comments.count() == 1


def test_a_resolved_thread_takes_no_answer_until_it_is_reopened(section, lead, partner):
    thread = open_(section, partner)
    assert resolve_thread(thread=thread, by=lead)

    with pytest.raises(DomainError, match="rouvrez-le"):
        answer_thread(thread=thread, by=partner, body="Mais…", audience_seen=thread.audience)
    assert reopen_thread(thread=thread, by=partner)
    answer_thread(thread=thread, by=partner, body="Mais…", audience_seen=thread.audience)

    told = [(event.kind, event.by) for event in thread.events.order_by("pk")]
    assert told == [("resolved", lead), ("reopened", partner)]


def test_what_is_resolved_or_open_already_is_left_as_it_is(section, lead, partner):
    thread = open_(section, lead)

    assert not reopen_thread(thread=thread, by=partner)
    assert resolve_thread(thread=thread, by=lead)
    assert not resolve_thread(thread=thread, by=partner)

    assert thread.events.get().by == lead


# --- Taking back ------------------------------------------------------------------------------------


def test_ones_own_comment_is_corrected_until_somebody_answers(section, lead, partner):
    thread = open_(section, lead)
    comment = thread.comments.get()

    edit_comment(comment=comment, by=lead, body="Deux mots.")
    comment.refresh_from_db()
    assert (comment.body, comment.edited_at is not None) == ("Deux mots.", True)

    answer_thread(thread=thread, by=partner, body="Oui.", audience_seen=thread.audience)
    for deed in (
        lambda: edit_comment(comment=comment, by=lead, body="Trois mots."),
        lambda: withdraw_comment(comment=comment, by=lead),
    ):
        with pytest.raises(DomainError, match="Quelqu’un a répondu"):
            deed()
    comment.refresh_from_db()
    assert comment.body == "Deux mots."


def test_ones_own_second_comment_is_no_answer(section, lead):
    thread = open_(section, lead)
    comment = thread.comments.get()
    answer_thread(thread=thread, by=lead, body="Encore.", audience_seen=thread.audience)

    withdraw_comment(comment=comment, by=lead)

    thread.refresh_from_db()
    assert thread.is_open
    assert [c.body for c in thread.comments.in_order()] == ["", "Encore."]


def test_a_withdrawn_comment_leaves_its_place(section, lead):
    thread = open_(section, lead)

    withdraw_comment(comment=thread.comments.get(), by=lead)

    comment = thread.comments.get()
    thread.refresh_from_db()
    assert (comment.body, comment.author, comment.is_withdrawn) == ("", lead, True)
    assert thread.status == CommentThread.Status.WITHDRAWN
    assert not reopen_thread(thread=thread, by=lead)
    with pytest.raises(DomainError, match="déjà été retiré"):
        edit_comment(comment=comment, by=lead, body="Si.")


def test_an_answer_that_is_withdrawn_gives_the_comment_back_to_its_author(section, lead, partner):
    thread = open_(section, lead)
    answer = answer_thread(thread=thread, by=partner, body="Oui.", audience_seen=thread.audience)

    withdraw_comment(comment=answer, by=partner)

    assert edit_comment(comment=thread.comments.in_order().first(), by=lead, body="Mieux.").body == "Mieux."


def test_nobody_changes_the_words_of_another(section, lead, partner):
    comment = open_(section, partner).comments.get()

    for deed in (
        lambda: edit_comment(comment=comment, by=lead, body="Autre."),
        lambda: withdraw_comment(comment=comment, by=lead),
    ):
        with pytest.raises(DomainError, match="Seule la personne"):
            deed()


def test_a_commented_section_is_not_taken_off_the_outline(section, lead):
    empty = make_section(candidacy=section.candidacy)
    make_thread(section=empty)

    with pytest.raises(DomainError, match="commentée"):
        remove_section(section=empty)


def test_a_bid_is_deleted_with_its_threads_an_organisation_is_not(section):
    make_thread(section=section, audience=Audience.PARTNER)

    with pytest.raises(RestrictedError):
        section.organisation.delete()
    section.candidacy.delete()

    assert not CommentThread.objects.exists()


# --- An account that is removed ---------------------------------------------------------------------


def test_the_words_and_the_name_outlive_the_account(section, lead):
    author = make_member(
        candidacy=section.candidacy, user=make_user(first_name="Inès", last_name="Morel")
    ).user
    nameless = make_member(candidacy=section.candidacy, user=make_user(first_name="", last_name="")).user
    thread = open_(section, author, body="À garder.", told=[nameless])
    answer_thread(thread=thread, by=nameless, body="Aussi.", audience_seen=thread.audience)
    resolve_thread(thread=thread, by=author)

    author.delete()
    address = nameless.email
    nameless.delete()

    [view] = read_discussion(section, lead, shown="tous").threads
    told = [(entry.comment or entry.event).who for entry in view.entries]
    assert told == ["Inès Morel (compte supprimé)", "compte supprimé", "Inès Morel (compte supprimé)"]
    assert [entry.comment.body for entry in view.entries[:2]] == ["À garder.", "Aussi."]
    assert address not in str(list(Comment.objects.values()))


# --- Reading ----------------------------------------------------------------------------------------


def test_threads_are_read_in_the_order_of_their_passages(section, lead):
    late = open_(section, lead, anchor=Anchor("bassin minier"))
    whole = open_(section, lead)
    early = open_(section, lead, anchor=Anchor("La fosse ouvrira"))

    discussion = read_discussion(section, lead)

    assert [view.thread for view in discussion.threads] == [early, late, whole]
    assert [view.number for view in discussion.threads] == [1, 2, 3]
    assert discussion.text.count("<mark") == 2
    assert [count for _value, _label, count in discussion.choices] == [3, 0, 3]


def test_a_passage_is_followed_into_the_next_revisions_and_said_to_be_gone(section, lead):
    thread = open_(section, lead, anchor=Anchor("les cantines du bassin minier accueilleront"))

    def read(body):
        current = Section.objects.get()
        save_text(section=current, body=body, expected_revision=current.revision, by=lead)
        [view] = read_discussion(Section.objects.get(), lead).threads
        return view

    moved = read(f"<h2>Avant</h2><p>Un ajout.</p>{TEXT}")
    corrected = read(TEXT.replace("accueilleront", "accueillent déjà"))
    gone = read("<p>Un tout autre texte.</p>")

    assert (moved.is_gone, moved.place.is_changed) == (False, False)
    assert (gone.is_gone, gone.thread.quote) == (True, thread.quote)
    assert (corrected.is_gone, corrected.place.is_changed) == (False, True)


def test_the_filter_shows_what_is_asked(section, lead):
    opened, resolved, withdrawn = (open_(section, lead, body=str(n)) for n in range(3))
    resolve_thread(thread=resolved, by=lead)
    withdraw_comment(comment=withdrawn.comments.get(), by=lead)

    def shown(asked):
        return [view.thread for view in read_discussion(section, lead, shown=asked).threads]

    assert shown("ouverts") == shown("n’importe quoi") == [opened]
    assert shown("resolus") == [resolved]
    assert shown("tous") == [opened, resolved, withdrawn]


def test_a_partner_reads_neither_the_words_nor_the_number_nor_the_mark_of_the_team(section, lead, partner):
    open_(section, lead, audience=Audience.TEAM, anchor=Anchor("bassin minier"), body="Entre nous.")

    discussion = read_discussion(section, partner, shown="tous")

    assert (discussion.threads, discussion.count, discussion.open_count) == ((), 0, 0)
    assert "<mark" not in discussion.text


# --- What the database holds ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("commentthread_context_needs_quote", {"quote": "", "before": "avant"}),
        ("commentthread_organisation_iff_partner", {"audience": "partner"}),
    ],
)
def test_the_database_keeps_threads_right(section, constraint, wrong):
    thread = make_thread(section=section)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CommentThread.objects.filter(pk=thread.pk).update(**wrong)


def test_the_database_keeps_comments_and_events_right(section):
    comment = make_comment(thread=make_thread(section=section))

    with pytest.raises(IntegrityError, match="comment_empty_iff_withdrawn"), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(body="")
    with pytest.raises(IntegrityError, match="threadevent_audience_iff_widened"), transaction.atomic():
        comment.thread.events.create(kind="widened")
