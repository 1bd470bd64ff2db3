"""Changes to the contract, the way the real one changes, and how a user would use each.

A change edits the parsed contract and nothing else. `use` is user code for the package that comes out: it is
type-checked and then run against an emulator that validates by the same contract.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

PATH = "/accounts/{account_id}/realtime/kit/{app_id}/meetings"
APP = "/accounts/{account_id}/realtime/kit/{app_id}"
PARAMETERS = [{"$ref": "#/components/parameters/account_id"}, {"$ref": "#/components/parameters/app_id"}]
MEETING_ID = {"name": "meeting_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
PAGES = [{"$ref": "#/components/parameters/page_no"}, {"$ref": "#/components/parameters/per_page"}]

Document = dict[str, Any]
CHANGES: list[Change] = []


@dataclass(frozen=True)
class Change:
    """One change, what it edits, and the code of a user who knows of it."""

    name: str
    edit: Callable[[Document], None]
    use: str

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


def change(use: str) -> Callable[[Callable[[Document], None]], None]:
    """Add a change: the function edits, `use` is the user's code."""

    def add(edit: Callable[[Document], None]) -> None:
        CHANGES.append(Change(edit.__name__, edit, use))

    return add


def response(schema: Any, example: Any = None) -> Document:
    content: Document = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"200": {"description": "OK", "content": {"application/json": content}}}


def body(schema: Any) -> Document:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def meeting_schema(contract: Document) -> Document:
    found: Document = contract["components"]["schemas"]["Meeting"]
    return found


@change("""
    def use(emulator: Emulator) -> None:
        emulator.add_meetings([{"agenda": "All of it"}, {"agenda": None}, {}])
        with client_of(emulator) as client:
            agendas: list[str | None | Unset] = [meeting.agenda for meeting in client.meetings.list(emulator.app_id)]
        assert agendas == [UNSET, None, "All of it"]
""")
def new_optional_field(contract: Document) -> None:
    meeting_schema(contract)["properties"]["agenda"] = {"type": "string", "description": "What it is about."}


@change("""
    def use(emulator: Emulator) -> None:
        full = {"max_seconds": 60, "video_config": {"codec": "H264", "width": 1280}, "audio_config": None, "more": 1}
        emulator.add_meetings([{"recording_config": full}, {"recording_config": None}])
        with client_of(emulator) as client:
            without, with_one = client.meetings.list(emulator.app_id)
        assert without.recording_config is None
        config = with_one.recording_config
        assert isinstance(config, models.RecordingConfig)
        assert config.max_seconds == 60
        assert config.additional_properties == {"more": 1}
        assert config.audio_config is None
        assert isinstance(config.video_config, models.VideoConfig)
        assert config.video_config.codec == "H264"
        assert config.video_config.additional_properties == {"width": 1280}
        assert with_one.to_dict()["recording_config"] == full
        assert Meeting.from_dict(with_one.to_dict()) == with_one
""")
def nested_object_with_nullable_union(contract: Document) -> None:
    schemas = contract["components"]["schemas"]
    schemas["RecordingConfig"] = {
        "type": "object",
        "properties": {
            "max_seconds": {"type": "number", "minimum": 60, "maximum": 86400, "x-python-type": "int"},
            "video_config": {"$ref": "#/components/schemas/VideoConfig"},
            "audio_config": {"anyOf": [{"$ref": "#/components/schemas/AudioConfig"}, {"type": "null"}]},
        },
    }
    schemas["VideoConfig"] = {"type": "object", "properties": {"codec": {"type": "string", "enum": ["H264", "VP8"]}}}
    channel = {"type": "string", "enum": ["mono", "stereo"]}
    schemas["AudioConfig"] = {"type": "object", "properties": {"channel": channel}}
    meeting_schema(contract)["properties"]["recording_config"] = {
        "oneOf": [{"$ref": "#/components/schemas/RecordingConfig"}, {"type": "null"}]
    }


@change("""
    import asyncio
    import httpx

    def use(emulator: Emulator) -> None:
        emulator.add_meetings(25)
        with client_of(emulator) as client:
            active = models.StatusFilter.ACTIVE
            pager = client.meetings.list(emulator.app_id, status=active, search="a & b", per_page=20)
            assert len(list(pager)) == 25
            assert [(r.query["status"], r.query["search"]) for r in emulator.requests] == [("ACTIVE", "a & b")] * 2
            try:
                client.meetings.list(emulator.app_id, status=models.StatusFilter("LOST"))
            except ArgumentError:
                pass
            else:
                raise AssertionError("a value outside the contract was accepted")

        async def read() -> int:
            async with AsyncClient(
                api_token=emulator.api_token, account_id=emulator.account_id, base_url=emulator.base_url
            ) as client:
                return len([m async for m in client.meetings.list(emulator.app_id, search="x")])

        assert asyncio.run(read()) == 25
        url = f"{emulator.base_url}/accounts/{emulator.account_id}/realtime/kit/{emulator.app_id}/meetings?status=LOST"
        response = httpx.get(url, headers={"Authorization": f"Bearer {emulator.api_token}"})
        assert response.status_code == 400, response.text
""")
def new_query_parameters(contract: Document) -> None:
    contract["components"]["schemas"]["StatusFilter"] = {"type": "string", "enum": ["ACTIVE", "INACTIVE"]}
    contract["paths"][PATH]["get"]["parameters"] += [
        {"name": "status", "in": "query", "schema": {"$ref": "#/components/schemas/StatusFilter"}},
        {"name": "search", "in": "query", "schema": {"type": "string", "maxLength": 100}},
    ]


@change("""
    def use(emulator: Emulator) -> None:
        emulator.add_meetings([{"status": "ARCHIVED"}, {"status": "NEWER STILL"}])
        with client_of(emulator) as client:
            newer, archived = client.meetings.list(emulator.app_id)
        assert archived.status is MeetingStatus.ARCHIVED
        assert newer.status == "NEWER STILL"
""")
def new_enum_value(contract: Document) -> None:
    contract["components"]["schemas"]["MeetingStatus"]["enum"].append("ARCHIVED")


@change("""
    def use(emulator: Emulator) -> None:
        emulator.add_meetings([{"title": "still sent"}])
        with client_of(emulator) as client:
            (meeting,) = client.meetings.list(emulator.app_id)
        assert not hasattr(meeting, "title")
        assert meeting.additional_properties["title"] == "still sent"
""")
def field_gone(contract: Document) -> None:
    del meeting_schema(contract)["properties"]["title"]


@change("""
    import httpx

    def use(emulator: Emulator) -> None:
        emulator.add_meetings(3)
        with client_of(emulator) as client:
            assert len(list(client.meetings.list(emulator.app_id, per_page=50))) == 3
            try:
                client.meetings.list(emulator.app_id, per_page=51)
            except ArgumentError as error:
                assert "50" in str(error)
            else:
                raise AssertionError("a value beyond the limit was accepted")
        url = f"{emulator.base_url}/accounts/{emulator.account_id}/realtime/kit/{emulator.app_id}/meetings?per_page=51"
        response = httpx.get(url, headers={"Authorization": f"Bearer {emulator.api_token}"})
        assert response.status_code == 400, response.text
""")
def limit_tightened(contract: Document) -> None:
    contract["components"]["parameters"]["per_page"]["schema"]["maximum"] = 50


SESSION = {"id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e", "minutes": 30}
PAGING = {"start_offset": 1, "end_offset": 1, "total_count": 1}
SESSION_SCHEMA = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string", "format": "uuid"}, "minutes": {"type": "integer"}},
}


def add_sessions(contract: Document, **operation: Any) -> None:
    contract["components"]["schemas"]["Session"] = deepcopy(SESSION_SCHEMA)
    contract["components"]["schemas"]["SessionPage"] = {
        "type": "object",
        "required": ["data", "paging"],
        "properties": {
            "data": {"type": "array", "items": {"$ref": "#/components/schemas/Session"}},
            "paging": {"$ref": "#/components/schemas/Paging"},
        },
    }
    pagination = {"page": "page_no", "size": "per_page", "items": "data", "total": "paging.total_count", "key": "id"}
    contract["paths"][f"{APP}/sessions"] = {
        "get": {
            "operationId": "list_sessions",
            "tags": ["sessions"],
            "parameters": [*PARAMETERS, *PAGES],
            "x-pagination": pagination,
            "responses": response({"$ref": "#/components/schemas/SessionPage"}, {"data": [SESSION], "paging": PAGING}),
            **operation,
        }
    }


@change("""
    def use(emulator: Emulator) -> None:
        with client_of(emulator) as client:
            sessions: list[models.Session] = list(client.sessions.list(emulator.app_id, per_page=10))
            assert [session.minutes for session in sessions] == [30]
            assert len(list(client.meetings.list(emulator.app_id))) == 0
""")
def list_under_new_tag(contract: Document) -> None:
    add_sessions(contract)


@change("""
    def use(emulator: Emulator) -> None:
        with client_of(emulator) as client:
            sessions: list[models.Session] = list(client.meetings.list_sessions(emulator.app_id))
            assert [session.minutes for session in sessions] == [30]
""")
def list_under_same_tag(contract: Document) -> None:
    add_sessions(contract, tags=["meetings"])


@change("""
    def use(emulator: Emulator) -> None:
        with client_of(emulator) as client:
            sessions: list[models.Session] = list(client.sessions.list(emulator.app_id))
            assert [session.minutes for session in sessions] == [30]
            page = client.sessions.list(emulator.app_id).first_page()
            assert page.data.sessions[0].minutes == 30
""")
def list_in_an_inner_place(contract: Document) -> None:
    add_sessions(contract)
    contract["components"]["schemas"]["SessionPage"]["properties"]["data"] = {
        "type": "object",
        "required": ["sessions"],
        "properties": {"sessions": {"type": "array", "items": {"$ref": "#/components/schemas/Session"}}},
    }
    operation = contract["paths"][f"{APP}/sessions"]["get"]
    operation["x-pagination"]["items"] = "data.sessions"
    content = operation["responses"]["200"]["content"]["application/json"]
    content["example"] = {"data": {"sessions": [SESSION]}, "paging": PAGING}


@change("""
    from uuid import UUID

    def use(emulator: Emulator) -> None:
        with client_of(emulator) as client:
            found: models.Session = client.sessions.get(emulator.app_id, UUID(int=7))
        assert found.minutes == 30
        assert emulator.requests[-1].path.endswith("/sessions/00000000-0000-0000-0000-000000000007")
""")
def operation_without_pagination(contract: Document) -> None:
    contract["components"]["schemas"]["Session"] = deepcopy(SESSION_SCHEMA)
    contract["paths"][f"{APP}/sessions/{{session_id}}"] = {
        "get": {
            "operationId": "get_session",
            "tags": ["sessions"],
            "parameters": [*PARAMETERS, {**MEETING_ID, "name": "session_id"}],
            "responses": response({"$ref": "#/components/schemas/Session"}, SESSION),
        }
    }


@change("""
    from uuid import UUID

    def use(emulator: Emulator) -> None:
        meeting_id = UUID(int=7)
        with client_of(emulator) as client:
            created: Meeting = client.meetings.create(
                emulator.app_id, body=models.MeetingInput(title="New", session_keep_alive_time_in_secs=60)
            )
            assert created.title == "Changed by the service"
            changed: Meeting = client.meetings.update(emulator.app_id, meeting_id, body=models.MeetingInput(title=None))
            assert changed.title == "Changed by the service"
            given = models.MeetingInput(title="T")
            replaced: Meeting = client.meetings.replace(emulator.app_id, meeting_id, body=given)
            assert replaced.title == "Changed by the service"
            client.meetings.delete(emulator.app_id, meeting_id, body=models.Reason(why="old"))
            try:
                client.meetings.create(emulator.app_id, body=models.MeetingInput(session_keep_alive_time_in_secs=1))
            except ArgumentError as error:
                assert "session_keep_alive_time_in_secs" in str(error)
            else:
                raise AssertionError("a body outside the contract was accepted")
        assert [(r.method, r.status) for r in emulator.requests] == [
            ("POST", 200), ("PATCH", 200), ("PUT", 200), ("DELETE", 204)
        ]
""")
def methods_with_bodies(contract: Document) -> None:
    schemas = contract["components"]["schemas"]
    schemas["MeetingInput"] = {
        "type": "object",
        "properties": {
            "title": {"type": ["string", "null"]},
            "session_keep_alive_time_in_secs": {"type": "number", "minimum": 60, "maximum": 600},
        },
    }
    schemas["Reason"] = {"type": "object", "required": ["why"], "properties": {"why": {"type": "string"}}}
    get = contract["paths"][PATH]["get"]
    example = deepcopy(get["responses"]["200"]["content"]["application/json"]["example"]["data"][0])
    example["title"] = "Changed by the service"
    reply = response({"$ref": "#/components/schemas/Meeting"}, example)
    given = body({"$ref": "#/components/schemas/MeetingInput"})
    contract["paths"][PATH]["post"] = {
        "operationId": "create_meeting",
        "tags": ["meetings"],
        "parameters": PARAMETERS,
        "requestBody": given,
        "responses": reply,
    }
    one: Document = {"parameters": [*PARAMETERS, MEETING_ID]}
    for method, name in (("patch", "update_meeting"), ("put", "replace_meeting")):
        one[method] = {"operationId": name, "tags": ["meetings"], "requestBody": given, "responses": reply}
    one["delete"] = {
        "operationId": "delete_meeting",
        "tags": ["meetings"],
        "requestBody": body({"$ref": "#/components/schemas/Reason"}),
        "responses": {"204": {"description": "Gone"}},
    }
    contract["paths"][f"{PATH}/{{meeting_id}}"] = one


@change("""
    def use(emulator: Emulator) -> None:
        emulator.add_meetings([{"host": None}, {"host": {"name": "H"}}])
        with client_of(emulator) as client:
            named, unnamed = client.meetings.list(emulator.app_id)
        host: models.Host | None = unnamed.host
        assert host is None
        assert named.host is not None and named.host.name == "H"
""")
def nullable_in_the_older_spelling(contract: Document) -> None:
    contract["openapi"] = "3.0.3"
    schemas = contract["components"]["schemas"]
    del contract["info"]["summary"]
    for name in ("GatewayError", "ServiceError"):
        schemas[name]["properties"]["success"] = {"type": "boolean"}
    schemas["GatewayError"]["properties"]["result"] = {"nullable": True, "type": "object"}
    schemas["Host"] = {"type": "object", "properties": {"name": {"type": "string", "nullable": True}}}
    meeting_schema(contract)["properties"]["host"] = {
        "nullable": True,
        "allOf": [{"$ref": "#/components/schemas/Host"}],
    }
    meeting_schema(contract)["required"].append("host")


@change("""
    def use(emulator: Emulator) -> None:
        emulator.add_meetings([{"class": "A", "from": 1, "maxLength": 2, "max_length": 3, "to_dict": 4, "list": [5]}])
        with client_of(emulator) as client:
            (meeting,) = client.meetings.list(emulator.app_id, from_=1, class_="B")
        sent = meeting.to_dict()
        assert (sent["class"], sent["from"], sent["maxLength"], sent["max_length"], sent["to_dict"], sent["list"]) == (
            "A", 1, 2, 3, 4, [5]
        )
        assert meeting.class_ == "A"
        assert meeting.additional_properties == {}
        assert emulator.requests[-1].query["from"] == "1"
        assert emulator.requests[-1].query["class"] == "B"
""")
def odd_names(contract: Document) -> None:
    meeting_schema(contract)["properties"] |= {
        "class": {"type": "string"},
        "from": {"type": "integer"},
        "maxLength": {"type": "integer"},
        "max_length": {"type": "integer"},
        "to_dict": {"type": "integer"},
        "list": {"type": "array", "items": {"type": "integer"}},
    }
    contract["paths"][PATH]["get"]["parameters"] += [
        {"name": "from", "in": "query", "schema": {"type": "integer"}},
        {"name": "class", "in": "query", "schema": {"type": "string"}},
    ]


@change("""
    def use(emulator: Emulator) -> None:
        with client_of(emulator) as client:
            assert [session.minutes for session in client.live_sessions.list_v2(emulator.app_id)] == [30]
""")
def hyphens_in_operation_ids(contract: Document) -> None:
    add_sessions(contract, operationId="list-live-sessions-v2", tags=["Live Sessions"])
