"""What a section proves: announced, found there, and what each change does to it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import DomainError, StaleRevisionError
from core.staleness import fingerprint
from dossier.models import Proof, Section
from dossier.services.outline import Contract, change_contract
from dossier.services.proofs import (
    add_proof,
    answer_criteria,
    change_proof,
    remove_proof,
    reopen_proof,
    validate_proof,
)
from tests.factories import make_criterion, make_proof, make_section, make_user

Kind = Proof.Kind


def make_written_section(**fields):
    return make_section(body="<p>Quarante-deux classes.</p>", **fields)


def test_a_proof_is_announced_and_remains_to_be_brought():
    section = make_written_section()
    criterion = make_criterion(candidacy=section.candidacy)

    proof = add_proof(section=section, criterion=criterion, kind=Kind.FIGURE, note="42 classes")

    proof.refresh_from_db()
    assert (proof.kind, proof.note, proof.is_brought) == (Kind.FIGURE, "42 classes", False)
    assert str(proof.state_label) == "à apporter"


def test_one_section_proves_a_criterion_in_several_kinds_each_once():
    proof = make_proof(kind=Kind.ARGUMENT)

    add_proof(section=proof.section, criterion=proof.criterion, kind=Kind.LETTER)
    with pytest.raises(ValidationError, match="déjà une preuve de cette nature"):
        add_proof(section=proof.section, criterion=proof.criterion, kind=Kind.LETTER)

    assert proof.section.proofs.count() == 2


def test_the_database_refuses_a_second_proof_of_one_kind_and_a_validation_without_its_hour():
    proof = make_proof()

    with pytest.raises(IntegrityError, match=r"proof_kind_once|UNIQUE"), transaction.atomic():
        make_proof(section=proof.section, criterion=proof.criterion)
    with pytest.raises(IntegrityError, match="proof_validated_at_some_time"), transaction.atomic():
        Proof.objects.filter(pk=proof.pk).update(validated_by=make_user())


def test_a_section_proves_nothing_to_a_criterion_of_another_candidacy():
    with pytest.raises(DomainError, match="pas de cet appel"):
        add_proof(section=make_section(), criterion=make_criterion())


def test_the_validation_says_who_and_when_and_the_first_to_say_it_stays():
    proof, first, second = make_proof(section=make_written_section()), make_user(), make_user()

    said = validate_proof(proof=proof, by=first).validated_at
    again = validate_proof(proof=proof, by=second)

    assert (again.validated_by, again.validated_at) == (first, said)
    assert again.is_brought


def test_nothing_is_found_in_a_section_where_nothing_is_written():
    proof = make_proof()

    with pytest.raises(DomainError, match="Rien n’est écrit"):
        validate_proof(proof=proof, by=make_user())

    proof.refresh_from_db()
    assert not proof.is_brought


def test_a_chapter_of_live_data_proves_without_a_text():
    proof = make_proof(section=make_section(kind=Section.Kind.FUNDING_PLAN), kind=Kind.FUNDING_LINE)

    assert validate_proof(proof=proof, by=make_user()).is_brought


def test_reopening_takes_the_name_and_the_hour_away():
    proof = make_proof(validated_at=timezone.now(), validated_by=make_user())

    reopened = reopen_proof(proof=proof)

    assert (reopened.validated_at, reopened.validated_by) == (None, None)


def test_a_proof_that_changes_is_to_be_brought_again():
    proof = make_proof(note="42 classes", validated_at=timezone.now(), validated_by=make_user())

    kept = change_proof(proof=proof, fields={"note": "42 classes"})
    assert kept.is_brought

    changed = change_proof(proof=proof, fields={"note": "60 classes"})
    changed.refresh_from_db()
    assert (changed.note, changed.validated_at, changed.validated_by) == ("60 classes", None, None)


def test_two_people_do_not_overwrite_each_other():
    proof = make_proof(note="a")
    seen = fingerprint(proof, ["note"])
    change_proof(proof=proof, fields={"note": "b"}, seen=seen)

    with pytest.raises(StaleRevisionError):
        change_proof(proof=proof, fields={"note": "c"}, seen=seen)


def test_a_proof_is_removed_and_the_text_stays():
    proof = make_proof(section=make_written_section())

    remove_proof(proof=proof)

    assert not Proof.objects.exists()
    assert Section.objects.get().body


def test_the_contract_expects_an_argument_for_each_criterion_and_keeps_the_other_proofs():
    section = make_section()
    kept, left, new = (make_criterion(candidacy=section.candidacy) for _ in range(3))
    letter = make_proof(section=section, criterion=kept, kind=Kind.LETTER, note="Lettre du maire")
    make_proof(section=section, criterion=left)

    change_contract(section=section, contract=Contract(title="Vision", criteria=[kept, new]))

    found = {(proof.criterion, proof.kind, proof.note) for proof in section.proofs.all()}
    assert found == {(kept, Kind.LETTER, "Lettre du maire"), (new, Kind.ARGUMENT, "")}
    assert section.proofs.get(criterion=kept) == letter


def test_the_contract_never_drops_a_validated_proof():
    proof = make_proof(validated_at=timezone.now())

    with pytest.raises(DomainError, match="rouvrez-la ou retirez-la"):
        answer_criteria(section=proof.section, criteria=[])

    assert proof.section.proofs.exists()
