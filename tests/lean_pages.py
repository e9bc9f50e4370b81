"""A page tells a test what it was made of (``response.context``); the parts of it, twenty on each, do not.

Django's own copies the context of every part that is included, for every page that a test asks for.
"""

from typing import Any

from django.template.context import Context
from django.test import utils
from django.test.signals import template_rendered


def render(self: Any, context: Context) -> str:
    """As ``Template._render`` in tests, telling of whole templates alone."""
    if context.template is self:
        template_rendered.send(sender=self, template=self, context=context)
    return self.nodelist.render(context)


utils.instrumented_test_render = render
