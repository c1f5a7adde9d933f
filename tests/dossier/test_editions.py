"""Editions: frozen by value, numbered without gaps, printed once, brought to their deposit, never altered after it."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from pypdf import PdfReader

from candidacy.models import Membership
from committees.models import Meeting
from core.errors import DomainError
from dossier import building, rendering
from dossier.assembly import read_dossier
from dossier.deposit import CONDITIONS
from dossier.models import (
    DepositOverride,
    DossierExport,
    Edition,
    EditionFile,
    EditionPublication,
    Proof,
    Section,
)
from dossier.services.editions import (
    deposit_edition,
    freeze_edition,
    print_version,
    publish_edition,
    submit_edition,
    withdraw_edition,
)
from dossier.snapshots import read_snapshot, take_snapshot
from partners.models import Contact, Organisation
from tests.dossier.test_exports import make_rendered
from tests.factories import (
    make_candidacy,
    make_committee,
    make_contact,
    make_criterion,
    make_edition,
    make_edition_file,
    make_expense_line,
    make_export,
    make_income_line,
    make_indicator,
    make_live_figure,
    make_meeting,
    make_member,
    make_objective,
    make_organisation,
    make_phase,
    make_picture,
    make_plan,
    make_proof,
    make_published_edition,
    make_seat,
    make_section,
    make_user,
)

Status = Edition.Status
Variant = EditionFile.Variant


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """One store of painted pieces for the module: what does not change is painted once."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(autouse=True)
def _keep_painted_pieces(settings, kept):
    settings.CACHE_DIR = kept


def make_bid():
    """Make a candidacy with something of everything that an edition freezes."""
    candidacy = make_candidacy(title="Remonter au jour", bearer_name="Ville de Lens")
    chapter = make_section(candidacy=candidacy, key="projet", title="Le projet", body="<p>Ouverture.</p>")
    picture = make_picture(candidacy=candidacy, caption="Le terril")
    source = f"/c/{candidacy.slug}/dossier/images/{picture.public_id}/"
    figure = make_live_figure(candidacy=candidacy, label="Lits", value=Decimal("1200.5"), unit="lits")
    make_section(
        candidacy=candidacy,
        parent=chapter,
        key="vision",
        title="La vision",
        body=f'<p>Le texte figé.</p><p><span data-live-figure="{figure.public_id}"></span>,'
        f' voir <span data-section="{chapter.public_id}"></span>.</p><figure><img src="{source}" alt=""><figcaption></figcaption></figure>',
    )
    for kind in ("funding_plan", "partners", "governance", "calendar", "criteria"):
        make_section(candidacy=candidacy, parent=chapter, key=kind.replace("_", "-"), kind=kind)
    criterion = make_criterion(candidacy=candidacy, code="A1", title="Ancrage")
    make_proof(section=chapter, criterion=criterion, kind="action", validated_at=timezone.now())
    make_objective(criterion=criterion, statement="Créer ici")
    make_indicator(criterion=criterion, name="Commandes", method="Conventions signées", target="48")
    plan = make_plan(candidacy=candidacy, first_year=2028, last_year=2029)
    make_expense_line(
        plan=plan, account="604", label="Concerts", amounts={2028: Decimal("1200.50"), 2029: 10}
    )
    make_income_line(plan=plan, account="745", label="Ville", amounts={2029: Decimal("1210.50")})
    make_organisation(candidacy=candidacy, name="Louvre-Lens", stage=Organisation.Stage.ACTIVE)
    committee = make_committee(candidacy=candidacy)
    make_seat(committee=committee, contact=make_contact(candidacy=candidacy, last_name="Delattre"))
    make_meeting(committee=committee, title="Réunion de lancement", status=Meeting.Status.CONVENED)
    make_phase(candidacy=candidacy, planned_on=timezone.localdate())
    return candidacy, picture


def freeze(candidacy, **fields):
    fields.setdefault("label", "Relecture")
    return freeze_edition(candidacy=candidacy, by=fields.pop("by", None) or make_user(), **fields)


def printed(edition, variant=Variant.FULL):
    """Print one version as a worker does, and return its file."""
    printing = edition.printings.filter(variant=variant).first() or print_version(
        edition=edition, variant=variant, by=edition.author
    )
    if printing.status == DossierExport.Status.QUEUED:
        building.build(printing.pk)
    return edition.files.get(variant=variant)


def pages_of(file):
    with file.file.open() as content:
        return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content.read())).pages]


# --- freezing -----------------------------------------------------------------------------------------


def test_an_edition_holds_the_dossier_by_value_and_nothing_else():
    candidacy, _picture = make_bid()
    expected = read_dossier(candidacy)
    edition = freeze(candidacy, note="  Pour le COTECH ").edition

    content = read_snapshot(edition)

    assert content.chapters == expected.chapters
    assert content.plan.summary.expenses.total == Decimal("1210.50")
    assert content.plan.rows == expected.plan.rows
    assert content.circles == expected.circles
    assert content.committees == expected.committees
    assert content.meetings == expected.meetings
    assert content.phases == expected.phases
    assert content.matrix == expected.matrix
    assert content.matrix.lines[0].cells[0][0].is_brought
    assert content.matrix.aims[0].objectives == ("Créer ici",)
    assert content.matrix.aims[0].indicators[0].method == "Conventions signées"
    assert content.live_figures == expected.live_figures
    assert content.pictures == expected.pictures
    assert content.places == expected.places
    assert (content.day, content.changed_at) == (expected.day, expected.changed_at)
    assert edition.content_digest == sha256(edition.snapshot.encode()).hexdigest()
    assert (edition.number, edition.label, edition.note) == (1, "Relecture", "Pour le COTECH")
    assert edition.frozen_at <= timezone.now()


def test_what_is_written_later_does_not_reach_a_frozen_edition():
    candidacy, picture = make_bid()
    edition = freeze(candidacy).edition
    Section.objects.filter(key="vision").update(body="<p>Le texte récrit.</p>", title="Autre titre")
    candidacy.sections.filter(key="projet").update(title="Un autre projet")
    candidacy.live_figures.update(value=7)
    candidacy.criteria.update(title="Critère récrit")
    Proof.objects.all().delete()
    candidacy.criteria.get().objectives.update(statement="Objectif récrit")
    candidacy.criteria.get().indicators.update(name="Indicateur récrit", method="Méthode récrite")
    candidacy.funding_plan.expense_lines.all().delete()
    candidacy.organisations.filter(name="Louvre-Lens").update(name="Partenaire récrit")
    committee = candidacy.committees.get()
    candidacy.committees.update(name="Comité récrit", acronym="RÉCRIT", mandate="Mandat récrit")
    Contact.objects.filter(seats__committee=committee).update(last_name="Récrit")
    make_seat(committee=committee, contact=make_contact(candidacy=candidacy, last_name="Récrite"))
    committee.meetings.update(title="Réunion récrite", starts_at=timezone.now() + timedelta(days=400))
    candidacy.phases.update(name="Phase récrite")
    picture.file.delete(save=False)

    pages = " ".join(pages_of(printed(edition)))

    assert "Le texte figé." in pages
    assert "récrit" not in pages.lower()
    for told in ("Louvre-Lens", "Delattre", "Réunion de lancement", "Créer ici", "Conventions signées"):
        assert told in pages, told
    assert "1 200,50" in pages.replace("\u202f", " ")
    assert "1 200,5 lits, voir 1 Le projet, p. " in pages.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Ancrage" in pages
    assert "Un autre projet" not in pages
    assert "Image absente" not in pages


def test_pictures_are_kept_under_the_digest_of_their_content():
    candidacy, picture = make_bid()
    with picture.file.open() as file:
        content = file.read()
    edition = freeze(candidacy).edition

    [stored] = read_snapshot(edition).files.values()

    digest = sha256(content).hexdigest()
    assert stored.sha256 == digest
    assert stored.stored_name == f"editions/images/{digest[:2]}/{digest}.jpg"
    with default_storage.open(stored.stored_name) as kept:
        assert kept.read() == content


def test_a_picture_or_a_figure_that_no_text_shows_is_not_frozen():
    candidacy, _picture = make_bid()
    before = take_snapshot(read_dossier(candidacy)).digest
    make_picture(candidacy=candidacy)
    make_live_figure(candidacy=candidacy)

    assert take_snapshot(read_dossier(candidacy)).digest == before


def test_an_empty_dossier_is_not_frozen():
    with pytest.raises(DomainError, match="rien à figer"):
        freeze(make_candidacy())


def test_editions_are_numbered_in_each_candidacy_from_one_without_gaps():
    candidacy, other = make_section().candidacy, make_section().candidacy

    numbers = [freeze(candidacy).edition.number for _ in range(3)]

    assert numbers == [1, 2, 3]
    assert freeze(other).edition.number == 1


def test_the_database_refuses_a_number_twice():
    edition = make_edition()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_edition(candidacy=edition.candidacy, number=edition.number)


def test_the_same_content_is_recognised_whatever_the_day():
    candidacy, _picture = make_bid()
    first = freeze(candidacy)

    with time_machine.travel(timezone.now() + timedelta(days=3)):
        same = freeze(candidacy)
    Section.objects.filter(key="vision").update(body="<p>Autre chose.</p>")
    other = freeze(candidacy)

    assert first.same_as is None
    assert same.same_as == first.edition
    assert same.edition.content_digest == first.edition.content_digest
    assert other.same_as is None


def test_a_label_of_spaces_is_refused_and_takes_no_number():
    candidacy = make_section().candidacy

    with pytest.raises(ValidationError):
        freeze(candidacy, label="   ")

    assert not candidacy.editions.exists()
    assert freeze(candidacy).edition.number == 1


# --- printing -----------------------------------------------------------------------------------------


def test_the_last_page_names_the_edition_and_the_digest_of_its_content():
    candidacy, _picture = make_bid()
    edition = freeze(candidacy, label="Relecture du COTECH").edition

    file = printed(edition)

    pages = pages_of(file)
    assert "Édition 1 – Relecture du COTECH" in pages[0]
    assert "Relecture du COTECH" in pages[-1]
    assert edition.content_digest in pages[-1].replace(" ", "")
    assert len(pages) == file.page_count
    with file.file.open() as content:
        assert sha256(content.read()).hexdigest() == file.sha256


def test_the_same_snapshot_gives_the_same_bytes(settings, tmp_path):
    candidacy, _picture = make_bid()
    edition = freeze(candidacy).edition
    file = printed(edition)
    claim = building._Claim(edition.printings.get())
    settings.CACHE_DIR = tmp_path / "elsewhere"
    claim.report = lambda stage, percent: None
    claim.is_lost = lambda: False

    again = building._print_edition(claim, Edition.objects.get(pk=edition.pk))

    assert again.sha256 == file.sha256


def test_a_version_is_printed_once():
    edition = make_edition(candidacy=make_section().candidacy)
    edition = freeze(edition.candidacy).edition
    file = printed(edition)

    again = print_version(edition=edition, variant=Variant.FULL, by=edition.author)

    assert edition.printings.count() == 1
    assert again.status == DossierExport.Status.DONE
    assert edition.files.get() == file


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_stored_file_serves_again_only_when_it_is_what_its_name_says(is_whole):
    """Two editions of the same content print the same bytes; a worker killed while it stored leaves some of them."""
    content = b"%PDF-1.7 le tout"
    rendered = make_rendered(content)
    name = f"editions/{rendered.sha256[:2]}/{rendered.sha256}.pdf"
    default_storage.save(name, ContentFile(content if is_whole else content[:9]))
    edition = make_edition(candidacy=make_section().candidacy, content=False)
    printing = make_export(
        candidacy=edition.candidacy, edition=edition, variant=Variant.FULL, status=DossierExport.Status.QUEUED
    )

    building._store_edition(building._claim(printing.pk), edition, rendered)

    file = edition.files.get()
    assert (file.file.name == name) is is_whole
    with file.file.open() as stored:
        assert stored.read() == content


@pytest.mark.parametrize("status", [DossierExport.Status.FAILED, DossierExport.Status.CANCELLED])
def test_a_printing_that_did_not_end_well_is_begun_again(status):
    edition = make_edition(candidacy=make_section().candidacy, content=False)
    make_export(candidacy=edition.candidacy, edition=edition, status=status)

    printing = print_version(edition=edition, variant=Variant.FULL, by=edition.author)

    building.build(printing.pk)
    assert edition.files.count() == 1


def test_a_part_over_its_limits_fails_an_edition_that_can_be_printed_again(monkeypatch):
    candidacy = make_candidacy()
    chapter = make_section(candidacy=candidacy, title="Le projet")
    endless = "<p>" + "mot " * 90_000 + "</p>"
    make_section(candidacy=candidacy, parent=chapter, title="Interminable", body=endless)
    edition = freeze(candidacy).edition
    printing = print_version(edition=edition, variant=Variant.FULL, by=edition.author)
    monkeypatch.setattr(rendering, "Limits", partial(rendering.Limits, part_cpu_seconds=2))

    assert not building.build(printing.pk)

    printing.refresh_from_db()
    assert printing.status == DossierExport.Status.FAILED
    assert printing.error.replace("\u00a0", " ") == (
        "Le projet – 1.1 Interminable : partie non imprimée (le calcul a duré trop longtemps)."
    )
    assert not edition.files.exists()
    again = print_version(edition=edition, variant=Variant.FULL, by=edition.author)
    assert again.status == DossierExport.Status.QUEUED


def test_a_worker_killed_on_the_way_leaves_an_edition_that_the_next_one_prints():
    edition = make_edition(candidacy=make_section().candidacy, content=False)
    printing = make_export(
        candidacy=edition.candidacy,
        edition=edition,
        status=DossierExport.Status.RUNNING,
        attempt=1,
        alive_at=timezone.now() - building.SILENCE - timedelta(seconds=1),
    )
    dead = building._Claim(DossierExport.objects.get(pk=printing.pk))

    assert building.take_back_abandoned() == [printing.pk]
    assert building.build(printing.pk)

    with pytest.raises(building.ClaimLostError):
        dead.write(stage="trop tard")
    assert edition.files.get().page_count >= 3


# --- states -------------------------------------------------------------------------------------------


def test_an_edition_is_submitted_to_a_meeting_of_its_candidacy():
    edition = make_edition()
    meeting = make_meeting(committee=make_committee(candidacy=edition.candidacy))

    submitted = submit_edition(edition=edition, meeting=meeting)

    assert (submitted.status, submitted.meeting) == (Status.SUBMITTED, meeting)
    with pytest.raises(DomainError, match="n’appartient pas"):
        submit_edition(edition=edition, meeting=make_meeting())


def test_a_cancelled_meeting_examines_nothing():
    edition = make_edition()
    meeting = make_meeting(
        committee=make_committee(candidacy=edition.candidacy),
        status=Meeting.Status.CANCELLED,
        cancelled_at=timezone.now(),
    )

    with pytest.raises(DomainError, match="annulée"):
        submit_edition(edition=edition, meeting=meeting)


def test_the_database_wants_a_meeting_for_what_is_submitted_and_a_name_for_what_is_deposited():
    edition = make_edition()

    for values in ({"status": Status.SUBMITTED}, {"status": Status.DEPOSITED}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.filter(pk=edition.pk).update(**values)


def reasons_for_all():
    return {condition.key: "Accord du maire." for condition in CONDITIONS}


@pytest.fixture
def deposited():
    edition = make_published_edition(candidacy=make_section().candidacy)
    meeting = make_meeting(committee=make_committee(candidacy=edition.candidacy))
    submit_edition(edition=edition, meeting=meeting)
    return deposit_edition(edition=edition, by=make_user(), reasons=reasons_for_all())


def test_a_deposit_keeps_who_when_and_why(deposited):
    overrides = deposited.overrides.all()

    assert deposited.deposited_at is not None
    assert {override.decided_by for override in overrides} == {deposited.deposited_by}
    assert {override.reason for override in overrides} == {"Accord du maire."}
    assert "eligibility" in {override.condition for override in overrides}


def test_a_condition_is_passed_over_with_a_reason_only():
    edition = make_edition(candidacy=make_section().candidacy)
    reasons = reasons_for_all() | {"pieces": "", "criteria": "  "}

    with pytest.raises(DomainError, match="Critères de l’appel"):
        deposit_edition(edition=edition, by=make_user(), reasons=reasons)

    edition.refresh_from_db()
    assert edition.status == Status.DRAFT
    assert not DepositOverride.objects.exists()


def test_what_is_not_printed_is_not_deposited():
    edition = make_edition(candidacy=make_section().candidacy, content=False)

    with pytest.raises(DomainError, match="pas encore imprimée"):
        deposit_edition(edition=edition, by=make_user(), reasons=reasons_for_all())


def test_the_services_refuse_a_deposited_edition(deposited):
    with pytest.raises(DomainError):
        deposit_edition(edition=deposited, by=make_user(), reasons=reasons_for_all())
    with pytest.raises(DomainError):
        submit_edition(edition=deposited, meeting=deposited.meeting)


def alter_by_save(edition):
    edition.label = "Autre"
    edition.save()


def alter_by_save_of_its_state(edition):
    edition.status = Status.DRAFT
    edition.deposited_at = edition.deposited_by = edition.meeting = edition.submitted_at = None
    edition.save(update_fields=["status", "deposited_at", "deposited_by", "meeting", "submitted_at"])


def alter_by_a_second_row_of_the_same_key(edition):
    Edition(pk=edition.pk, candidacy=edition.candidacy, number=9, label="Autre", author=edition.author).save()


def alter_by_update(edition):
    Edition.objects.filter(pk=edition.pk).update(status=Status.DRAFT, deposited_at=None, deposited_by=None)


def alter_by_update_of_the_relation(edition):
    edition.candidacy.editions.update(label="Autre")


def alter_by_the_base_manager(edition):
    Edition._base_manager.filter(pk=edition.pk).update(label="Autre")


def alter_by_bulk_update(edition):
    edition.meeting = None
    Edition.objects.bulk_update([edition], ["meeting"])


def alter_by_upsert(edition):
    Edition.objects.bulk_create(
        [edition], update_conflicts=True, update_fields=["label"], unique_fields=["number", "candidacy"]
    )


def alter_by_update_or_create(edition):
    Edition.objects.update_or_create(pk=edition.pk, defaults={"label": "Autre"})


def delete_the_row(edition):
    edition.delete()


def delete_by_query(edition):
    Edition.objects.filter(pk=edition.pk).delete()


def delete_raw(edition):
    edition.candidacy.editions.all()._raw_delete("default")


def delete_the_candidacy(edition):
    edition.candidacy.delete()


def delete_the_author(edition):
    edition.author.delete()


def delete_the_meeting(edition):
    edition.meeting.delete()


def alter_the_file(edition):
    file = edition.files.get()
    file.sha256 = "0" * 64
    file.save()


def alter_the_file_by_update(edition):
    edition.files.update(page_count=9)


def replace_the_file(edition):
    with transaction.atomic():
        make_edition_file(edition=edition, pk=edition.files.get().pk)


def add_the_same_version_again(edition):
    with transaction.atomic():
        make_edition_file(edition=edition)


def delete_the_file(edition):
    edition.files.get().delete()


def delete_the_bytes(edition):
    edition.files.get().file.delete(save=False)


def replace_the_bytes(edition):
    edition.files.get().file.save("autre.pdf", ContentFile(b"%PDF-1.7 autre"), save=False)


def write_over_the_bytes(edition):
    with edition.files.get().file.open("wb") as stored:
        stored.write(b"%PDF-1.7 autre")


def delete_the_file_by_query(edition):
    EditionFile.objects.all().delete()


def alter_a_reason(edition):
    override = edition.overrides.first()
    override.reason = "Autre"
    override.save()


def alter_the_reasons(edition):
    edition.overrides.update(reason="Autre")


def delete_the_reasons(edition):
    edition.overrides.all().delete()


def by_sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def alter_by_sql(_edition):
    by_sql("UPDATE dossier_edition SET label = 'Autre'")


def take_back_by_sql(_edition):
    by_sql("UPDATE dossier_edition SET status = 'draft', deposited_at = NULL, deposited_by_id = NULL")


def delete_by_sql(_edition):
    by_sql("DELETE FROM dossier_edition")


def alter_the_file_by_sql(_edition):
    by_sql("UPDATE dossier_editionfile SET page_count = 9")


def delete_the_file_by_sql(_edition):
    by_sql("DELETE FROM dossier_editionfile")


def alter_the_reasons_by_sql(_edition):
    by_sql("UPDATE dossier_depositoverride SET reason = 'Autre'")


def delete_the_reasons_by_sql(_edition):
    by_sql("DELETE FROM dossier_depositoverride")


WAYS = [
    alter_by_save,
    alter_by_save_of_its_state,
    alter_by_a_second_row_of_the_same_key,
    alter_by_update,
    alter_by_update_of_the_relation,
    alter_by_the_base_manager,
    alter_by_bulk_update,
    alter_by_upsert,
    alter_by_update_or_create,
    delete_the_row,
    delete_by_query,
    delete_raw,
    delete_the_candidacy,
    delete_the_author,
    delete_the_meeting,
    alter_the_file,
    alter_the_file_by_update,
    replace_the_file,
    add_the_same_version_again,
    delete_the_file,
    delete_the_bytes,
    replace_the_bytes,
    write_over_the_bytes,
    delete_the_file_by_query,
    alter_a_reason,
    alter_the_reasons,
    delete_the_reasons,
    alter_by_sql,
    take_back_by_sql,
    delete_by_sql,
    alter_the_file_by_sql,
    delete_the_file_by_sql,
    alter_the_reasons_by_sql,
    delete_the_reasons_by_sql,
]


@pytest.mark.parametrize("attempt", WAYS, ids=[way.__name__ for way in WAYS])
def test_nothing_alters_or_deletes_a_deposited_edition(deposited, attempt):
    def state():
        return (
            Edition.objects.filter(pk=deposited.pk).values().get(),
            list(EditionFile.objects.order_by("pk").values()),
            list(DepositOverride.objects.order_by("pk").values()),
            [Path(file.file.path).read_bytes() for file in EditionFile.objects.order_by("pk")],
        )

    before = state()

    with pytest.raises((DomainError, ProtectedError, IntegrityError)), transaction.atomic():
        attempt(Edition.objects.get(pk=deposited.pk))

    assert state() == before


def test_the_frozen_content_of_a_draft_does_not_change_either():
    edition = make_edition()

    edition.snapshot = "{}"
    for attempt in (
        edition.save,
        lambda: edition.save(update_fields=["snapshot"]),
        lambda: Edition.objects.filter(pk=edition.pk).update(snapshot="{}"),
        edition.delete,
    ):
        with pytest.raises(DomainError):
            attempt()


# --- publishing ---------------------------------------------------------------------------------------


def test_a_published_edition_is_read_by_officials_and_observers_until_it_is_withdrawn():
    edition = make_edition()
    roles = (Membership.Role.ELECTED, Membership.Role.OBSERVER, Membership.Role.PARTNER)
    people = [make_member(candidacy=edition.candidacy, role=role).user for role in roles]

    def readers():
        return [
            Edition.objects.visible_to(person).exists() and EditionFile.objects.visible_to(person).exists()
            for person in people
        ]

    before = readers()
    publish_edition(edition=edition, variant=Variant.FULL, by=make_user())
    published = readers()
    withdraw_edition(edition=edition, by=make_user())

    assert (before, published, readers()) == ([False] * 3, [True, True, False], [False] * 3)


def test_readers_see_the_version_that_is_published_and_no_other():
    edition = make_edition()
    public = make_edition_file(edition=edition, variant=Variant.PUBLIC)
    official = make_member(candidacy=edition.candidacy, role=Membership.Role.ELECTED).user

    publish_edition(edition=edition, variant=Variant.PUBLIC, by=make_user())

    assert list(EditionFile.objects.visible_to(official)) == [public]


def test_publishing_twice_keeps_the_first_hour_and_name():
    edition, lead = make_edition(), make_user()
    first = publish_edition(edition=edition, variant=Variant.FULL, by=lead)

    assert publish_edition(edition=edition, variant=Variant.FULL, by=make_user()) == first


def test_one_version_is_published_at_a_time():
    edition = make_published_edition()
    file = make_edition_file(edition=edition, variant=Variant.PUBLIC)

    with pytest.raises(DomainError, match="retirez-la"):
        publish_edition(edition=edition, variant=Variant.PUBLIC, by=make_user())

    with pytest.raises(IntegrityError), transaction.atomic():
        EditionPublication.objects.create(edition=edition, file=file, published_by=make_user())


@pytest.mark.parametrize("variant", [Variant.PUBLIC, Variant.ARCHIVE])
def test_what_is_not_printed_and_the_archive_are_not_published(variant):
    edition = make_edition()
    if variant == Variant.ARCHIVE:
        make_edition_file(edition=edition, variant=variant)

    with pytest.raises(DomainError):
        publish_edition(edition=edition, variant=variant, by=make_user())


def test_a_deposited_edition_is_still_published_and_withdrawn(deposited):
    withdraw_edition(edition=deposited, by=make_user())
    publish_edition(edition=deposited, variant=Variant.FULL, by=make_user())

    assert deposited.publications.open().count() == 1


def test_a_logo_is_frozen_with_the_rest():
    candidacy = make_section(
        candidacy=make_candidacy(logo=ContentFile(b"\x89PNG", name="logo.png"))
    ).candidacy

    content = read_snapshot(freeze(candidacy).edition)

    assert content.logo.stored_name.startswith("editions/images/")
