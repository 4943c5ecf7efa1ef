"""A policy as a document that people read, check against its source, and sign."""

from __future__ import annotations

from closedloop.rendering.document import Form, render

__all__ = ["Form", "render"]
