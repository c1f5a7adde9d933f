from dossier.models.comments import (
    Audience,
    Comment,
    CommentQuerySet,
    CommentThread,
    CommentThreadQuerySet,
    ThreadEvent,
)
from dossier.models.contracts import DueDateChange, ExpectedProof, Reviewer
from dossier.models.drafts import (
    SectionDraft,
    SectionDraftQuerySet,
)
from dossier.models.editions import (
    DepositOverride,
    Edition,
    EditionFile,
    EditionFileQuerySet,
    EditionPublication,
    EditionPublicationQuerySet,
    EditionQuerySet,
)
from dossier.models.exports import DossierExport, DossierExportQuerySet
from dossier.models.imports import (
    WordImport,
    WordImportPicture,
    WordImportQuerySet,
)
from dossier.models.links import LinkCheck, LinkCheckQuerySet
from dossier.models.live_figures import (
    LiveFigure,
    LiveFigureQuerySet,
)
from dossier.models.pictures import (
    Picture,
    PictureQuerySet,
)
from dossier.models.presence import (
    SectionPresence,
    SectionPresenceQuerySet,
)
from dossier.models.proofs import (
    Proof,
    ProofQuerySet,
)
from dossier.models.reading import (
    MarkedCopy,
    MarkedCopyQuerySet,
    ReaderApproval,
    ReaderRemark,
    ReadingLink,
    ReadingLinkOpening,
    ReadingLinkOpeningQuerySet,
    ReadingLinkQuerySet,
)
from dossier.models.sections import Section, SectionQuerySet, SectionRevision, SectionRevisionQuerySet
from dossier.models.state_changes import StateChange, StateChangeQuerySet
from dossier.models.tables import TextTable, TextTableQuerySet

__all__ = [
    "Audience",
    "Comment",
    "CommentQuerySet",
    "CommentThread",
    "CommentThreadQuerySet",
    "DepositOverride",
    "DossierExport",
    "DossierExportQuerySet",
    "DueDateChange",
    "Edition",
    "EditionFile",
    "EditionFileQuerySet",
    "EditionPublication",
    "EditionPublicationQuerySet",
    "EditionQuerySet",
    "ExpectedProof",
    "LinkCheck",
    "LinkCheckQuerySet",
    "LiveFigure",
    "LiveFigureQuerySet",
    "MarkedCopy",
    "MarkedCopyQuerySet",
    "Picture",
    "PictureQuerySet",
    "Proof",
    "ProofQuerySet",
    "ReaderApproval",
    "ReaderRemark",
    "ReadingLink",
    "ReadingLinkOpening",
    "ReadingLinkOpeningQuerySet",
    "ReadingLinkQuerySet",
    "Reviewer",
    "Section",
    "SectionDraft",
    "SectionDraftQuerySet",
    "SectionPresence",
    "SectionPresenceQuerySet",
    "SectionQuerySet",
    "SectionRevision",
    "SectionRevisionQuerySet",
    "StateChange",
    "StateChangeQuerySet",
    "TextTable",
    "TextTableQuerySet",
    "ThreadEvent",
    "WordImport",
    "WordImportPicture",
    "WordImportQuerySet",
]
