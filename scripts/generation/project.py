"""openapi-python-client's `Project`: its parser reads the contract, and our templates print what it has read."""

from __future__ import annotations

import inspect
import json
import re
from functools import partial
from pathlib import Path
from typing import Any, Final

from openapi_python_client import Project
from openapi_python_client.config import Config
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError, ParseError
from openapi_python_client.parser.properties import EnumProperty
from openapi_python_client.strings import ClassName

from realtimekit_runtime import errors

from .contract import Contract, ContractError, Location
from .models import Model, check_class_names, needed_classes
from .names import CLIENT_ATTRIBUTES, IMPORTED, method_names
from .operations import Operation
from .python_types import RUN_TIME_ARGUMENT, RUN_TIME_RESPONSE, PythonTypes, place_of
from .rewriting import Rewriting
from .words import comment, docstring, entry, literal, sentence, wrapped

__all__ = ["RealtimeKitProject"]

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates"

# Messages of the parser that show the address of an object, or do not say what to do, and what they mean.
_MESSAGES: Final = {
    "have the same python_name": "two properties have the same name in Python; rename one of them",
    "Recursive and circular references": "a list that contains itself is not supported; put an object between",
    "duplicate models": "two classes would have one name; move one to components/schemas under a name of its own",
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

    def __init__(self, contract: Contract, config: Config) -> None:
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
        public = dict.fromkeys(errors.__all__, "realtimekit_runtime.errors")
        public |= dict.fromkeys(("UNSET", "Unset"), "realtimekit_runtime.models")
        public |= dict.fromkeys(("AsyncPager", "Pager"), "realtimekit_runtime.pagers")
        public |= dict.fromkeys(("AsyncClient", "Client"), ".client")
        check_class_names(self.classes, IMPORTED | public.keys(), contract)
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
            argument_type=partial(types.code, how=RUN_TIME_ARGUMENT),
            body_type=partial(types.code, how=RUN_TIME_RESPONSE),
            entry=entry,
            errors=sorted(errors.__all__),
            errors_doc=inspect.getdoc(errors),
            example=min(operations, key=lambda operation: operation.pagination is None, default=None),
            public_names=dict(sorted(public.items())),
            resources=self.resources,
        )

    # --- what the parser has read -----------------------------------------------------------------------------------

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
        reason = re.sub(r"<[\w.]+ object at 0x\w+>", "this", " ".join((problem.detail or problem.header).split()))
        return self.contract.error(f"openapi-python-client cannot read this: {reason}", location)

    def _read_resources(self, rewriting: Rewriting, types: PythonTypes) -> list[Resource]:
        described = {tag["name"]: tag.get("description") for tag in self.contract.document.get("tags", ())}
        found = []
        places: dict[str, Location] = {}
        for attribute, collection in self.openapi.endpoint_collections_by_tag.items():
            operations = []
            for endpoint in collection.endpoints:
                source = rewriting.operations[place_of(endpoint)]
                here = (*source.location, "operationId")
                if (first := places.setdefault(endpoint.name, here)) != here:
                    raise self.contract.error(
                        f"the operationId {source.raw['operationId']!r} is, as a name in Python, also that of line "
                        f"{self.contract.line(first)}; give each operation its own",
                        here,
                    )
                operations.append(Operation(endpoint, source, self.contract, types, self.config))
            tag = (operations[0].raw.get("tags") or ["default"])[0]
            if attribute in CLIENT_ATTRIBUTES:
                raise self.contract.error(
                    f"the tag {tag!r} would hide the client's own `{attribute}`; rename the tag",
                    (*operations[0].location, "tags"),
                )
            names = method_names([operation.id for operation in operations], attribute)
            for operation, name in zip(operations, names, strict=True):
                operation.name = name
            found.append(Resource(attribute, described.get(tag) or f"The operations under the tag {tag}", operations))
        return found

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
                self._write(path, "enum.py.jinja", enum=prop, description=self._types.facts(prop).get("description"))
            else:
                self._write(path, "model.py.jinja", model=Model(prop, self._types, self.config))
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
