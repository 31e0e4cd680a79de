"""The page that explains the API and lets it be tried: the schema in plain words."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.translation import override
from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator

from directory.models import Organisation
from federation.models import Federation
from federation.sharing import takes_a_key

ORDER = ("organisations", "federations", "statuses", "affiliations", "decisions", "changes")
# The links of a list carry these; nobody writes them.
CARRIED = ("after", "begun")
EXAMPLES = {
    "organisations_list": "?country=ES&page_size=5",
    "statuses_list": "?kind=section",
    "affiliations_list": "?on=2019-12-08&page_size=5",
    "changes_list": "?since=2026-01-01&page_size=5",
}


@dataclass(frozen=True)
class Parameter:
    """One thing that can be asked for."""

    name: str
    about: str
    is_required: bool
    is_typed: bool  # by whoever asks; the others come with the links of a list
    choices: list[str]
    input: str  # the kind of field to type it in
    takes: str  # in words
    sample: str


@dataclass(frozen=True)
class Address:
    """One address of the API."""

    name: str
    path: str
    about: list[str]
    parameters: list[Parameter]
    answer: str
    is_list: bool


@dataclass(frozen=True)
class Act:
    """One thing that can be done at an address of those who hold a key or a token."""

    name: str
    method: str
    path: str
    about: list[str]
    takes: str  # the shape of what is sent, if anything is
    answer: str  # the shape of the answer, if it has one


@dataclass(frozen=True)
class Field:
    """One member of an answer; `shape` names what it is made of, if that is a shape too."""

    name: str
    takes: str
    shape: str
    about: str


@dataclass(frozen=True)
class Shape:
    """What an answer, or a part of it, is made of."""

    name: str
    about: str
    fields: list[Field]


class Docs(TemplateView):
    """The addresses with their parameters, the shapes of the answers, and a way to try them."""

    template_name = "api_docs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        addresses, acts, shapes = described()
        listed = Organisation.objects.listed().order_by("sort_name", "pk").only("slug").first()
        federation = Federation.objects.visible_to(None).first()
        known = {
            "organisations_retrieve": listed.slug if listed else "",
            "federations_retrieve": federation.slug if federation else "",
        }
        shown = [(address, _example(address, known)) for address in addresses]
        return super().get_context_data(addresses=shown, acts=acts, shapes=shapes, **kwargs)


def _example(address: Address, known: dict[str, str]) -> str:
    """An address to open, empty where there is nothing to show."""
    if address.is_list:
        return address.path + EXAMPLES.get(address.name, "")
    key = known.get(address.name)
    return reverse(f"api-{address.answer.lower()}-detail", args=[key]) if key else ""


@cache
def described() -> tuple[list[Address], list[Act], list[Shape]]:
    """The schema, read once: it changes with the code alone."""
    with override("en"):
        schema: Any = SchemaGenerator().get_schema(request=None, public=True)
    paths = schema["paths"].items()
    addresses = [_address(path, methods["get"]) for path, methods in paths if not takes_a_key(path)]
    acts = [
        _act(method, path, operation)
        for path, methods in paths
        for method, operation in methods.items()
        if takes_a_key(path, method)
    ]
    addresses.sort(key=lambda one: (ORDER.index(one.name.partition("_")[0]), not one.is_list))
    shapes = schema["components"]["schemas"].items()
    return (
        addresses,
        acts,
        [
            Shape(name, part.get("description", ""), _fields(part))
            for name, part in shapes
            if not name.startswith("Paginated")
        ],
    )


def _act(method: str, path: str, operation: dict[str, Any]) -> Act:
    answers = operation["responses"].items()
    done = dict(answers).get("201") or next(answer for code, answer in answers if code[0] == "2")
    return Act(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        about=operation.get("description", "").split("\n\n"),
        takes=_of_content(operation.get("requestBody", {})),
        answer=_of_content(done),
    )


def _of_content(told: dict[str, Any]) -> str:
    """The name of the shape that is sent or answered."""
    for content in told.get("content", {}).values():
        return _shape(content["schema"])
    return ""


def _address(path: str, operation: dict[str, Any]) -> Address:
    parameters = [_parameter(one) for one in operation.get("parameters", ())]
    parameters.sort(key=lambda one: (not one.is_required, not one.is_typed))
    [answer] = operation["responses"]["200"]["content"].values()
    shape = answer["schema"]["$ref"].rpartition("/")[2]
    return Address(
        name=operation["operationId"],
        path=path,
        about=operation["description"].split("\n\n"),
        parameters=parameters,
        answer=shape.removeprefix("Paginated").removesuffix("List"),
        is_list=shape.startswith("Paginated"),
    )


def _parameter(told: dict[str, Any]) -> Parameter:
    schema, name = told["schema"], told["name"]
    kinds = {"date": "date", "integer": "number"}
    return Parameter(
        name=name,
        # The choices follow in the page's own way.
        about=(told.get("description") or schema.get("description", "")).partition("\n\n*")[0],
        is_required=told.get("required", False),
        is_typed=name not in CARRIED,
        choices=schema.get("enum", []),
        input=kinds.get(schema.get("format", schema["type"]), "text"),
        takes=_takes(schema),
        sample=str(told.get("example", "")),
    )


def _fields(part: dict[str, Any]) -> list[Field]:
    return [
        Field(name, _takes(told), _shape(told), told.get("description", ""))
        for name, told in part.get("properties", {}).items()
    ]


def _shape(told: dict[str, Any]) -> str:
    found = told.get("items", told)
    [found] = found.get("allOf", [found])
    return str(found.get("$ref", "")).rpartition("/")[2]


def _takes(told: dict[str, Any]) -> str:
    """The type in words, without the name of a shape: `_shape` has that."""
    if told.get("type") == "array":
        words = f"list of {_takes(told['items'])}" if not _shape(told) else "list of"
    elif told.get("type") == "object":
        words = "object"
    else:
        words = told.get("format") or told.get("type", "")
    names = {"uri": "address", "date-time": "moment", "double": "number", "string": "text"}
    names |= {
        "boolean": "true or false",
        "integer": "whole number",
        "list of string": "list of texts",
    }
    return names.get(words, words) + (" or null" if told.get("nullable") else "")
