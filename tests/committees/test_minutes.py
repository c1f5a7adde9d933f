"""The texts of the minutes: who begins them, what is kept, what is never overwritten."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from committees.models import Meeting, MinutesDraft
from committees.ready_phrases import phrases_for
from committees.services.agenda import remove_agenda_item
from committees.services.approval import approve_minutes
from committees.services.minutes import (
    MAX_BODY_CHARACTERS,
    ApprovedMinutesError,
    begin_minutes,
    discard_minutes_draft,
    save_minutes_draft,
    save_minutes_text,
)
from core.drafts import Seat
from core.errors import DomainError, StaleRevisionError
from tests.factories import (
    make_agenda_item,
    make_contact,
    make_held_meeting,
    make_invitation,
    make_meeting,
    make_member,
    make_minutes,
    make_minutes_text,
    make_sent_minutes,
    make_user,
)


def save(text, body, *, by=None, revision=0, **seat):
    return save_minutes_text(text=text, body=body, expected_revision=revision, by=by or make_user(), **seat)


def test_minutes_have_a_text_for_each_item_one_before_and_one_after():
    meeting = make_held_meeting()
    item = make_agenda_item(meeting=meeting)

    minutes = begin_minutes(meeting=meeting)

    assert {(text.place, text.agenda_item) for text in minutes.texts.all()} == {
        ("opening", None),
        ("item", item),
        ("closing", None),
    }


def test_beginning_again_adds_what_came_onto_the_agenda_and_keeps_what_is_written():
    meeting = make_held_meeting()
    minutes = begin_minutes(meeting=meeting)
    make_minutes_text(minutes=minutes, body="<p>Écrit</p>")
    make_agenda_item(meeting=meeting)

    assert begin_minutes(meeting=meeting) == minutes
    assert sorted(minutes.texts.values_list("place", "body")) == [
        ("closing", ""),
        ("item", ""),
        ("opening", "<p>Écrit</p>"),
    ]


@pytest.mark.parametrize("status", [Meeting.Status.DRAFT, Meeting.Status.CONVENED, Meeting.Status.CANCELLED])
def test_a_meeting_that_is_not_open_has_no_minutes(status):
    meeting = make_meeting(status=status, starts_at=timezone.now() + timedelta(hours=1))

    with pytest.raises(DomainError, match="ouverture"):
        begin_minutes(meeting=meeting)


def test_an_item_with_a_text_stays_on_the_agenda():
    meeting = make_meeting(status="convened", starts_at=timezone.now() - timedelta(hours=1))
    item = make_agenda_item(meeting=meeting)
    begin_minutes(meeting=meeting)

    with pytest.raises(DomainError, match="compte rendu"):
        remove_agenda_item(item=item)


def test_a_text_is_saved_clean_as_its_next_revision():
    text, writer = make_minutes_text(), make_user()

    save(text, "<h2>Titre</h2><p>Dit</p><script>x</script>", by=writer)

    text.refresh_from_db()
    assert (text.body, text.revision) == ("<p><strong>Titre</strong></p><p>Dit</p>", 1)
    revision = text.revisions.get()
    assert (revision.number, revision.body, revision.saved_by) == (1, text.body, writer)


def test_a_text_written_on_an_older_revision_overwrites_nothing():
    text = make_minutes_text()
    save(text, "<p>Le premier</p>")

    with pytest.raises(StaleRevisionError):
        save(text, "<p>Le second</p>")

    text.refresh_from_db()
    assert (text.body, text.revisions.count()) == ("<p>Le premier</p>", 1)


def test_the_same_words_again_are_no_conflict_and_no_revision():
    text = make_minutes_text()
    for _ in range(2):
        save(text, "<p>Dit</p>")

    text.refresh_from_db()
    assert (text.revision, text.revisions.count()) == (1, 1)


def test_a_text_beyond_measure_is_refused():
    with pytest.raises(DomainError, match="trop long"):
        save(make_minutes_text(), f"<p>{'x' * MAX_BODY_CHARACTERS}</p>")


def test_a_text_far_too_long_is_refused_before_it_is_cleaned(monkeypatch):
    monkeypatch.setattr("committees.services.minutes.sanitise_simply", lambda body: pytest.fail("cleaned"))

    with pytest.raises(DomainError, match="trop long"):
        save(make_minutes_text(), "<i></i>" * MAX_BODY_CHARACTERS * 2)


def test_a_draft_is_one_persons_and_ends_when_its_text_is_saved():
    text, seat = make_minutes_text(), Seat(window=uuid4())
    writer = make_member(candidacy=text.minutes.meeting.committee.candidacy).user
    for author in (writer, make_user()):
        save_minutes_draft(text=text, author=author, body="<p>Tapé</p>", base_revision=0, seat=seat)
    assert MinutesDraft.objects.visible_to(writer).get().author == writer

    save(text, "<p>Tapé</p>", by=writer, seat=seat)

    assert not MinutesDraft.objects.filter(author=writer).exists()
    assert MinutesDraft.objects.count() == 1


def test_a_draft_that_another_window_wrote_is_not_overwritten():
    text, writer = make_minutes_text(), make_user()
    save_minutes_draft(
        text=text, author=writer, body="<p>Ici</p>", base_revision=0, seat=Seat(window=uuid4())
    )

    with pytest.raises(StaleRevisionError, match="autre fenêtre"):
        save_minutes_draft(
            text=text, author=writer, body="<p>Là</p>", base_revision=0, seat=Seat(window=uuid4())
        )
    assert discard_minutes_draft(text=text, author=writer)
    assert not discard_minutes_draft(text=text, author=writer)


def test_two_windows_with_the_same_words_are_at_one_and_the_next_word_is_told_apart():
    text, author = make_minutes_text(), make_user()
    here, there = Seat(window=uuid4()), Seat(window=uuid4())
    fields = {"text": text, "author": author, "base_revision": 0}
    first = save_minutes_draft(body="<p>Tapé</p>", seat=here, **fields)

    # The page that is left and the one that comes after it, which found the words in the browser.
    second = save_minutes_draft(body="<p>Tapé</p>", seat=there, **fields)
    assert (second.token, second.window) == (first.token, here.window)
    third = save_minutes_draft(
        body="<p>Tapé ensuite</p>", seat=Seat(window=there.window, seen=second.token), **fields
    )

    assert third.window == there.window
    with pytest.raises(StaleRevisionError):
        save_minutes_draft(body="<p>Tapé</p>", seat=here, **fields)


def test_no_draft_is_kept_in_approved_minutes_and_one_that_was_there_stays():
    minutes = make_sent_minutes()
    text, writer, seat = minutes.texts.first(), make_user(), Seat(window=uuid4())
    said = {"text": text, "author": writer, "base_revision": 1, "seat": seat}
    save_minutes_draft(**said, body="<p>Avant</p>")
    approve_minutes(minutes=minutes, by=make_user())

    for author in (writer, make_user()):
        with pytest.raises(ApprovedMinutesError, match="ne se modifie plus"):
            save_minutes_draft(**{**said, "author": author}, body="<p>Après</p>")

    assert MinutesDraft.objects.get().body == "<p>Avant</p>"


def test_ready_phrases_carry_the_hours_and_names_of_the_meeting():
    meeting = make_held_meeting()
    chair = make_contact(candidacy=meeting.committee.candidacy, first_name="Mathilde", last_name="Caron")
    make_invitation(meeting=meeting, contact=chair, quality="chair")
    make_invitation(meeting=meeting, is_voting=True, attendance="present")
    make_agenda_item(meeting=meeting, rapporteur="Anne Vasseur")
    texts = {text.place: text for text in make_minutes(meeting=meeting).texts.all()}

    said = {place: " ".join(one.text for one in phrases_for(text, meeting)) for place, text in texts.items()}

    assert "par Mathilde Caron." in said["opening"]
    assert "Anne Vasseur présente" in said["item"]
    assert "sur 1 voix" in said["item"]
    assert "la séance est levée à" in said["closing"]
