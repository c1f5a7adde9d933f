from django import template

from core.addresses import row_address

register = template.Library()
register.simple_tag(row_address, name="row_url")
