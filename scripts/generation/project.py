"""openapi-python-client's `Project`: its parser reads the contract, and our templates print what it has read."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from openapi_python_client import Project
from openapi_python_client.config import Config
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError, ParseError
from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.strings import PythonIdentifier

from realtimekit_runtime import errors, pagers

from . import python_types
from .contract import Contract, ContractError, Location
from .names import CLIENT_ATTRIBUTES, IMPORTED, MODEL_ATTRIBUTES, method_names, rename_taken, wire_name
from .operations import Operation, read_operation
from .python_types import PythonTypes, is_in_parameter, place_of
from .rewriting import Rewriting
from .words import comment, described, docstring, entry, literal, sentence, wrapped

__all__ = ["RealtimeKitProject"]

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates"

# The public names of every package, but for its models, and the modules that they come from.
_PUBLIC: Final = {name: module.__name__ for module in (errors, pagers) for name in module.__all__} | {
    "UNSET": "realtimekit_runtime.models",
    "Unset": "realtimekit_runtime.models",
    "RateLimit": "realtimekit_runtime.quota",
    "AsyncClient": ".client",
    "Client": ".client",
}
# Messages of the parser that show the address of an object, or do not say what to do, and what they mean.
_MESSAGES: Final = {
    "have the same python_name": "two properties have the same name in Python; rename one of them",
    "Recursive and circular references": "a list that contains itself is not supported; put an object between",
    "duplicate models": "two classes would have one name; move one to components/schemas under a name of its own",
}


@dataclass(frozen=True)
class Resource:
    """The operations under a tag."""

    attribute: str
    description: str
    operations: list[Operation]


class RealtimeKitProject(Project):
    """The package of one contract."""

    def __init__(self, contract: Contract, config: Config) -> None:
        self.contract = contract
        try:
            data = GeneratorData.from_dict(Rewriting(contract).document(), config=config)
        except ValueError as exc:
            raise contract.error(str(exc)) from None
        if isinstance(data, GeneratorError):
            raise self._refusal(data)
        super().__init__(openapi=data, config=config, custom_template_path=TEMPLATES)
        # What is wrong with a schema comes before what is wrong with the operations that need it.
        for problem in (*data.errors, *self._get_errors()):
            raise self._refusal(problem)
        self._check_security()
        self.types = PythonTypes(contract, {model.class_info.name: model for model in data.models})
        self.resources = self._read_resources()
        self.classes = self._read_classes()
        by = "`make generate`" if contract.file.name == "openapi.yaml" else "scripts/generate.py"
        self.note = f"Generated from {comment(contract.file.name)} by {by}; do not edit."
        operations = [operation for resource in self.resources for operation in resource.operations]
        self.env.filters.update({each.__name__: each for each in (docstring, literal, sentence, wire_name, wrapped)})
        self.env.globals.update(
            note=self.note,
            info=contract.document["info"],
            base_url=self._server(),
            classes=[prop.class_info for prop in self.classes],
            described=described,
            entry=entry,
            errors=sorted(errors.__all__),
            errors_doc=inspect.getdoc(errors),
            example=max(operations, key=lambda operation: operation.item is not None, default=None),
            public_names=dict(sorted((_PUBLIC | {prop.class_info.name: ".models" for prop in self.classes}).items())),
            resources=self.resources,
            spelling=python_types,
            types=self.types,
        )

    def _refusal(self, problem: GeneratorError) -> ContractError:
        """A warning of the parser, in our words and with its line."""
        location = place_of(problem.data) if isinstance(problem, ParseError) else ()
        if not location and (found := re.search(r"schema /components/schemas/([^\s:]+)", problem.header)):
            location = ("components", "schemas", found[1])
        elif not location and (found := re.search(r"parsing ([A-Z]+) (\S+) within", problem.header)):
            location = ("paths", found[2], found[1].lower())
        text = f"{problem.header} {problem.detail or ''}"
        for words, meaning in _MESSAGES.items():
            if words in text:
                return self.contract.error(meaning, location)
        # After a blank line, the parser lists the other parts that it leaves out because of this one.
        detail = (problem.detail or "").partition("\n\n")[0]
        reason = re.sub(r"<[\w.]+ object at 0x\w+>", "this", " ".join((detail or problem.header).split()))
        return self.contract.error(f"openapi-python-client cannot read this: {reason}", location)

    def _read_resources(self) -> list[Resource]:
        tags = self.contract.document.get("tags", ())
        descriptions = {PythonIdentifier(tag["name"], "tag"): tag.get("description") for tag in tags}
        found = []
        places: dict[str, Location] = {}
        for attribute, collection in self.openapi.endpoint_collections_by_tag.items():
            operations = []
            for endpoint in collection.endpoints:
                operation = read_operation(endpoint, self.contract, self.types, self.config)
                here = (*operation.location, "operationId")
                if (other := places.setdefault(endpoint.name, here)) != here:
                    raise self.contract.error(
                        f"the operationId {operation.raw['operationId']!r} is, as a name in Python, also that of line "
                        f"{self.contract.line(other)}; give each operation its own",
                        here,
                    )
                operations.append(operation)
            if attribute in CLIENT_ATTRIBUTES:
                raise self.contract.error(
                    f"the tag `{attribute}` would hide what the client itself calls so; rename the tag",
                    (*operations[0].location, "tags"),
                )
            names = method_names([operation.raw["operationId"] for operation in operations], attribute)
            for operation, name in zip(operations, names, strict=True):
                operation.name = name
            description = sentence(descriptions.get(attribute) or f"The operations under the tag {attribute}")
            found.append(Resource(attribute, description, operations))
        return found

    def _read_classes(self) -> list[EnumProperty | ModelProperty]:
        """The models and enums that are generated."""
        # An object without fields is a dict, and the enum of a parameter a list of values.
        classes: list[EnumProperty | ModelProperty] = [prop for prop in self.openapi.models if self.types.fields(prop)]
        classes += [prop for prop in self.openapi.enums if isinstance(prop, EnumProperty) and not is_in_parameter(prop)]
        classes.sort(key=lambda prop: prop.class_info.name)
        modules: set[str] = set()
        for prop in classes:
            name, module = prop.class_info.name, prop.class_info.module_name
            if name in IMPORTED or name in _PUBLIC or module in modules:
                raise self.contract.error(
                    f"the name of its class, {name}, or of its module, {module}, is taken; rename the schema, or name "
                    "its class under `class_overrides` in the settings of the generator",
                    place_of(prop),
                )
            modules.add(module)
            for field in self.types.fields(prop):
                rename_taken(field, MODEL_ATTRIBUTES, "field", self.config)
        return classes

    def _server(self) -> str:
        server: dict[str, Any] = next(iter(self.contract.document.get("servers", ())), {})
        url = str(server.get("url", ""))
        # A relative URL, or one with variables, does not say where the API is: the user has to.
        return url.rstrip("/") if re.fullmatch(r"https?://[^{}]+", url) else ""

    def _check_security(self) -> None:
        schemes = self.contract.document.get("components", {}).get("securitySchemes", {})
        kinds = {str(scheme.get("scheme", scheme.get("type"))).lower() for scheme in schemes.values()}
        if kinds and not kinds & {"bearer", "oauth2", "openidconnect"}:
            raise self.contract.error(
                "the client sends a bearer token, and no scheme is one; add `type: http` with `scheme: bearer`",
                ("components", "securitySchemes"),
            )

    def render(self) -> None:
        """Write the package into `package_dir`, unformatted."""
        self._write("__init__.py", "package_init.py.jinja")
        self._write("client.py", "client.py.jinja")
        self._write("errors.py", "errors.py.jinja")
        self._write("models/__init__.py", "models_init.py.jinja")
        self._write("api/__init__.py", "api_init.py.jinja")
        for resource in self.resources:
            self._write(f"api/{resource.attribute}.py", "resource.py.jinja", resource=resource)
        for prop in self.classes:
            template = "enum.py.jinja" if isinstance(prop, EnumProperty) else "model.py.jinja"
            self._write(f"models/{prop.class_info.module_name}.py", template, prop=prop)
        self._write_text("py.typed", f"# {self.note}\n")
        text = json.dumps(self.contract.original, indent=2, ensure_ascii=False)
        self._write_text("openapi.json", f'{{ "x-generated": {json.dumps(self.note)},{text[1:]}\n')

    def _write(self, path: str, template: str, **context: Any) -> None:
        self._write_text(path, self.env.get_template(template).render(**context))

    def _write_text(self, path: str, text: str) -> None:
        file = self.package_dir / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # Written as bytes: the line ends are the same on every machine.
        file.write_bytes(text.encode())
