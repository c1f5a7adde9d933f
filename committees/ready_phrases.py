"""Sentences that minutes say at every meeting, ready to be put where the writer is."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from committees.models import CommitteeMember, Meeting, MinutesText
from committees.voices import count_voices
from core.templatetags.formats import clock

Place = MinutesText.Place


@dataclass(frozen=True)
class Phrase:
    #: What the button says.
    label: str
    text: str


def phrases_for(text: MinutesText, meeting: Meeting, *, voices: int | None = None) -> list[Phrase]:
    """Return what is said at the place of ``text``, with the names and hours of ``meeting``.

    ``voices`` are those that are there, for whoever has counted them already.
    """
    if text.place == Place.OPENING:
        return _opening(meeting)
    if text.place == Place.CLOSING:
        return _closing(meeting)
    if voices is None:
        voices = count_voices(meeting).present
    return _item(text.agenda_item.rapporteur if text.agenda_item else "", voices)


def _opening(meeting: Meeting) -> list[Phrase]:
    facts = {"at": clock(meeting.starts_at), "who": _chair(meeting)}
    return [
        Phrase(_("Ouverture"), _("La séance est ouverte à %(at)s par %(who)s.") % facts),
        Phrase(_("Quorum atteint"), _("Le quorum est atteint\u00a0: le comité peut délibérer.")),
        Phrase(_("Quorum manqué"), _("Le quorum n’est pas atteint\u00a0: aucune décision n’est prise.")),
        Phrase(
            _("Compte rendu précédent"),
            _("Le compte rendu de la réunion précédente est approuvé sans remarque."),
        ),
        Phrase(_("Ordre du jour"), _("L’ordre du jour est adopté.")),
    ]


def _item(rapporteur: str, voices: int) -> list[Phrase]:
    return [
        Phrase(_("Présentation"), _("%(who)s présente le point.") % {"who": rapporteur or "…"}),
        Phrase(_("Unanimité"), _("Adopté à l’unanimité.")),
        Phrase(
            _("Majorité"),
            _("Adopté à la majorité\u00a0: … pour, … contre, … abstentions, sur %(voices)s voix.")
            % {"voices": voices or "…"},
        ),
        Phrase(_("Rejet"), _("La proposition est rejetée.")),
        Phrase(_("Pas de remarque"), _("Le point n’appelle pas de remarque.")),
        Phrase(_("Prend acte"), _("Le comité prend acte.")),
        Phrase(_("Report"), _("Le point est reporté à la prochaine réunion.")),
    ]


def _closing(meeting: Meeting) -> list[Phrase]:
    return [
        Phrase(_("Prochaine réunion"), _("La prochaine réunion est fixée au ….")),
        Phrase(
            _("Clôture"),
            _("L’ordre du jour étant épuisé, la séance est levée à %(at)s.") % {"at": clock(meeting.ends_at)},
        ),
        Phrase(_("Remerciements"), _("%(who)s remercie les personnes présentes.") % {"who": _chair(meeting)}),
    ]


def _chair(meeting: Meeting) -> str:
    chair = (
        meeting.invitations.filter(quality=CommitteeMember.Quality.CHAIR).select_related("contact").first()
    )
    return chair.contact.get_full_name() if chair else "…"
