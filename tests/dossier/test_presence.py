"""Who else writes: told to whoever has the editor open, in the way of nobody, gone by itself."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dossier.models import Section, SectionPresence
from dossier.models.presence import SILENCE
from dossier.services.presence import end_presence, note_presence
from tests.factories import make_member, make_section, make_user

START = datetime(2028, 3, 14, 9, 2, tzinfo=timezone.get_fixed_timezone(0))


@pytest.fixture
def section():
    return make_section()


def url(name, section):
    return reverse(f"dossier:{name}", args=[section.candidacy.slug, section.public_id])


def others(section, user):
    return [presence.user for presence in SectionPresence.objects.others_in(section, user)]


def test_others_are_told_and_never_oneself(section):
    camille, samir = make_user(), make_user()
    note_presence(section=section, user=camille)
    note_presence(section=section, user=samir)
    note_presence(section=make_section(), user=make_user())

    assert others(section, camille) == [samir]
    assert others(section, samir) == [camille]


def test_half_a_minute_costs_one_write_however_many_windows(section):
    user = make_user()

    def writes():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            note_presence(section=section, user=user)
        return [query for query in queries if query["sql"].startswith(("UPDATE", "INSERT"))]

    with time_machine.travel(START, tick=False) as clock:
        assert len(writes()) == 1
        assert writes() == []
        clock.shift(timedelta(seconds=20))
        assert writes() == []
        clock.shift(timedelta(seconds=10))
        assert len(writes()) == 1
        assert writes() == []


def test_somebody_who_falls_silent_disappears_and_begins_anew(section):
    user, reader = make_user(), make_user()
    with time_machine.travel(START, tick=False) as clock:
        note_presence(section=section, user=user)
        clock.shift(timedelta(seconds=60))
        note_presence(section=section, user=user)
        assert SectionPresence.objects.get().since == START

        clock.shift(SILENCE)
        assert others(section, reader) == []

        note_presence(section=section, user=user)
        assert SectionPresence.objects.get().since == timezone.now()


def test_traces_of_the_silent_are_swept_when_somebody_comes(section):
    with time_machine.travel(START, tick=False) as clock:
        note_presence(section=section, user=make_user())
        clock.shift(timedelta(minutes=5))
        note_presence(section=section, user=make_user())

    assert SectionPresence.objects.count() == 1


def test_leaving_ends_it(section):
    user = make_user()
    note_presence(section=section, user=user)

    end_presence(section=section, user=user)

    assert not SectionPresence.objects.exists()


def test_the_editor_says_since_when_and_lets_both_write(client, section):
    camille = make_user(first_name="Camille", last_name="Durand")
    writers = [make_member(candidacy=section.candidacy, user=camille).user]
    writers.append(make_member(candidacy=section.candidacy).user)
    with time_machine.travel(START, tick=False):
        client.force_login(camille)
        client.post(url("section-presence", section))
        client.force_login(writers[1])
        page = client.get(url("section-edit", section))
        answer = client.post(url("section-presence", section)).json()

    told = "Camille Durand écrit depuis 10\u00a0h\u00a002"
    assert told in page.text
    assert answer == {"others": [told]}
    client.post(url("section-edit", section), {"body": "<p>Écrit</p>", "revision": 0})
    section.refresh_from_db()
    assert section.body == "<p>Écrit</p>"


def test_closing_the_editor_is_told_by_the_browser(client, section):
    lead = make_member(candidacy=section.candidacy).user
    client.force_login(lead)
    client.post(url("section-presence", section))

    client.post(url("section-presence", section), {"leaves": "1"})

    assert not SectionPresence.objects.exists()
    assert Section.objects.filter(pk=section.pk).exists()


@pytest.mark.parametrize("count", [3, 30])
def test_telling_costs_the_same_for_any_number_of_writers(client, section, count, django_assert_num_queries):
    lead = make_member(candidacy=section.candidacy).user
    for _ in range(count):
        note_presence(section=section, user=make_user())
    client.force_login(lead)
    client.post(url("section-presence", section))

    # Session, user, memberships; section, criteria; own presence, the others.
    with django_assert_num_queries(7):
        client.post(url("section-presence", section))
    with django_assert_num_queries(13):
        client.get(url("section-edit", section))
