"""What the templates print: operations, models and enums in the words of Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .annotations import Scope
from .forms import Schema, referred
from .operations import Operation
from .parameters import Parameter
from .words import arguments, docstring, limits, literal, sentence

__all__ = ["ClassInfo", "EnumView", "ModelView", "OperationView", "ResourceView"]


_RAISES = {
    "400": ("BadRequestError", "The API finds the request wrong."),
    "401": ("AuthenticationError", "The token is missing or unknown."),
    "403": ("PermissionDeniedError", "The token lacks the permission or the account."),
    "404": ("NotFoundError", "Something that the path names does not exist."),
    "429": ("RateLimitError", "The quota is used up, for longer than the client waits."),
    "5": ("ServerError", "The service failed, again after every retry."),
}


@dataclass(frozen=True)
class ClassInfo:
    """A class, and the module that defines it."""

    name: str
    module: str


@dataclass(frozen=True)
class Classes:
    """The classes of the contract by their names there: what the parser calls them, and their schemas."""

    infos: dict[str, ClassInfo]
    schemas: dict[str, Schema]


@dataclass(frozen=True)
class FieldView:
    """A field of a model."""

    name: str
    annotation: str
    is_optional: bool
    doc: str


class ModelView:
    """A model."""

    def __init__(self, info: ClassInfo, schema: Schema, classes: Classes) -> None:
        self.name, self.module = info.name, info.module
        self.doc = docstring(schema["description"] or f"`{info.name}` in the contract.", indent=4)
        siblings: dict[str, ClassInfo] = {}

        def model(name: str) -> str:
            found = classes.infos[name]
            if found != info:
                siblings[found.name] = found
            return found.name

        properties: dict[str, Schema] = schema["properties"]
        scope = Scope(properties, model, classes.schemas)
        required = [name for name in properties if name in schema["required"]]
        optional = [name for name in properties if name not in schema["required"]]
        self.fields = [
            self._field(scope, name, _described(properties[name], classes), name in optional)
            for name in required + optional
        ]
        self.has_optional = bool(optional)
        self.imports = scope.imports
        self.siblings = [siblings[name] for name in sorted(siblings)]
        renamed = {python: wire for python, wire in schema["x-wire-names"].items() if python != wire}
        self.wire_names = literal(renamed) if renamed else ""

    @staticmethod
    def _field(scope: Scope, name: str, schema: Schema, is_optional: bool) -> FieldView:
        annotation = scope.annotation(schema)
        if is_optional:
            # A null in an optional field must not cost the caller the page, whatever the contract says of nulls.
            annotation += " | Unset" if annotation.split(" | ")[-1] == "None" else " | None | Unset"
        words = [sentence(schema.get("description", "")), limits(schema), *_remarks(schema)]
        text = " ".join(filter(None, words))
        return FieldView(name, annotation, is_optional, docstring(text, indent=4) if text else "")


class EnumView:
    """An enum."""

    def __init__(self, info: ClassInfo, schema: Schema) -> None:
        self.name, self.module = info.name, info.module
        self.base = "OpenStrEnum" if schema["type"] == "string" else "OpenIntEnum"
        self.doc = docstring(schema["description"] or f"`{info.name}` in the contract.", indent=4)
        self.members = dict(zip(schema["x-enum-varnames"], schema["enum"], strict=True))


class OperationView:
    """An operation: the constant that describes it and the method that calls it."""

    def __init__(self, operation: Operation, at_runtime: Scope, in_types: Scope, classes: Classes) -> None:
        self._operation = operation
        self._types = in_types
        self.id = operation.id
        self.method = operation.method
        self.path = operation.path
        self.name = operation.name
        self.constant = operation.constant
        self.summary = operation.summary
        self.description = operation.description
        self.permissions = operation.permissions
        self.pagination = operation.pagination and operation.pagination.stated
        self.parameters = [_parameter_code(parameter, at_runtime, classes) for parameter in operation.parameters]
        response = operation.response
        self.response = "None" if response is None else at_runtime.annotation(response)
        self.returns_none = self.response == "None"
        body = operation.body
        self.body = ""
        if body is not None:
            required = ", required=True" if body.required else ""
            self.body = f"Body({literal(body.media_type)}, lambda: {at_runtime.annotation(body.schema)}{required})"
        self.signature = self._signature()
        self.call = self._call()
        names = {parameter.python_name for parameter in operation.parameters}
        self.local = "response_" if "response" in names else "response"
        self.doc = self._doc()
        self.returns, self.returns_async = self._returns("Pager"), self._returns("AsyncPager")

    def _returns(self, pager: str) -> str:
        """The annotation of what the method returns."""
        if self._operation.response is None:
            return "None"
        response = self._types.annotation(self._operation.response, limited=False)
        if self._operation.pagination is None:
            return response
        return f"{pager}[{self._types.annotation(self._operation.pagination.item, limited=False)}, {response}]"

    def _signature(self) -> str:
        """Path parameters by position, in the order of the path; everything else by keyword, what is required first."""
        positional: list[str] = []
        required: list[str] = []
        optional: list[str] = []
        for parameter in self._operation.parameters:
            said = f"{parameter.python_name}: {self._types.annotation(parameter.schema, argument=True)}"
            if parameter.is_optional:
                optional.append(_or_none(said))
            elif parameter.location == "path":
                positional.append(said)
            else:
                required.append(said)
        body = self._operation.body
        if body is not None:
            said = f"body: {self._types.annotation(body.schema, argument=True)}"
            if body.required:
                required.append(said)
            else:
                optional.append(_or_none(said))
        keywords = required + optional
        return ", ".join([*positional, "*", *keywords] if keywords else positional)

    def _call(self) -> str:
        names = [parameter.python_name for parameter in self._operation.parameters]
        values = ", ".join(f'"{name}": {name}' for name in names)
        body = ", body" if self._operation.body is not None else ""
        return f"{self.constant}, {{{values}}}{body}"

    def _doc(self) -> str:
        operation = self._operation
        title = sentence(operation.summary) or f"`{operation.method} {operation.path}`."
        permissions = ", ".join(operation.permissions)
        ordered = sorted(operation.parameters, key=lambda parameter: parameter.is_optional)
        described = [(p.python_name, _parameter_words(p, operation)) for p in ordered]
        if operation.body is not None:
            described.append(("body", sentence(operation.body.description) or "What to send."))
        sections = [
            title,
            operation.description if sentence(operation.description) != title else "",
            "Deprecated." if operation.deprecated else "",
            f"The token needs at least one of the permissions: {permissions}." if permissions else "",
        ]
        blocks = [f"Args:\n{arguments(described)}"] if described else []
        if operation.pagination is not None:
            blocks.append(
                "Returns:\n"
                "    A pager: iterate it for every item, or its `pages()` for every page; `first_page()` reads one."
            )
        raises = [("ArgumentError", "An argument breaks the contract; nothing was sent."), *self._errors()]
        blocks.append(f"Raises:\n{arguments(raises)}")
        return docstring(*sections, indent=8, laid_out="\n\n".join(blocks))

    def _errors(self) -> list[tuple[str, str]]:
        found = []
        for status, entry in _RAISES.items():
            if any(stated.startswith(status) for stated in self._operation.statuses):
                found.append(entry)
        return [*found, ("RealtimeKitError", "The base of these and of everything else that goes wrong.")]


class ResourceView:
    """The operations of a tag."""

    def __init__(
        self,
        attribute: str,
        name: str,
        description: str,
        operations: list[Operation],
        classes: Classes,
    ) -> None:
        self.attribute = self.module = attribute
        self.name = name
        self.summary = description
        self.doc = docstring(self.summary, indent=4)
        self.module_doc = docstring(self.summary)
        self.attribute_doc = docstring(self.summary, indent=8)
        taken = {operation.name for operation in operations}
        taken |= {parameter.python_name for operation in operations for parameter in operation.parameters}
        used: set[str] = set()

        def model(class_name: str) -> str:
            used.add(class_name)
            return f"{self.models}.{classes.infos[class_name].name}"

        at_runtime = Scope(taken, model, classes.schemas, lazy=True)
        in_types = Scope(taken, model, classes.schemas)
        self.models = in_types.free("models")
        self.operations = [OperationView(operation, at_runtime, in_types, classes) for operation in operations]
        self.imports = at_runtime.imports
        self.typing_imports = [line for line in in_types.imports if line not in at_runtime.imports]
        if any(operation.pagination for operation in operations):
            self.typing_imports.append("from realtimekit_runtime.pagers import AsyncPager, Pager")
        self.uses_models = bool(used)
        self.has_pages = any(operation.pagination for operation in operations)
        self.has_parameters = any(operation.parameters for operation in operations)
        self.has_body = any(operation.body for operation in operations)


def _described(schema: Schema, classes: Classes) -> Schema:
    """A schema with the description of its class where it has none of its own."""
    if schema.get("description") or "$ref" not in schema:
        return schema
    return {**schema, "description": classes.schemas[referred(schema)]["description"]}


def _or_none(said: str) -> str:
    return f"{said} = None" if said.endswith("| None") else f"{said} | None = None"


def _remarks(schema: Schema) -> list[str]:
    said = []
    if "x-default" in schema:
        said.append(f"The service's default: {_shown(schema['x-default'])}.")
    if schema.get("x-deprecated"):
        said.append("Deprecated.")
    return said


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) or '""'


def _parameter_words(parameter: Parameter, operation: Operation) -> str:
    said = [sentence(parameter.description), limits(parameter.schema)]
    kind = _kind(parameter.schema)
    if parameter.location == "path" and parameter.is_optional:
        said.append("The client's account where left out.")
    if kind == "date-time":
        said.append("With an offset (timezone-aware).")
    if operation.pagination and parameter.location == "query" and parameter.name == operation.pagination.stated["page"]:
        said.append("Where to start; every later page is read too.")
    if parameter.default is not None:
        said.append(f"The service's default: {_shown(parameter.default)}.")
    if parameter.deprecated:
        said.append("Deprecated.")
    return " ".join(filter(None, said)) or f"`{parameter.name}` in the {parameter.location}."


def _kind(schema: Schema) -> str:
    if schema.get("type") in ("string", "integer", "number", "boolean", "array"):
        found = schema.get("format", schema["type"])
        return "any" if found == "binary" else str(found)
    return "any"


def _parameter_code(parameter: Parameter, at_runtime: Scope, classes: Classes) -> str:
    """A parameter as a call of the runtime's `Parameter`."""
    said: dict[str, Any] = {}
    if parameter.python_name != parameter.name:
        said["python_name"] = parameter.python_name
    if parameter.required:
        said["required"] = True
    if parameter.description:
        said["description"] = parameter.description
    if parameter.default is not None:
        said["default"] = parameter.default
    if _kind(parameter.schema) == "array" and not parameter.explode:
        said["explode"] = False
    hint = at_runtime.annotation(_argument(parameter.schema, classes))
    keywords = "".join(f", {key}={literal(value)}" for key, value in said.items())
    return f"Parameter({literal(parameter.name)}, {literal(parameter.location)}, lambda: {hint}{keywords})"


def _argument(schema: Schema, classes: Classes) -> Schema:
    """The schema of an argument as far as it is checked: of objects and unions, nothing is."""
    if "$ref" in schema:
        return schema if "enum" in classes.schemas[referred(schema)] else {}
    if "const" in schema or "x-literal" in schema:
        return schema
    kind = _kind(schema)
    if kind == "array":
        return {**schema, "items": _argument(schema["items"], classes)}
    return {} if kind == "any" else schema
