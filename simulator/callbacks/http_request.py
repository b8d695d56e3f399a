"""One callback as an HTTP request: signed, posted, and what the answer means."""

import hashlib
import hmac
import logging
import time

import httpx

from simulator.callbacks.addresses import Address
from simulator.world.outbox import Callback

PATIENCE_S = 10.0
_IDLE_S = 2.0
"""Shorter than servers keep an idle connection, or a callback now and then meets one that is just being closed."""
_CONNECTIONS = 64
_WORTH_ANOTHER_TRY = frozenset({408, 429})
_HEADERS = {"smdp": {"X-Admin-Protocol": "gsma/rsp/v2.2.0"}}
_LOG = logging.getLogger("simulator.callbacks")


def new_client() -> httpx.AsyncClient:
    """The connections that all callbacks share."""
    limits = httpx.Limits(max_connections=_CONNECTIONS, keepalive_expiry=_IDLE_S)
    return httpx.AsyncClient(timeout=PATIENCE_S, limits=limits, trust_env=False)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of `<timestamp>.<body>`; `timestamp` is seconds since 1970, real time."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


async def post(client: httpx.AsyncClient, callback: Callback, address: Address) -> bool:
    """True when the callback is finished: answered with success, or with a refusal that a repetition cannot change."""
    body, timestamp = callback.body.encode(), str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "X-Timestamp": timestamp,
        "X-Signature": signature(address.secret, timestamp, body),
        **_HEADERS.get(callback.party, {}),
    }
    try:
        answer = await client.post(address.url + callback.path, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    if answer.is_success:
        return True
    given_up = answer.is_client_error and answer.status_code not in _WORTH_ANOTHER_TRY
    if given_up:
        _LOG.warning("callback %s of %s was refused with %d", callback.event_id, callback.party, answer.status_code)
    return given_up
