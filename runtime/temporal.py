"""Temporal: one plugin with converter, encryption, interceptors and workflows, shared by client, worker, tests and
replayer alike.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import pydantic
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.envconfig import ClientConfig
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from runtime.activity_context import ActivityContextInterceptor
from runtime.codec import EncryptionCodec
from runtime.keys import KeyRing, load_or_make
from runtime.sandbox import ContextlessSandbox
from runtime.settings import Settings
from workflows import ALL_WORKFLOWS

# Our own modules and the libraries that only hold values are imported once, not again for each workflow instance:
# 1 ms instead of 36.
PASSED_THROUGH = (
    "domain",
    "workflows",
    "activities",
    "parties",
    "rules",
    "journal",
    "holidays",
    "phonenumbers",
    "stdnum",
)


def data_converter(ring: KeyRing) -> DataConverter:
    """pydantic models as JSON, sealed; failures too, since their messages and stack traces may tell of a customer."""
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=EncryptionCodec(ring),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def sandbox() -> WorkflowRunner:
    """Temporal's sandbox, with our own modules passed through."""
    return ContextlessSandbox(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))


def plugin(ring: KeyRing, *, workflows: Sequence[type] = ALL_WORKFLOWS) -> SimplePlugin:
    """What every Temporal client, worker and replayer of this installation has in common."""
    converter = data_converter(ring)
    return SimplePlugin(
        "relais",
        data_converter=lambda _: converter,
        interceptors=[ActivityContextInterceptor()],
        workflows=list(workflows),
        workflow_runner=lambda _: sandbox(),
        # A start input of the wrong shape fails its run instead of retrying for ever.
        workflow_failure_exception_types=[pydantic.ValidationError],
    )


def connection(settings: Settings) -> dict[str, Any]:
    """Where Temporal is: its own environment configuration wins, else this machine's dev server."""
    config = dict(ClientConfig.load_client_connect_config())
    config.setdefault("target_host", f"127.0.0.1:{settings.temporal_port}")
    config.setdefault("namespace", "default")
    return config


async def connect(settings: Settings, *, ring: KeyRing | None = None, lazy: bool = False) -> Client:
    """A client with the plugin. `lazy`: made now, connected at the first call.

    Raises:
        RuntimeError: Temporal cannot be reached (the SDK's own error), unless lazy.
    """
    ring = ring or load_or_make(settings.keys_folder)
    return await Client.connect(**connection(settings), plugins=[plugin(ring)], lazy=lazy)
