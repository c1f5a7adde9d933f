"""What the histories of a section tell: never changed, by a model or by SQL, and gone with their section alone."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.errors import DomainError
from dossier.models import DueDateChange, SectionRevision, StateChange
from tests.factories import make_section, make_user


def revision():
    return SectionRevision.objects.create(
        section=make_section(), number=1, body="<p>Dit.</p>", saved_by=make_user()
    )


def state_change():
    return StateChange.objects.create(
        section=make_section(), source="writing", target="in_review", reason="Prêt.", moved_by=make_user()
    )


def due_change(new_on=date(2030, 2, 1)):
    return DueDateChange.objects.create(
        section=make_section(),
        former_on=date(2030, 1, 1),
        new_on=new_on,
        reason="Le COPIL est reporté.",
        changed_by=make_user(),
    )


def due_date_taken_away():
    return due_change(new_on=None)


HISTORIES = (revision, state_change, due_change)
#: What it is, and what would make it tell another story.
LIES = [
    (revision, {"body": "<p>Autre.</p>"}),
    (revision, {"number": 2}),
    (state_change, {"source": "ordered"}),
    (state_change, {"target": "validated"}),
    (state_change, {"reason": "Autre."}),
    (due_change, {"former_on": date(2029, 1, 1)}),
    (due_change, {"new_on": date(2031, 1, 1)}),
    (due_change, {"new_on": None}),
    (due_date_taken_away, {"new_on": date(2031, 1, 1)}),
    (due_change, {"reason": "Autre."}),
    (due_change, {"changed_at": timezone.now()}),
]


@pytest.mark.parametrize(("make", "lie"), LIES)
def test_the_application_changes_no_history(make, lie):
    row = make()
    rows = type(row).objects.filter(pk=row.pk)
    for name, value in lie.items():
        setattr(row, name, value)

    for change in (row.save, lambda: rows.update(**lie), lambda: rows.bulk_update([row], list(lie))):
        with pytest.raises(DomainError, match="L’historique d’une section ne se modifie plus"):
            change()


@pytest.mark.parametrize("make", HISTORIES)
def test_no_history_is_written_over_by_adding_to_it(make):
    row = make()
    twin = type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})

    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    with pytest.raises(DomainError):
        type(row).objects.bulk_create(
            [twin], update_conflicts=True, unique_fields=["id"], update_fields=["section"]
        )


@pytest.mark.parametrize(("make", "lie"), LIES)
def test_the_database_changes_no_history(make, lie):
    row = make()
    said = "a (revision|change of state|change of the due date) of a section does not change"

    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        QuerySet(type(row)).filter(pk=row.pk).update(**lie)
    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        QuerySet(type(row)).filter(pk=row.pk).update(section=make_section())


@pytest.mark.parametrize(
    ("make", "signature"), [(revision, "saved_by"), (state_change, "moved_by"), (due_change, "changed_by")]
)
def test_whoever_signed_may_be_removed_and_a_section_takes_its_histories_along(make, signature):
    row = make()

    getattr(row, signature).delete()
    row.refresh_from_db()
    assert getattr(row, signature) is None

    row.section.delete()
    connection.check_constraints()
    assert not type(row).objects.exists()
