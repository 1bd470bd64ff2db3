# Generated from openapi.yaml by `make generate`; do not edit.
"""Cloudflare RealtimeKit meetings.

Read the meetings of a RealtimeKit app.

The part of the Cloudflare API that lists the meetings of a RealtimeKit app.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from realtimekit_runtime.errors import (
        APIError,
        ArgumentError,
        AuthenticationError,
        BadRequestError,
        ConfigurationError,
        ConnectError,
        DecodeError,
        IncompleteListError,
        NotFoundError,
        PermissionDeniedError,
        RateLimitError,
        RealtimeKitError,
        RedirectError,
        RequestTimeoutError,
        ResponseError,
        ResponseTooLargeError,
        ServerError,
        TransportError,
        UnsuccessfulError,
    )
    from realtimekit_runtime.models import UNSET, Unset
    from realtimekit_runtime.pagers import AsyncPager, Pager
    from realtimekit_runtime.quota import RateLimit

    from .client import AsyncClient, Client
    from .models import (
        AudioConfig,
        AudioConfigChannel,
        AudioConfigCodec,
        LiveStreamingConfig,
        Meeting,
        MeetingPage,
        MeetingStatus,
        Paging,
        RealtimekitBucketConfig,
        RecordingConfig,
        StorageConfig,
        StorageConfigAuthMethod,
        StorageConfigType,
        VideoConfig,
        VideoConfigCodec,
        Watermark,
        WatermarkPosition,
        WatermarkSize,
    )

__all__ = [
    "UNSET",
    "APIError",
    "ArgumentError",
    "AsyncClient",
    "AsyncPager",
    "AudioConfig",
    "AudioConfigChannel",
    "AudioConfigCodec",
    "AuthenticationError",
    "BadRequestError",
    "Client",
    "ConfigurationError",
    "ConnectError",
    "DecodeError",
    "IncompleteListError",
    "LiveStreamingConfig",
    "Meeting",
    "MeetingPage",
    "MeetingStatus",
    "NotFoundError",
    "Pager",
    "Paging",
    "PermissionDeniedError",
    "RateLimit",
    "RateLimitError",
    "RealtimeKitError",
    "RealtimekitBucketConfig",
    "RecordingConfig",
    "RedirectError",
    "RequestTimeoutError",
    "ResponseError",
    "ResponseTooLargeError",
    "ServerError",
    "StorageConfig",
    "StorageConfigAuthMethod",
    "StorageConfigType",
    "TransportError",
    "Unset",
    "UnsuccessfulError",
    "VideoConfig",
    "VideoConfigCodec",
    "Watermark",
    "WatermarkPosition",
    "WatermarkSize",
]

__version__ = "1.1.0"

# Where each name lives. They are imported when they are first used: `import realtimekit` alone costs next to nothing.
_MODULES = {
    "APIError": "realtimekit_runtime.errors",
    "ArgumentError": "realtimekit_runtime.errors",
    "AsyncClient": ".client",
    "AsyncPager": "realtimekit_runtime.pagers",
    "AudioConfig": ".models",
    "AudioConfigChannel": ".models",
    "AudioConfigCodec": ".models",
    "AuthenticationError": "realtimekit_runtime.errors",
    "BadRequestError": "realtimekit_runtime.errors",
    "Client": ".client",
    "ConfigurationError": "realtimekit_runtime.errors",
    "ConnectError": "realtimekit_runtime.errors",
    "DecodeError": "realtimekit_runtime.errors",
    "IncompleteListError": "realtimekit_runtime.errors",
    "LiveStreamingConfig": ".models",
    "Meeting": ".models",
    "MeetingPage": ".models",
    "MeetingStatus": ".models",
    "NotFoundError": "realtimekit_runtime.errors",
    "Pager": "realtimekit_runtime.pagers",
    "Paging": ".models",
    "PermissionDeniedError": "realtimekit_runtime.errors",
    "RateLimit": "realtimekit_runtime.quota",
    "RateLimitError": "realtimekit_runtime.errors",
    "RealtimeKitError": "realtimekit_runtime.errors",
    "RealtimekitBucketConfig": ".models",
    "RecordingConfig": ".models",
    "RedirectError": "realtimekit_runtime.errors",
    "RequestTimeoutError": "realtimekit_runtime.errors",
    "ResponseError": "realtimekit_runtime.errors",
    "ResponseTooLargeError": "realtimekit_runtime.errors",
    "ServerError": "realtimekit_runtime.errors",
    "StorageConfig": ".models",
    "StorageConfigAuthMethod": ".models",
    "StorageConfigType": ".models",
    "TransportError": "realtimekit_runtime.errors",
    "UNSET": "realtimekit_runtime.models",
    "Unset": "realtimekit_runtime.models",
    "UnsuccessfulError": "realtimekit_runtime.errors",
    "VideoConfig": ".models",
    "VideoConfigCodec": ".models",
    "Watermark": ".models",
    "WatermarkPosition": ".models",
    "WatermarkSize": ".models",
}

if not TYPE_CHECKING:

    def __getattr__(name):
        from importlib import import_module

        if name in ("api", "client", "errors", "models"):
            return import_module(f".{name}", __name__)
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(module, __name__), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
