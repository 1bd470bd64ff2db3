"""openapi-python-client's `Project`: its parser reads the contract, and our templates print what it has read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from openapi_python_client import Project
from openapi_python_client.config import Config
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError, ParseError
from openapi_python_client.parser.properties import EnumProperty
from openapi_python_client.schema import Schema
from openapi_python_client.strings import ClassName

from .contract import Contract, ContractError, Location
from .models import Model, check_class_names, description, needed_classes
from .names import CLIENT_ATTRIBUTES, method_names, taken_class_names
from .operations import Operation
from .python_types import PythonTypes
from .rewriting import Rewriting
from .words import comment, docstring, entry, literal, sentence, wrapped

__all__ = ["RealtimeKitProject"]

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates"

# Messages of the parser that show the address of an object, or the name of a class of its own, and what they mean.
_MESSAGES: Final = {
    r"have the same python_name": "two properties have the same name in Python; rename one of them",
    r"Value (.+) is not valid for enum": r"the default \1 is not among the values of the enum",
    r"Cannot convert (.+) to enum": r"the default \1 is not of the type of the enum",
    r"Invalid default value for union": "the default fits no member of the union",
    r"Invalid property in union": "a member of the union cannot be read; see whether it contains itself",
    r"Invalid (\w+) value: (\S+)": r"the default \2 is no \1",
    r"Recursive and circular references": "a list that contains itself is not supported; put an object between",
    r"Could not find reference in parsed models": "a union that contains itself is not supported; put an object in it",
    r'duplicate models with name "(\w+)"|conflicting enums named (\w+)': (
        r"its class would be \1\2, as another's is; move it to components/schemas under a name of its own"
    ),
    r"[Uu]nsupported content.type ([^\s)]+)": r"the media type \1 is not supported; JSON is",
    r"Invalid response status code pattern: (\S+),": r"\1 is no status code",
    r"Duplicated parameters named `(.+)` detected": r"the parameter \1 stands here twice; remove one",
    r"Incorrect path templating": "the names in the path and the parameters `in: path` must be the same, once each",
    r"Path parameter must be required": "a parameter in the path needs `required: true`",
    r"(\S+) is not allowed in (\w+)": r"a parameter of this type cannot stand in the \2",
    r"Parameters with same Python identifier (\w+)": r"two parameters would be called \1 in Python; rename one of them",
}


class Resource:
    """The operations under a tag."""

    def __init__(self, attribute: str, description: str, operations: list[Operation]) -> None:
        self.attribute = attribute
        self.class_name = ClassName(attribute, "Tag")
        self.description = sentence(description)
        self.operations = operations
        self.methods = [operation.name for operation in operations]


class RealtimeKitProject(Project):
    """The package of one contract."""

    def __init__(self, contract: Contract, config: Config, *, errors: list[str], errors_doc: str) -> None:
        self.contract = contract
        rewriting = Rewriting(contract)
        try:
            data = GeneratorData.from_dict(rewriting.document(), config=config)
        except ValueError as exc:
            raise contract.error(str(exc)) from None
        if isinstance(data, GeneratorError):
            raise contract.error(" ".join(f"{data.header}: {data.detail}".split()))
        super().__init__(openapi=data, config=config, custom_template_path=TEMPLATES)
        # What is wrong with a schema comes before what is wrong with the operations that need it.
        for problem in (*data.errors, *self._get_errors()):
            raise self._refusal(problem)
        self._check_security()
        types = PythonTypes(contract, {model.class_info.name: model for model in data.models})
        self.resources = self._read_resources(rewriting, types)
        operations = [operation for resource in self.resources for operation in resource.operations]
        self.classes = needed_classes((prop for operation in operations for prop in operation.props), types)
        public = dict.fromkeys(errors, "realtimekit_runtime.errors")
        public |= dict.fromkeys(("UNSET", "Unset"), "realtimekit_runtime.models")
        public |= dict.fromkeys(("AsyncPager", "Pager"), "realtimekit_runtime.pagers")
        public |= dict.fromkeys(("AsyncClient", "Client"), ".client")
        check_class_names(self.classes, taken_class_names(list(public)), contract)
        public |= dict.fromkeys(self.classes, ".models")
        self._types = types
        by = "`make generate`" if contract.file.name == "openapi.yaml" else "scripts/generate.py"
        self.note = f"Generated from {comment(contract.file.name)} by {by}; do not edit."
        self.env.filters.update(docstring=docstring, literal=literal, sentence=sentence, wrapped=wrapped)
        self.env.globals.update(
            note=self.note,
            info=contract.document["info"],
            base_url=self._server(),
            classes=[prop.class_info for prop in self.classes.values()],
            entry=entry,
            errors=errors,
            errors_doc=errors_doc,
            example=min(operations, key=lambda operation: operation.pagination is None, default=None),
            public_names=dict(sorted(public.items())),
            resources=self.resources,
        )

    # --- what the parser has read -----------------------------------------------------------------------------------

    def _refusal(self, problem: GeneratorError) -> ContractError:
        """A warning of the parser, in our words and with its line."""
        location: Location = ()
        data = problem.data if isinstance(problem, ParseError) else None
        if isinstance(data, Schema) and data.description:
            _, location = self.contract.follow(data.description.get_untrusted_value())
        elif found := re.search(r"schema (/[^\s:]+)", problem.header):
            _, location = self.contract.follow(f"#{found[1]}")
        elif found := re.search(r"parsing ([A-Z]+) (\S+) within", problem.header):
            location = ("paths", found[2], found[1].lower())
        text = f"{problem.header} {problem.detail or ''}"
        for pattern, meaning in _MESSAGES.items():
            if match := re.search(pattern, text):
                return self.contract.error(match.expand(meaning.replace(r"\1\2", rf"\{match.lastindex}")), location)
        reason = " ".join((problem.detail or problem.header).partition("Failure to process")[0].split())
        reason = re.sub(r"<[\w.]+ object at 0x\w+>", "this", reason)
        return self.contract.error(f"openapi-python-client cannot read this: {reason}", location)

    def _read_resources(self, rewriting: Rewriting, types: PythonTypes) -> list[Resource]:
        described = {tag["name"]: tag.get("description") for tag in self.contract.document.get("tags") or ()}
        found = []
        lines: dict[str, int | None] = {}
        for attribute, collection in self.openapi.endpoint_collections_by_tag.items():
            operations = []
            for endpoint in collection.endpoints:
                source = rewriting.operations[endpoint.description.get_untrusted_value()]
                here = (*source.location, "operationId")
                if endpoint.name in lines:
                    raise self.contract.error(
                        f"the operationId {source.raw['operationId']!r} is, as a name in Python, also that of line "
                        f"{lines[endpoint.name]}; give each operation its own",
                        here,
                    )
                lines[endpoint.name] = self.contract.line(here)
                operations.append(Operation(endpoint, source, self.contract, types, self.config))
            tag = (operations[0].raw.get("tags") or ["default"])[0]
            if attribute in CLIENT_ATTRIBUTES:
                raise self.contract.error(
                    f"the tag {tag!r} would hide the client's own `{attribute}`; rename the tag",
                    (*operations[0].location, "tags"),
                )
            names = method_names([operation.id for operation in operations], tag)
            for operation, name in zip(operations, names, strict=True):
                operation.name = name
            found.append(Resource(attribute, described.get(tag) or f"The operations under the tag {tag}", operations))
        return found

    def _server(self) -> str:
        server: dict[str, Any] = next(iter(self.contract.document.get("servers") or ()), {})
        url = str(server.get("url", ""))
        for name, variable in (server.get("variables") or {}).items():
            url = url.replace(f"{{{name}}}", str(variable["default"]))
        # A relative URL does not say where the API is: the user has to.
        return url.rstrip("/") if re.match(r"https?://", url) else ""

    def _check_security(self) -> None:
        schemes = (self.contract.document.get("components") or {}).get("securitySchemes") or {}
        kinds = {str(scheme.get("scheme", scheme.get("type"))).lower() for scheme in schemes.values()}
        if kinds and not kinds & {"bearer", "oauth2", "openidconnect"}:
            raise self.contract.error(
                "the client sends a bearer token, and no scheme is one; add `type: http` with `scheme: bearer`",
                ("components", "securitySchemes"),
            )

    # --- the files --------------------------------------------------------------------------------------------------

    def render(self) -> None:
        """Write the package into `package_dir`, unformatted."""
        for directory in ("models", "api"):
            (self.package_dir / directory).mkdir(parents=True)
        self._write("__init__.py", "package_init.py.jinja")
        self._write("client.py", "client.py.jinja")
        self._write("errors.py", "errors.py.jinja")
        self._write("models/__init__.py", "models_init.py.jinja")
        self._write("api/__init__.py", "api_init.py.jinja")
        for resource in self.resources:
            self._write(f"api/{resource.attribute}.py", "resource.py.jinja", resource=resource)
        for prop in self.classes.values():
            path = f"models/{prop.class_info.module_name}.py"
            if isinstance(prop, EnumProperty):
                said = description(prop, self.contract)
                self._write(path, "enum.py.jinja", enum=prop, description=said)
            else:
                self._write(path, "model.py.jinja", model=Model(prop, self.contract, self._types, self.config))
        self._write_text("py.typed", f"# {self.note}\n")
        self._write_text("openapi.json", self._contract_as_json())

    def _write(self, path: str, template: str, **context: Any) -> None:
        self._write_text(path, self.env.get_template(template).render(**context))

    def _write_text(self, path: str, text: str) -> None:
        # Written as bytes: the line ends are the same on every machine.
        (self.package_dir / path).write_bytes(text.encode())

    def _contract_as_json(self) -> str:
        text = json.dumps(self.contract.original, indent=2, ensure_ascii=False)
        return f'{{ "x-generated": {json.dumps(self.note)},{text[1:]}\n'
