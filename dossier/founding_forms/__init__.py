"""The forms of the steps by which a candidacy is founded. None of them writes a row."""

from dossier.founding_forms.base import Known, StepMixin, Typed
from dossier.founding_forms.bearer import BearerStepForm
from dossier.founding_forms.call import CallStepForm
from dossier.founding_forms.committees import CommitteesStepForm
from dossier.founding_forms.dates import DatesStepForm
from dossier.founding_forms.territories import TerritoriesStepForm

__all__ = [
    "BearerStepForm",
    "CallStepForm",
    "CommitteesStepForm",
    "DatesStepForm",
    "Known",
    "StepMixin",
    "TerritoriesStepForm",
    "Typed",
]
