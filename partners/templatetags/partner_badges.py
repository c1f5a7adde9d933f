from django import template
from django.utils.safestring import SafeString

from core.templatetags.badges import badge
from partners.models import Organisation

register = template.Library()

TONES = {
    Organisation.Stage.IDENTIFIED: "neutral",
    Organisation.Stage.COMMITTED: "good",
    Organisation.Stage.ACTIVE: "good",
    Organisation.Stage.WITHDRAWN: "bad",
}


@register.simple_tag
def organisation_stage(organisation: Organisation) -> SafeString:
    stage = Organisation.Stage(organisation.stage)
    return badge(organisation.get_stage_display(), TONES.get(stage, "info"))
