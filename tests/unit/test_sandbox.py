"""What the shortcut around the sandbox rests on, and that the sandbox itself is still there."""

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import WithSerializationContext
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from runtime.codec import EncryptionCodec
from runtime.keys import KeyRing
from runtime.sandbox import ContextlessSandbox, _Contextless
from runtime.temporal import sandbox


@pytest.fixture
def codec() -> EncryptionCodec:
    return EncryptionCodec(KeyRing(active="k", keys={"k": bytes(32)}, index_key=bytes(32)))


def test_the_codec_does_not_ask_where_a_payload_is_used(codec):
    assert not isinstance(codec, WithSerializationContext)


async def test_a_payload_sealed_for_one_workflow_opens_for_another(codec):
    sealed = await codec.encode([Payload(data=b"clear")])
    assert sealed != [Payload(data=b"clear")]
    assert await codec.decode(sealed) == [Payload(data=b"clear")]


def test_workflows_run_in_a_sandbox_with_its_usual_restrictions():
    runner = sandbox()
    assert isinstance(runner, ContextlessSandbox)
    assert runner.restrictions.invalid_module_members == SandboxRestrictions.default.invalid_module_members


def test_the_shortcut_implements_all_that_the_sdk_asks_of_a_workflow_instance():
    missing = sorted(_Contextless.__abstractmethods__)
    assert missing == [], (
        f"the SDK's WorkflowInstance has new methods, which runtime/sandbox.py must pass on: {missing}"
    )
