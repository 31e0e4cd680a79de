"""Lists to choose from are drawn as Django draws them, only faster."""

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from federation.widgets import FormRenderer

NASTY = "<b>&\"'</b>"
CHOICES = [
    ("", "—"),
    (NASTY, NASTY),
    (1, 1234),
    ("safe", mark_safe("<b>bold</b>")),
    ("lazy", gettext_lazy("Country")),
    ("true", True),
    (NASTY, [("a", "A"), ("b", NASTY)]),
    ("Group", [("c", "C")]),
]
ATTRIBUTES = {"id": "id_x", "class": NASTY, "required": True, "hidden": False, "data-n": 1234}


class Marked(forms.Select):
    """One whose options have a template of their own."""

    option_template_name = "django/forms/widgets/input_option.html"


@pytest.mark.parametrize("kind", [forms.Select, forms.SelectMultiple, forms.NullBooleanSelect])
@pytest.mark.parametrize("chosen", [None, "", "1", NASTY, ["a", "c"]])
def test_a_list_is_drawn_letter_by_letter_as_django_does(kind, chosen):
    widget = kind(attrs=ATTRIBUTES)
    if kind is not forms.NullBooleanSelect:
        widget.choices = CHOICES
    elif isinstance(chosen, list):
        chosen = "true"
    ours, djangos = (
        widget.render(NASTY, chosen, renderer=renderer())
        for renderer in (FormRenderer, TemplatesSetting)
    )
    assert ours == djangos
    assert "<option" in ours


def test_a_list_of_another_kind_is_left_to_django():
    drawn = [
        Marked(choices=CHOICES).render("x", "a", renderer=renderer())
        for renderer in (FormRenderer, TemplatesSetting)
    ]
    assert drawn[0] == drawn[1]
    assert 'type="' in drawn[0]


def test_forms_are_drawn_that_way():
    class Asked(forms.Form):
        country = forms.ChoiceField(choices=[("SE", "Sweden")])

    assert isinstance(Asked().renderer, FormRenderer)
