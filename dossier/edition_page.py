"""The page of one edition, for those who prepare it: its versions, who reads it, what was passed over."""

from collections.abc import Iterable
from dataclasses import dataclass

from dossier.deposit import CONDITIONS
from dossier.models import DepositOverride, DossierExport, Edition, EditionFile, EditionPublication

Variant = EditionFile.Variant


@dataclass(frozen=True)
class Version:
    """One version of the edition: printed, being printed, or not yet asked for."""

    variant: str
    label: str
    file: EditionFile | None
    printing: DossierExport | None
    is_published: bool

    @property
    def is_for_readers(self) -> bool:
        return self.variant != Variant.ARCHIVE


@dataclass(frozen=True)
class PassedOver:
    label: str
    override: DepositOverride


@dataclass(frozen=True)
class EditionPage:
    versions: tuple[Version, ...]
    publication: EditionPublication | None
    passed_over: tuple[PassedOver, ...]
    same_as: Edition | None
    before: Edition | None

    @property
    def full(self) -> Version:
        return self.versions[0]


def read_edition_page(edition: Edition) -> EditionPage:
    publication = edition.publications.open().select_related("published_by", "file").first()
    files = {file.variant: file for file in edition.files.all()}
    printings: dict[str, DossierExport] = {}
    for printing in edition.printings.order_by("pk"):
        printings[printing.variant] = printing
    earlier = edition.candidacy.editions.without_snapshot().filter(number__lt=edition.number).newest_first()
    return EditionPage(
        versions=tuple(
            Version(
                variant=variant.value,
                label=str(variant.label),
                file=files.get(variant.value),
                printing=printings.get(variant.value),
                is_published=publication is not None and publication.file.variant == variant.value,
            )
            for variant in Variant
        ),
        publication=publication,
        passed_over=_passed_over(edition.overrides.select_related("decided_by").order_by("pk")),
        same_as=earlier.filter(content_digest=edition.content_digest).first(),
        before=earlier.first(),
    )


def _passed_over(overrides: Iterable[DepositOverride]) -> tuple[PassedOver, ...]:
    labels = {condition.key: str(condition.label) for condition in CONDITIONS}
    return tuple(
        PassedOver(labels.get(override.condition, override.condition), override) for override in overrides
    )
