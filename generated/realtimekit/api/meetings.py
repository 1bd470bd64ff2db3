# Generated from openapi.yaml by `make generate`; do not edit.
"""Meetings of a RealtimeKit app."""

from __future__ import annotations

from typing import Annotated, Literal

from realtimekit_runtime import types
from realtimekit_runtime.operations import Operation, Pagination, Parameter
from realtimekit_runtime.resources import AsyncResource, Resource

from .. import models

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from realtimekit_runtime.pagers import AsyncPager, Pager

LIST_MEETINGS = Operation(
    "list_meetings",
    "GET",
    "/accounts/{account_id}/realtime/kit/{app_id}/meetings",
    response=lambda: models.MeetingPage,
    summary="Fetch all meetings for an App",
    description="Returns all meetings for the given App ID.",
    permissions=("Realtime Admin", "Realtime"),
    parameters=(
        Parameter(
            "account_id",
            "path",
            lambda: Annotated[str, types.Meta(max_length=32)],
            required=True,
            description="The account identifier tag.",
        ),
        Parameter(
            "app_id",
            "path",
            lambda: Annotated[str, types.Meta(max_length=36)],
            required=True,
            description="The app identifier tag.",
        ),
        Parameter(
            "end_time",
            "query",
            lambda: types.AwareDatetime,
            description="The end time range for which you want to retrieve the meetings. The time must be specified in ISO format.",
        ),
        Parameter(
            "page_no",
            "query",
            lambda: Annotated[int, types.Meta(ge=0)],
            description="The page number from which you want your page search results to be displayed.",
        ),
        Parameter(
            "per_page",
            "query",
            lambda: Annotated[int, types.Meta(ge=0)],
            description="Number of results per page",
        ),
        Parameter(
            "start_time",
            "query",
            lambda: types.AwareDatetime,
            description="The start time range for which you want to retrieve the meetings. The time must be specified in ISO format.",
        ),
        Parameter(
            "search",
            "query",
            lambda: str,
            description="A text to look for in the ids and titles of the meetings.",
        ),
        Parameter(
            "status",
            "query",
            lambda: Literal["ACTIVE", "INACTIVE"],
            description="The status of the meetings to return.",
        ),
    ),
    pagination=Pagination(
        page="page_no",
        items="data",
        size="per_page",
        total="paging.total_count",
        end="paging.end_offset",
        key="id",
    ),
)

# The operations by the names of their methods.
OPERATIONS: dict[str, Operation] = {
    "list": LIST_MEETINGS,
}


class Meetings(Resource):
    """Meetings of a RealtimeKit app."""

    def list(
        self,
        app_id: str,
        *,
        account_id: str | None = None,
        end_time: datetime | None = None,
        page_no: int | None = None,
        per_page: int | None = None,
        start_time: datetime | None = None,
        search: str | None = None,
        status: Literal["ACTIVE", "INACTIVE"] | None = None,
    ) -> Pager[models.Meeting, models.MeetingPage]:
        """Fetch all meetings for an App.

        Returns all meetings for the given App ID.

        The token needs at least one of the permissions: Realtime Admin, Realtime.

        Args:
            app_id: The app identifier tag. At most 36 characters.
            account_id: The account identifier tag. At most 32 characters. The client's account
                where left out.
            end_time: The end time range for which you want to retrieve the meetings. The time
                must be specified in ISO format. With an offset (timezone-aware).
            page_no: The page number from which you want your page search results to be displayed.
                At least 0. Where to start; every later page is read too.
            per_page: Number of results per page. At least 0.
            start_time: The start time range for which you want to retrieve the meetings. The time
                must be specified in ISO format. With an offset (timezone-aware).
            search: A text to look for in the ids and titles of the meetings.
            status: The status of the meetings to return.

        Returns:
            A pager: iterate it for every item, or its `pages()` for every page; `first_page()` reads one.

        Raises:
            ArgumentError: An argument breaks the contract; nothing was sent.
            BadRequestError: The API finds the request wrong.
            AuthenticationError: The token is missing or unknown.
            PermissionDeniedError: The token lacks the permission or the account.
            NotFoundError: Something that the path names does not exist.
            RateLimitError: The quota is used up, for longer than the client waits.
            ServerError: The service failed, again after every retry.
            RealtimeKitError: The base of these and of everything else that goes wrong.
        """
        return self._pages(
            LIST_MEETINGS,
            {
                "account_id": account_id,
                "app_id": app_id,
                "end_time": end_time,
                "page_no": page_no,
                "per_page": per_page,
                "start_time": start_time,
                "search": search,
                "status": status,
            },
        )


class AsyncMeetings(AsyncResource):
    """Meetings of a RealtimeKit app."""

    def list(
        self,
        app_id: str,
        *,
        account_id: str | None = None,
        end_time: datetime | None = None,
        page_no: int | None = None,
        per_page: int | None = None,
        start_time: datetime | None = None,
        search: str | None = None,
        status: Literal["ACTIVE", "INACTIVE"] | None = None,
    ) -> AsyncPager[models.Meeting, models.MeetingPage]:
        """Fetch all meetings for an App.

        Returns all meetings for the given App ID.

        The token needs at least one of the permissions: Realtime Admin, Realtime.

        Args:
            app_id: The app identifier tag. At most 36 characters.
            account_id: The account identifier tag. At most 32 characters. The client's account
                where left out.
            end_time: The end time range for which you want to retrieve the meetings. The time
                must be specified in ISO format. With an offset (timezone-aware).
            page_no: The page number from which you want your page search results to be displayed.
                At least 0. Where to start; every later page is read too.
            per_page: Number of results per page. At least 0.
            start_time: The start time range for which you want to retrieve the meetings. The time
                must be specified in ISO format. With an offset (timezone-aware).
            search: A text to look for in the ids and titles of the meetings.
            status: The status of the meetings to return.

        Returns:
            A pager: iterate it for every item, or its `pages()` for every page; `first_page()` reads one.

        Raises:
            ArgumentError: An argument breaks the contract; nothing was sent.
            BadRequestError: The API finds the request wrong.
            AuthenticationError: The token is missing or unknown.
            PermissionDeniedError: The token lacks the permission or the account.
            NotFoundError: Something that the path names does not exist.
            RateLimitError: The quota is used up, for longer than the client waits.
            ServerError: The service failed, again after every retry.
            RealtimeKitError: The base of these and of everything else that goes wrong.
        """
        return self._pages(
            LIST_MEETINGS,
            {
                "account_id": account_id,
                "app_id": app_id,
                "end_time": end_time,
                "page_no": page_no,
                "per_page": per_page,
                "start_time": start_time,
                "search": search,
                "status": status,
            },
        )
