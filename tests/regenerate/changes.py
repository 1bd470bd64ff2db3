"""Changes to the contract, the way the real one changes, and how a user would use each.

A change edits the parsed contract and nothing else. `use` is user code for the package that is generated: it is
type-checked and then run against an emulator that validates by the same contract.

Changes marked `adds` break nobody. `make evolve` makes all of them together in the real contract, which is linted. So
they are written as good contracts are, with descriptions, examples, headers and errors. What they add has names that
the service will never use, since a name that the contract has already would clash.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from textwrap import dedent

from .parts import (
    APP,
    PATH,
    Document,
    add_list,
    add_schemas,
    meeting_fields,
    operation,
    parameters,
    query,
    reference,
)

CHANGES: list[Change] = []


@dataclass(frozen=True)
class Change:
    """One change, what it edits, and the code of a user who knows of it."""

    name: str
    edit: Callable[[Document], None]
    use: str
    adds: bool

    @property
    def package(self) -> str:
        return f"changed_{self.name}"

    @property
    def code(self) -> str:
        head = f"""
            from {self.package} import *
            from {self.package} import models
            from realtimekit_emulator import Emulator

            def client_of(emulator: Emulator) -> Client:
                return Client(
                    api_token=emulator.api_token,
                    account_id=emulator.account_id,
                    base_url=emulator.base_url,
                    max_retries=0,
                )
        """
        return dedent(head) + dedent(self.use)


def change(use: str, *, adds: bool = True) -> Callable[[Callable[[Document], None]], None]:
    """Add a change: the function edits, `use` is the user's code."""

    def add(edit: Callable[[Document], None]) -> None:
        CHANGES.append(Change(edit.__name__, edit, use, adds))

    return add


def evolve(contract: Document) -> None:
    """Make every change that only adds."""
    for each in CHANGES:
        if each.adds:
            each.edit(contract)


# --- fields and parameters ------------------------------------------------------------------------------------------


@change("""
    def use(emulator: Emulator) -> None:
        emulator.add_meetings([{"motto": "All of it"}, {"motto": None}, {}])
        with client_of(emulator) as client:
            mottos: list[str | None | Unset] = [meeting.motto for meeting in client.meetings.list(emulator.app_id)]
        assert mottos == [UNSET, None, "All of it"]
""")
def new_optional_field(contract: Document) -> None:
    meeting_fields(contract)["motto"] = {"type": "string", "description": "What it lives by."}


@change("""
    def use(emulator: Emulator) -> None:
        full = {"max_seconds": 60, "telescope": {"mirror": "ROUND", "width": 1280}, "eyepiece": None, "more": 1}
        emulator.add_meetings([{"stargazing": full}, {"stargazing": None}])
        with client_of(emulator) as client:
            without, with_one = client.meetings.list(emulator.app_id)
        assert without.stargazing is None
        stargazing = with_one.stargazing
        assert isinstance(stargazing, models.Stargazing)
        assert stargazing.max_seconds == 60
        assert stargazing.additional_properties == {"more": 1}
        assert stargazing.eyepiece is None
        assert isinstance(stargazing.telescope, models.Telescope)
        assert stargazing.telescope.mirror == "ROUND"
        assert stargazing.telescope.additional_properties == {"width": 1280}
        assert with_one.to_dict()["stargazing"] == full
        assert Meeting.from_dict(with_one.to_dict()) == with_one
""")
def nested_object_with_nullable_union(contract: Document) -> None:
    add_schemas(
        contract,
        """
        Stargazing:
          type: object
          description: How the stars are watched meanwhile.
          properties:
            max_seconds: { type: number, minimum: 60, maximum: 86400, multipleOf: 1, x-python-type: int }
            telescope: { $ref: "#/components/schemas/Telescope" }
            eyepiece: { anyOf: [{ $ref: "#/components/schemas/Eyepiece" }, { type: "null" }] }
        Telescope:
          type: object
          description: What they are watched with.
          properties: { mirror: { type: string, enum: [ROUND, SQUARE] } }
        Eyepiece:
          type: object
          description: What one looks into.
          required: [lens]
          properties: { lens: { type: string, enum: [thick, thin], default: thin } }
        """,
    )
    meeting_fields(contract)["stargazing"] = {"oneOf": [reference("Stargazing"), {"type": "null"}]}


@change("""
    import asyncio

    def use(emulator: Emulator) -> None:
        emulator.add_meetings(25)
        with client_of(emulator) as client:
            calm = models.Mood.CALM
            pager = client.meetings.list(emulator.app_id, mood=calm, slogan="a & b", per_page=20)
            assert len(list(pager)) == 25
            assert [(r.query["mood"], r.query["slogan"]) for r in emulator.requests] == [("CALM", "a & b")] * 2
            try:
                client.meetings.list(emulator.app_id, mood=models.Mood("LOST"))
            except ArgumentError:
                pass
            else:
                raise AssertionError("a value outside the contract was accepted")

        async def read() -> int:
            async with AsyncClient(
                api_token=emulator.api_token, account_id=emulator.account_id, base_url=emulator.base_url
            ) as client:
                return len([m async for m in client.meetings.list(emulator.app_id, slogan="x")])

        assert asyncio.run(read()) == 25
""")
def new_query_parameters(contract: Document) -> None:
    add_schemas(contract, "Mood: { type: string, description: How a meeting feels., enum: [CALM, CROSS] }")
    contract["paths"][PATH]["get"]["parameters"] += [
        query("mood", reference("Mood")),
        query("slogan", {"type": "string", "maxLength": 100}),
    ]


@change("""
    def use(emulator: Emulator) -> None:
        with client_of(emulator) as client:
            list(client.meetings.list(emulator.app_id, flavours=["sweet", "sour"], colours=["red", "blue"]))
        assert emulator.requests[-1].query["flavours"] == "sweet,sour"
        assert emulator.requests[-1].status == 200
""")
def new_array_parameters(contract: Document) -> None:
    # A comma in an item would split it, and of no item at all and of one empty item a URL says the same.
    words = {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^[a-z]+$"}}
    contract["paths"][PATH]["get"]["parameters"] += [
        query("flavours", words, style="form", explode=False),
        query("colours", deepcopy(words), style="form", explode=True),
    ]


@change("""
    def use(emulator: Emulator) -> None:
        emulator.add_meetings([{"status": "MOONLIT"}, {"status": "NEWER"}])
        with client_of(emulator) as client:
            newer, moonlit = client.meetings.list(emulator.app_id)
        assert moonlit.status is MeetingStatus.MOONLIT
        assert newer.status == "NEWER"
""")
def new_enum_value(contract: Document) -> None:
    contract["components"]["schemas"]["MeetingStatus"]["enum"].append("MOONLIT")


@change(
    """
    def use(emulator: Emulator) -> None:
        emulator.add_meetings([{"title": "still sent"}])
        with client_of(emulator) as client:
            (meeting,) = client.meetings.list(emulator.app_id)
        assert not hasattr(meeting, "title")
        assert meeting.additional_properties["title"] == "still sent"
    """,
    adds=False,
)
def field_gone(contract: Document) -> None:
    del meeting_fields(contract)["title"]


# --- operations -----------------------------------------------------------------------------------------------------


@change("""
    def use(emulator: Emulator) -> None:
        with client_of(emulator) as client:
            comets: list[models.Comet] = list(client.comets.list(emulator.app_id, per_page=10))
            assert [comet.minutes for comet in comets] == [30]
            assert len(list(client.meetings.list(emulator.app_id))) == 0
""")
def list_under_new_tag(contract: Document) -> None:
    add_list(contract, "comets", tag="comets")


@change("""
    def use(emulator: Emulator) -> None:
        with client_of(emulator) as client:
            meteors: list[models.Meteor] = list(client.meetings.list_meteors(emulator.app_id))
            assert [meteor.minutes for meteor in meteors] == [30]
            page = client.meetings.list_meteors(emulator.app_id).first_page()
            assert page.data.meteors[0].minutes == 30
""")
def list_under_same_tag_in_an_inner_place(contract: Document) -> None:
    add_list(contract, "meteors", tag="meetings", inner="meteors")


@change("""
    from uuid import UUID

    def use(emulator: Emulator) -> None:
        with client_of(emulator) as client:
            created: models.Rocket = client.rockets.create(
                emulator.app_id, body=models.RocketInput(name="New", stages=2)
            )
            assert created.name == "Changed by the service"
            found: models.Rocket = client.rockets.get(emulator.app_id, UUID(int=7))
            assert found == created
            client.rockets.update(emulator.app_id, UUID(int=7), body=models.RocketInput(name=None))
            client.rockets.delete(emulator.app_id, UUID(int=7), body=models.Reason(why="old"))
            try:
                client.rockets.create(emulator.app_id, body=models.RocketInput(stages=0))
            except ArgumentError as error:
                assert "stages" in str(error)
            else:
                raise AssertionError("a body outside the contract was accepted")
        assert emulator.requests[-1].path.endswith("/rockets/00000000-0000-0000-0000-000000000007")
        asked = [(request.method, request.status) for request in emulator.requests]
        assert asked == [("POST", 200), ("GET", 200), ("PATCH", 200), ("DELETE", 204)]
""")
def operations_of_every_kind(contract: Document) -> None:
    fields = "{ name: { type: [string, 'null'] }, stages: { type: number, minimum: 1, maximum: 9 } }"
    add_schemas(
        contract,
        f"""
        Rocket: {{ type: object, description: A rocket., required: [name], properties: {fields} }}
        RocketInput: {{ type: object, description: What a rocket is made of., properties: {fields} }}
        Reason: {{ type: object, description: A reason., required: [why], properties: {{ why: {{ type: string }} }} }}
        """,
    )
    example = {"name": "Changed by the service", "stages": 2}
    given, rocket = reference("RocketInput"), reference("Rocket")
    which = {"name": "rocket_id", "in": "path", "required": True, "description": "Which one."}
    which["schema"] = {"type": "string", "format": "uuid"}
    contract["paths"][f"{APP}/rockets"] = {
        "parameters": parameters("account_id", "app_id"),
        "post": operation(contract, "create_rocket", "rockets", rocket, example, given=given),
    }
    contract["paths"][f"{APP}/rockets/{{rocket_id}}"] = {
        "parameters": [*parameters("account_id", "app_id"), which],
        "get": operation(contract, "get_rocket", "rockets", deepcopy(rocket), example),
        "patch": operation(contract, "update_rocket", "rockets", deepcopy(rocket), example, given=deepcopy(given)),
        "delete": operation(contract, "delete_rocket", "rockets", None, given=reference("Reason")),
    }
