from dossier.models.exports import DossierExport, DossierExportQuerySet
from dossier.models.imports import WordImport, WordImportPicture, WordImportQuerySet
from dossier.models.pictures import Picture
from dossier.models.proofs import Proof, ProofQuerySet
from dossier.models.sections import Section, SectionQuerySet, SectionRevision, SectionRevisionQuerySet

__all__ = [
    "DossierExport",
    "DossierExportQuerySet",
    "Picture",
    "Proof",
    "ProofQuerySet",
    "Section",
    "SectionQuerySet",
    "SectionRevision",
    "SectionRevisionQuerySet",
    "WordImport",
    "WordImportPicture",
    "WordImportQuerySet",
]
