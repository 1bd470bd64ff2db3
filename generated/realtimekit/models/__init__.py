# Generated from openapi.yaml by `make generate`; do not edit.
"""The models of the API: what its responses are read into, and what its bodies are made of."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .audio_config import AudioConfig
    from .audio_config_channel import AudioConfigChannel
    from .audio_config_codec import AudioConfigCodec
    from .live_streaming_config import LiveStreamingConfig
    from .meeting import Meeting
    from .meeting_page import MeetingPage
    from .meeting_status import MeetingStatus
    from .paging import Paging
    from .realtimekit_bucket_config import RealtimekitBucketConfig
    from .recording_config import RecordingConfig
    from .storage_config import StorageConfig
    from .storage_config_auth_method import StorageConfigAuthMethod
    from .storage_config_type import StorageConfigType
    from .video_config import VideoConfig
    from .video_config_codec import VideoConfigCodec
    from .watermark import Watermark
    from .watermark_position import WatermarkPosition
    from .watermark_size import WatermarkSize

__all__: list[str] = [
    "AudioConfig",
    "AudioConfigChannel",
    "AudioConfigCodec",
    "LiveStreamingConfig",
    "Meeting",
    "MeetingPage",
    "MeetingStatus",
    "Paging",
    "RealtimekitBucketConfig",
    "RecordingConfig",
    "StorageConfig",
    "StorageConfigAuthMethod",
    "StorageConfigType",
    "VideoConfig",
    "VideoConfigCodec",
    "Watermark",
    "WatermarkPosition",
    "WatermarkSize",
]

_MODULES: dict[str, str] = {
    "AudioConfig": ".audio_config",
    "AudioConfigChannel": ".audio_config_channel",
    "AudioConfigCodec": ".audio_config_codec",
    "LiveStreamingConfig": ".live_streaming_config",
    "Meeting": ".meeting",
    "MeetingPage": ".meeting_page",
    "MeetingStatus": ".meeting_status",
    "Paging": ".paging",
    "RealtimekitBucketConfig": ".realtimekit_bucket_config",
    "RecordingConfig": ".recording_config",
    "StorageConfig": ".storage_config",
    "StorageConfigAuthMethod": ".storage_config_auth_method",
    "StorageConfigType": ".storage_config_type",
    "VideoConfig": ".video_config",
    "VideoConfigCodec": ".video_config_codec",
    "Watermark": ".watermark",
    "WatermarkPosition": ".watermark_position",
    "WatermarkSize": ".watermark_size",
}

if not TYPE_CHECKING:

    def __getattr__(name):
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(module, __name__), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
