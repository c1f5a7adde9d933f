from django import forms, template
from django.template.context import Context
from django.utils.safestring import SafeString
from js_asset import Media

register = template.Library()


@register.simple_tag(takes_context=True)
def form_media(context: Context, form: "forms.BaseForm | forms.BaseFormSet[forms.Form]") -> SafeString:
    """Print the scripts and styles of ``form`` with the nonce that the page's policy asks of inline ones."""
    media: SafeString = Media.from_media(form.media, nonce=context.get("CSP_NONCE", "")).render()
    return media
