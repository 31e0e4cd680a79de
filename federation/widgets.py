"""How forms draw their fields: by Django's templates, but lists to choose from without them.

Django draws every option of a list by two templates of its own; of a page with some lists of
countries and languages that was half of the time.
"""

from collections.abc import Iterator
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

LIST = "django/forms/widgets/select.html"
OPTION = "django/forms/widgets/select_option.html"


class FormRenderer(TemplatesSetting):
    """Says letter by letter what Django's own would say."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> Any:
        if template_name != LIST or not _is_plain(context["widget"]):
            return super().render(template_name, context, request)
        return mark_safe("".join(_list(context["widget"])))  # noqa: S308  each part is escaped


def _is_plain(widget: dict[str, Any]) -> bool:
    groups = widget["optgroups"]
    return all(
        option["template_name"] == OPTION for _name, options, _n in groups for option in options
    )


def _list(widget: dict[str, Any]) -> Iterator[str]:
    yield f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>'
    for name, options, _number in widget["optgroups"]:
        if name:
            yield f'\n  <optgroup label="{conditional_escape(name)}">'
        for option in options:
            value, label = _text(option["value"]), conditional_escape(localize(option["label"]))
            attributes = _attributes(option["attrs"])
            yield f'\n  <option value="{value}"{attributes}>{label}</option>\n'
        if name:
            yield "\n  </optgroup>"
    yield "\n</select>"


def _attributes(given: dict[str, Any]) -> str:
    said = ((conditional_escape(name), value) for name, value in given.items())
    return "".join(
        f" {name}" if value is True else f' {name}="{_text(value)}"'
        for name, value in said
        if value is not False
    )


def _text(value: Any) -> SafeString:
    return conditional_escape(value if isinstance(value, str) else str(value))
