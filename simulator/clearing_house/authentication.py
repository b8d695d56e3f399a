"""Authentication of every request: size, signature and token are checked over its raw bytes."""

from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.requests import Request

from simulator.clearing_house import signature, tokens
from simulator.clearing_house.consumers import Consumer
from simulator.clearing_house.vocabulary import MAX_BODY_BYTES, WireCode
from simulator.clearing_house.wire_refusals import WireRefusal, unauthorized


async def authenticate(request: Request, consumers: Mapping[str, Consumer]) -> tuple[Consumer, bytes]:
    """The consumer who signed the request, and its body; raises WireRefusal 413 or 401.

    Dates of signature and token are compared with the machine's clock, not with legal time.
    """
    body = await _read(request)
    try:
        authorization = signature.parse(request.headers.get("authorization"))
        consumer = consumers.get(authorization.username)
        if consumer is None:
            raise unauthorized("the username is not known")
        signed = signature.SignedRequest(
            method=request.method,
            raw_path=request.scope["raw_path"].decode("latin-1"),
            query=request.scope["query_string"].decode("latin-1"),
            headers=request.headers,
            body=body,
        )
        signature.verify(authorization, signed, consumer.secret, datetime.now(UTC))
        tokens.verify(request.cookies.get(tokens.COOKIE), consumer.public_key, consumer.name)
    except (signature.BadSignature, tokens.BadToken) as error:
        raise unauthorized(str(error)) from None
    return consumer, body


async def _read(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise WireRefusal(413, WireCode.FIELD_VALIDATION, ("the body is larger than 256 KiB",))
        chunks.append(chunk)
    return b"".join(chunks)
