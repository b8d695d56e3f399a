"""Line services: a line barred, unbarred, locked, unlocked, or its stolen handset blocked."""

from workflows.line_service.workflow import LineService

__all__ = ["LineService"]
