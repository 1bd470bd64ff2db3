"""openapi-python-client's `Project`, with the templates given what its parser drops."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from openapi_python_client import Project
from openapi_python_client.config import Config
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError

from .contract import Contract, Place
from .names import Names, class_name
from .normal import Schemas
from .operations import Operation, read_operations
from .source import Source
from .views import Classes, ClassInfo, EnumView, ModelView, ResourceView
from .words import comment, docstring, literal, sentence

__all__ = ["RealtimeKitProject"]

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates"


class RealtimeKitProject(Project):
    """The package of one contract.

    openapi-python-client's parser groups the operations by tag and makes the classes. What it drops comes from
    `normal` and `operations`: parameters with their limits, unions, extensions, servers, security.
    """

    def __init__(
        self, contract: Contract, config: Config, *, errors: list[str], warn: Callable[[str, Place], None]
    ) -> None:
        self.contract = contract
        self._warn = warn
        self._schemas = Schemas(contract, warn)
        self._operations = read_operations(Source(contract, self._schemas, warn))
        parsed = GeneratorData.from_dict(self._parser_document(), config=config)
        if isinstance(parsed, GeneratorError):
            raise contract.error(f"{parsed.header}: {parsed.detail}")
        super().__init__(openapi=parsed, config=config, custom_template_path=TEMPLATES)
        problems = self._get_errors()
        if problems:
            raise contract.error("; ".join(f"{problem.header}: {problem.detail}" for problem in problems))
        self._infos = {
            found.name.get_untrusted_value().rsplit("/", 1)[-1]: ClassInfo(
                str(found.class_info.name), str(found.class_info.module_name)
            )
            for found in (*parsed.models, *parsed.enums)
        }
        self._classes = Classes(self._infos, self._schemas.classes)
        info = contract.document["info"]
        self._check_security()
        self._resource_views = self._resources()
        by = "`make generate`" if contract.file.name == "openapi.yaml" else "scripts/generate.py"
        self.note = f"Generated from {comment(contract.file.name)} by {by}; do not edit."
        self.env.filters.update(literal=literal)
        self.env.globals.update(
            note=self.note,
            version=str(info["version"]),
            errors=sorted(errors),
            base_url=self._server(),
            resources=self._resource_views,
            classes=sorted(self._infos.values(), key=lambda found: found.name),
            package_doc=self._package_doc(info),
        )
        self._add_public_names(errors)
        self._add_client_docs(info)

    # --- what the parser is given -----------------------------------------------------------------------------------

    def _parser_document(self) -> dict[str, Any]:
        info = self.contract.document["info"]
        paths: dict[str, dict[str, Any]] = {}
        for at, operation in enumerate(self._operations):
            # A path of its own for each, without parameters: the parser is not asked about those.
            paths[f"/{at}"] = {
                operation.method.lower(): {"operationId": operation.id, "tags": [operation.tag], "responses": {}}
            }
        return {
            "openapi": "3.1.0",
            "info": {"title": str(info["title"]), "version": str(info["version"])},
            "paths": paths,
            "components": {"schemas": self._schemas.classes},
        }

    # --- what the templates are given -------------------------------------------------------------------------------

    def _resources(self) -> list[ResourceView]:
        described = {}
        tags = self.contract.document.get("tags") or []
        if not isinstance(tags, list):
            raise self.contract.error("`tags` must be a list", ("tags",))
        for tag in tags:
            if isinstance(tag, dict) and isinstance(tag.get("name"), str):
                described[tag["name"]] = tag.get("description") or tag.get("summary") or ""
        names = Names()
        resources = []
        for collection in self.openapi.endpoint_collections_by_tag.values():
            places = [endpoint.path.get_untrusted_value().strip("/") for endpoint in collection.endpoints]
            operations = [self._operations[int(place)] for place in places]
            tag = operations[0].stated_tag
            name = names.take(class_name(tag, "Resource"), "")
            names.take(f"Async{name}", "")
            description = described.get(tag) or f"The operations under the tag {tag}"
            resources.append(
                ResourceView(
                    operations[0].tag,
                    name,
                    sentence(str(description)),
                    operations,
                    self._classes,
                )
            )
        return resources

    def _add_public_names(self, errors: list[str]) -> None:
        names = dict.fromkeys(errors, "realtimekit_runtime.errors")
        names |= {"UNSET": "realtimekit_runtime.models", "Unset": "realtimekit_runtime.models"}
        names |= {"AsyncPager": "realtimekit_runtime.pagers", "Pager": "realtimekit_runtime.pagers"}
        names |= {"AsyncClient": ".client", "Client": ".client"}
        public = [found.name for found in self._infos.values() if found.name not in names]
        names |= dict.fromkeys(public, ".models")
        self.env.globals.update(public_classes=sorted(public), public_names=dict(sorted(names.items())))

    def _package_doc(self, info: dict[str, Any]) -> str:
        blocks = [sentence(str(info["title"]))]
        blocks += [sentence(info[key]) for key in ("summary", "description") if isinstance(info.get(key), str)]
        return docstring(*blocks)

    def _add_client_docs(self, info: dict[str, Any]) -> None:
        summary = info.get("summary")
        title = sentence(summary if isinstance(summary, str) else str(info["title"]))
        settings = (
            "The token and the account come from the arguments, else from `CLOUDFLARE_API_TOKEN` and "
            "`CLOUDFLARE_ACCOUNT_ID`; an argument beats the environment. A client keeps its connections: make one, use "
            "it for everything, and close it, or let `with` do so."
        )
        for name, start, word in (("client_doc", "", ""), ("async_client_doc", "async ", "Async")):
            usage = f"    {start}with {word}Client() as client:\n        ..."
            if example := self._example():
                loops = example.pagination is not None
                call = f"client.{example.tag}.{example.name}(…)"
                body = (
                    f"{start}for item in {call}:\n            print(item)"
                    if loops
                    else f"{'await ' if start else ''}{call}"
                )
                usage = f"    {start}with {word}Client() as client:\n        {body}"
            self.env.globals[name] = docstring(title, settings, indent=4, laid_out=usage)

    def _example(self) -> Operation | None:
        paged = [operation for operation in self._operations if operation.pagination]
        return next(iter(paged or self._operations), None)

    def _server(self) -> str:
        servers = self.contract.document.get("servers") or []
        if not isinstance(servers, list) or not servers or not isinstance(servers[0], dict):
            return ""
        url = str(servers[0].get("url", ""))
        variables = servers[0].get("variables") or {}
        for name, variable in variables.items() if isinstance(variables, dict) else ():
            default = variable.get("default", "") if isinstance(variable, dict) else ""
            url = url.replace(f"{{{name}}}", str(default))
        if not re.match(r"https?://", url):
            self._warn(
                f"the server {url!r} is no absolute URL; the client has to be told where the API is", ("servers",)
            )
            return ""
        return url.rstrip("/")

    def _check_security(self) -> None:
        schemes = (self.contract.document.get("components") or {}).get("securitySchemes") or {}
        if not isinstance(schemes, dict):
            raise self.contract.error("`securitySchemes` must be a mapping", ("components", "securitySchemes"))
        known = [scheme for scheme in schemes.values() if isinstance(scheme, dict)]
        bearer = any(
            scheme.get("type") in ("oauth2", "openIdConnect") or str(scheme.get("scheme")).lower() == "bearer"
            for scheme in known
        )
        if known and not bearer:
            self._warn(
                "none of the security schemes is a bearer token, and that is what the client sends",
                ("components", "securitySchemes"),
            )

    # --- the files --------------------------------------------------------------------------------------------------

    def render(self) -> None:
        """Write the package into `package_dir`, unformatted."""
        self.package_dir.mkdir(parents=True)
        for directory in ("models", "api"):
            (self.package_dir / directory).mkdir()
        self._write("__init__.py", "package_init.py.jinja")
        self._write("client.py", "client.py.jinja")
        self._write("errors.py", "errors.py.jinja")
        self._write("models/__init__.py", "models_init.py.jinja")
        self._write("api/__init__.py", "api_init.py.jinja")
        for resource in self._resource_views:
            self._write(f"api/{resource.module}.py", "resource.py.jinja", resource=resource)
        for name, info in self._infos.items():
            schema = self._schemas.classes[name]
            if "enum" in schema:
                self._write(f"models/{info.module}.py", "enum.py.jinja", enum=EnumView(info, schema))
            else:
                view = ModelView(info, schema, self._classes)
                self._write(f"models/{info.module}.py", "model.py.jinja", model=view)
        self._write_text("py.typed", f"# {self.note}\n")
        self._write_text("openapi.json", self._contract_as_json())

    def _write(self, path: str, template: str, **context: Any) -> None:
        self._write_text(path, self.env.get_template(template).render(**context))

    def _write_text(self, path: str, text: str) -> None:
        # Written as bytes: the line ends are the same on every machine.
        (self.package_dir / path).write_bytes(text.encode())

    def _contract_as_json(self) -> str:
        document = {key: value for key, value in self.contract.document.items() if key != "x-generated"}
        try:
            text = json.dumps(document, indent=2, ensure_ascii=False)
            text.encode()
        except UnicodeEncodeError:
            text = json.dumps(document, indent=2)
        return f'{{ "x-generated": {json.dumps(self.note)},{text[1:]}\n'
