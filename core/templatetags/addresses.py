"""`{% url %}` as Django has it, with each address looked up once."""

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parse
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape

from core.addresses import page_address

register = template.Library()


class AddressNode(URLNode):
    def render(self, context: Context) -> str:
        found = ""
        try:
            found = page_address(
                self.view_name.resolve(context), *(arg.resolve(context) for arg in self.args)
            )
        except NoReverseMatch:
            if not self.asvar:
                raise
        if self.asvar:
            context[self.asvar] = found
            return ""
        return str(conditional_escape(found)) if context.autoescape else found


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """Draw the address of a page; one with named arguments is Django's own affair."""
    node = parse(parser, token)
    return node if node.kwargs else AddressNode(node.view_name, node.args, node.kwargs, node.asvar)
