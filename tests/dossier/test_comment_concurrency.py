"""Two people at one thread in the same instant."""

import pytest

from dossier.models import Audience, Comment, CommentThread
from dossier.services.comments import answer_thread, open_thread, resolve_thread, widen_audience
from tests.dossier.test_concurrency import run_together
from tests.factories import make_member, make_section, make_thread, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_ten_who_resolve_at_once_one_did():
    thread, people = make_thread(), [make_user() for _ in range(10)]

    answers = run_together(*(lambda by=by: resolve_thread(thread=thread, by=by) for by in people))

    assert sorted(answers) == [False] * 9 + [True]
    assert thread.events.get().by == people[answers.index(True)]
    thread.refresh_from_db()
    assert thread.is_resolved


def test_a_double_click_makes_one_thread():
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    public_id = make_user().public_id

    def publish():
        return open_thread(
            section=section, by=lead.user, audience=Audience.READERS, body="Un mot.", public_id=public_id
        ).pk

    answers = run_together(publish, publish)

    assert len(set(answers)) == 1
    assert (CommentThread.objects.count(), Comment.objects.count()) == (1, 1)


def test_an_answer_to_the_team_never_lands_in_a_thread_that_was_just_widened():
    lead = make_member()
    thread = make_thread(section=make_section(candidacy=lead.candidacy), audience=Audience.TEAM)

    _widened, answered = run_together(
        lambda: widen_audience(thread=thread, audience=Audience.READERS, by=lead.user),
        lambda: answer_thread(thread=thread, by=lead.user, body="Entre nous.", audience_seen=Audience.TEAM),
    )

    # Either the answer came first, and the widening showed it knowingly, or it was refused.
    event = thread.events.get()
    later = thread.comments.filter(body="Entre nous.", written_at__gt=event.at)
    assert not later.exists()
    assert isinstance(answered, Exception | Comment)
