"""What partner assemblies are asked to vote, and what is kept of it."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone

from candidacy.models import Membership
from core.errors import DomainError, StaleRevisionError
from core.staleness import fingerprint
from partners.models import Deliberation, Sitting
from partners.services.deliberations import (
    change_deliberation,
    change_sitting,
    create_deliberation,
    create_sitting,
    remove_deliberation,
    remove_sitting,
)
from partners.services.organisations import remove_organisation
from tests.factories import (
    make_candidacy,
    make_contact,
    make_deliberation,
    make_member,
    make_organisation,
    make_sitting,
)

Role = Membership.Role
Status = Deliberation.Status

HELD_ON = date(2026, 3, 12)
VOTE = {"status": Status.ADOPTED, "votes_for": 28, "votes_against": 2, "abstentions": 3}


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def act(text="un"):
    return ContentFile(b"%PDF-1.7 " + text.encode(), name="Délibération signée.pdf")


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# --- sittings ----------------------------------------------------------------------------------------


def test_a_sitting_belongs_to_the_candidacy_of_its_organisation_and_is_made_once():
    organisation = make_organisation()
    fields = {"assembly": "municipal", "held_on": HELD_ON, "agenda_closes_on": HELD_ON}
    public_id = uuid.uuid4()

    rows = [create_sitting(organisation=organisation, fields=fields, public_id=public_id) for _ in range(2)]

    assert rows[0] == rows[1]
    assert Sitting.objects.get().candidacy == organisation.candidacy
    with pytest.raises(ValidationError, match="déjà notée"):
        create_sitting(organisation=organisation, fields=fields)
    create_sitting(organisation=organisation, fields=fields | {"assembly": "bureau"})


def test_an_agenda_does_not_close_after_its_sitting():
    sitting = make_sitting(held_on=HELD_ON)

    with pytest.raises(ValidationError, match="au plus tard le jour de la séance"):
        change_sitting(sitting=sitting, fields={"agenda_closes_on": HELD_ON + timedelta(days=1)})


def test_a_sitting_that_voted_stays_where_its_votes_leave_it():
    sitting = make_sitting(held_on=HELD_ON)
    make_deliberation(sitting=sitting, status=Status.ADOPTED, transmitted_on=HELD_ON + timedelta(days=2))

    change_sitting(sitting=sitting, fields={"held_on": HELD_ON + timedelta(days=1)})
    with pytest.raises(DomainError, match="transmise avant"):
        change_sitting(sitting=sitting, fields={"held_on": HELD_ON + timedelta(days=3)})
    with pytest.raises(DomainError, match="ne peut être à venir"):
        change_sitting(
            sitting=sitting,
            fields={"held_on": timezone.localdate() + timedelta(days=1)},
        )


def test_a_sitting_noted_by_mistake_goes_and_one_that_is_needed_stays():
    sitting = make_sitting()
    deliberation = make_deliberation(sitting=sitting)

    with pytest.raises(DomainError, match="1 délibération"):
        remove_sitting(sitting=sitting)

    change_deliberation(deliberation=deliberation, fields={"sitting": None})
    remove_sitting(sitting=sitting)
    assert not Sitting.objects.exists()


# --- deliberations -----------------------------------------------------------------------------------


def test_a_deliberation_belongs_to_the_candidacy_of_its_organisation_and_is_made_once(tmp_path):
    organisation = make_organisation()
    public_id = uuid.uuid4()

    rows = [
        create_deliberation(
            organisation=organisation, fields={"title": "Soutien"}, file=act(), public_id=public_id
        )
        for _ in range(2)
    ]

    assert rows[0] == rows[1]
    assert Deliberation.objects.get().candidacy == organisation.candidacy
    assert len(files_in(tmp_path)) == 1


def test_a_vote_is_kept_with_its_count_its_number_and_its_history():
    sitting = make_sitting(held_on=HELD_ON)
    deliberation = make_deliberation(sitting=sitting, status=Status.SCHEDULED)

    change_deliberation(
        deliberation=deliberation,
        fields=VOTE | {"act_number": "2026-03-12/07", "transmitted_on": HELD_ON + timedelta(days=4)},
    )

    deliberation.refresh_from_db()
    assert deliberation.is_voted
    assert (deliberation.votes_for, deliberation.votes_against, deliberation.abstentions) == (28, 2, 3)
    assert [record.status for record in deliberation.history.all()] == ["adopted", "scheduled"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": Status.ADOPTED, "sitting": None}, "à quelle séance"),
        ({"status": Status.SCHEDULED, "sitting": None}, "à quelle séance"),
        ({"votes_for": 3}, "une fois le vote tenu"),
        ({"act_number": "12"}, "une fois le vote tenu"),
        ({"transmitted_on": HELD_ON}, "une fois votée"),
        (VOTE | {"transmitted_on": HELD_ON - timedelta(days=1)}, "avant la séance"),
    ],
)
def test_what_cannot_be_is_refused_and_says_why(fields, words):
    deliberation = make_deliberation(sitting=make_sitting(held_on=HELD_ON))

    with pytest.raises(ValidationError, match=words):
        change_deliberation(deliberation=deliberation, fields=fields)

    deliberation.refresh_from_db()
    assert deliberation.status == Status.TO_SCHEDULE


def test_the_sitting_of_another_organisation_is_refused():
    deliberation = make_deliberation()

    with pytest.raises(ValidationError, match="autre structure"):
        change_deliberation(
            deliberation=deliberation,
            fields={"sitting": make_sitting(candidacy=deliberation.candidacy)},
        )


def test_a_vote_to_come_is_not_noted_and_leaves_no_file(tmp_path):
    candidacy = make_candidacy(time_zone="Pacific/Noumea")
    tomorrow = timezone.localdate(timezone=candidacy.zone) + timedelta(days=1)
    sitting = make_sitting(candidacy=candidacy, held_on=tomorrow)
    deliberation = make_deliberation(sitting=sitting, status=Status.SCHEDULED)

    with pytest.raises(DomainError, match="quand elle a eu lieu"):
        change_deliberation(deliberation=deliberation, fields=VOTE, file=act())
    with pytest.raises(DomainError, match="quand elle a eu lieu"):
        create_deliberation(
            organisation=sitting.organisation, fields=VOTE | {"title": "Convention", "sitting": sitting}
        )

    assert files_in(tmp_path) == []
    assert Deliberation.objects.get().status == Status.SCHEDULED


def test_a_deliberation_made_by_mistake_goes_with_its_file(tmp_path, django_capture_on_commit_callbacks):
    deliberation = make_deliberation(file=act())
    assert len(files_in(tmp_path)) == 1

    with django_capture_on_commit_callbacks(execute=True):
        remove_deliberation(deliberation=deliberation)

    assert not Deliberation.objects.exists()
    assert files_in(tmp_path) == []


def test_an_organisation_that_deliberates_is_not_removed():
    deliberation = make_deliberation(sitting=make_sitting())

    with pytest.raises(DomainError, match="1 séance d’assemblée et 1 délibération"):
        remove_organisation(organisation=deliberation.organisation)


def test_a_candidacy_goes_with_its_deliberations():
    deliberation = make_deliberation(sitting=make_sitting())

    deliberation.candidacy.delete()

    assert not Deliberation.objects.exists()
    assert not Sitting.objects.exists()


# --- the signed act ----------------------------------------------------------------------------------


def seen_of(deliberation):
    return fingerprint(deliberation, ["title", "file"])


def test_the_act_replaces_the_former_one(tmp_path, django_capture_on_commit_callbacks):
    deliberation = make_deliberation()
    fields = {"title": deliberation.title}

    for text in ("un", "deux", "deux"):
        with django_capture_on_commit_callbacks(execute=True):
            deliberation = change_deliberation(
                deliberation=deliberation, fields=fields, file=act(text), seen=seen_of(deliberation)
            )

    deliberation.refresh_from_db()
    assert deliberation.file.read() == b"%PDF-1.7 deux"
    deliberation.file.close()
    assert len(files_in(tmp_path)) == 1


def test_the_same_act_sent_twice_is_no_conflict(tmp_path):
    deliberation = make_deliberation()
    seen, fields = seen_of(deliberation), {"title": "Soutien"}

    for _ in range(2):
        change_deliberation(deliberation=deliberation, fields=fields, file=act(), seen=seen)

    assert len(files_in(tmp_path)) == 1


def test_an_act_that_one_has_not_seen_is_not_replaced(tmp_path):
    deliberation = make_deliberation()
    seen, fields = seen_of(deliberation), {"title": deliberation.title}
    change_deliberation(deliberation=deliberation, fields=fields, file=act("le leur"), seen=seen)

    with pytest.raises(StaleRevisionError):
        change_deliberation(deliberation=deliberation, fields=fields, file=act("le mien"), seen=seen)

    assert len(files_in(tmp_path)) == 1


# --- who sees them -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.LEAD, {"own", "other"}),
        (Role.TEAM, {"own", "other"}),
        (Role.PARTNER, {"own"}),
        (Role.ELECTED, set()),
        (Role.OBSERVER, set()),
    ],
)
def test_staff_see_all_a_partner_their_own_and_nobody_else_any(role, sees):
    member = make_member(role=role)
    contact = make_contact(candidacy=member.candidacy, user=member.user)
    own = make_sitting(organisation=contact.organisation)
    other = make_sitting(candidacy=member.candidacy)
    make_deliberation(sitting=make_sitting())
    make_deliberation(sitting=own, title="own")
    make_deliberation(sitting=other, title="other")

    assert set(Deliberation.objects.visible_to(member.user).values_list("title", flat=True)) == sees
    assert Sitting.objects.visible_to(member.user).count() == len(sees)
