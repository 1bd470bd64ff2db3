"""The classes of a contract: the models and enums that its operations need."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from openapi_python_client.config import Config
from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema import UntrustedString

from .contract import Contract
from .limits import in_words
from .names import MODEL_ATTRIBUTES
from .operations import default_in_words
from .python_types import MODEL, PythonTypes, place_of
from .words import sentence

__all__ = ["Field", "Model", "check_class_names", "needed_classes"]


@dataclass(frozen=True)
class Field:
    """A field of a model."""

    name: str
    wire_name: str
    type: str
    is_optional: bool
    words: str


class Model:
    """A model, as its template prints it."""

    def __init__(self, prop: ModelProperty, types: PythonTypes, config: Config) -> None:
        self.class_info = prop.class_info
        self.description = types.facts(prop).get("description", "")
        self.fields = [self._field(prop, field, types, config) for field in types.fields(prop)]
        self.wire_names = {field.name: field.wire_name for field in self.fields if field.name != field.wire_name}
        imports = (prop.relative_imports or set()) | (prop.lazy_imports or set())
        self.imports = sorted(line.replace("..models.", ".") for line in imports if "..models." in line)

    @staticmethod
    def _field(model: ModelProperty, prop: PropertyProtocol, types: PythonTypes, config: Config) -> Field:
        wire_name = prop.name.get_untrusted_value()
        if prop.python_name in MODEL_ATTRIBUTES:
            prop.set_python_name(UntrustedString(f"{wire_name}_field"), config)
        # What the field refers to is described where that stands; the field itself, in the model.
        facts = types.facts((model.data.properties or {})[prop.name])
        words = [sentence(facts.get("description", "")), in_words(facts), default_in_words(facts)]
        words += ["Deprecated."] if facts.get("deprecated") else []
        annotation = types.code(prop, MODEL)
        if not prop.required:
            # A null in an optional field must not cost the caller the page, whatever the contract says of nulls.
            annotation += " | Unset" if annotation.split(" | ")[-1] == "None" else " | None | Unset"
        return Field(prop.python_name, wire_name, annotation, not prop.required, " ".join(filter(None, words)))


def needed_classes(props: Iterable[PropertyProtocol], types: PythonTypes) -> dict[str, ModelProperty | EnumProperty]:
    """The models and enums that these properties are made of, and those that these are made of in turn."""
    found: dict[str, ModelProperty | EnumProperty] = {}
    todo = list(props)
    while todo:
        prop = todo.pop()
        if isinstance(prop, UnionProperty):
            todo += prop.inner_properties
        elif isinstance(prop, ListProperty):
            todo.append(prop.inner_property)
        elif isinstance(prop, EnumProperty):
            found[prop.class_info.name] = prop
        elif isinstance(prop, ModelProperty):
            model = types.models[prop.class_info.name]
            if not types.fields(model):
                todo += [model.additional_properties] if model.additional_properties else []
            elif model.class_info.name not in found:
                found[model.class_info.name] = model
                todo += types.fields(model)
    return dict(sorted(found.items()))


def check_class_names(classes: dict[str, Any], taken: Collection[str], contract: Contract) -> None:
    """Refuse classes whose names or modules are taken."""
    modules: dict[str, str] = {}
    for name, prop in classes.items():
        other = modules.setdefault(prop.class_info.module_name, name)
        if name in taken or other != name:
            reason = f"would stand in one module with {other}" if other != name else "has a name that is taken"
            raise contract.error(
                f"its class {name} {reason}; rename the schema, or name its class under `class_overrides` in the "
                "settings of the generator",
                place_of(prop),
            )
