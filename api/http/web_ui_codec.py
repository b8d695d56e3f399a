"""The codec of the Temporal Web UI: shows sealed payloads in clear to the UI of this installation, and to nobody else.

The protocol is Temporal's remote data encoder: `{"payloads": [...]}` in and out, payloads as protobuf JSON.
"""

from fastapi import APIRouter, Request, Response
from google.protobuf import json_format
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.api.common.v1 import Payloads
from temporalio.converter import PayloadCodec

from api.http.access import Bearer
from api.http.problems import Problem
from runtime.codec import UndecodablePayload

PREFIX = "/codec"
MAX_CODEC_BYTES = 8 * 1024 * 1024
LOCAL_HOSTS = ("127.0.0.1", "localhost")


def ui_origins(ui_port: int) -> list[str]:
    """The origins under which a browser shows the Web UI of this machine."""
    return [f"http://{host}:{ui_port}" for host in LOCAL_HOSTS]


class CodecCors:
    """Lets the pages of these origins, and no other, read the codec's answers; nothing else of the API is readable by a
    page.
    """

    def __init__(self, app: ASGIApp, origins: list[str]) -> None:
        self._app = app
        self._cors = CORSMiddleware(
            app, allow_origins=origins, allow_methods=["POST"], allow_headers=["*"], allow_credentials=True
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_codec = scope["type"] == "http" and scope["path"].startswith(f"{PREFIX}/")
        await (self._cors if is_codec else self._app)(scope, receive, send)


def codec_router(codec: PayloadCodec, origins: list[str], bearer: Bearer) -> APIRouter:
    """The two routes. A request must come from a page of the UI, or carry the API key."""
    router = APIRouter(prefix=PREFIX, include_in_schema=False)

    async def payloads(request: Request) -> Payloads:
        if request.headers.get("origin") not in origins and not bearer.is_right(request):
            raise Problem("forbidden_origin", "the codec answers the Temporal Web UI of this installation only")
        content = bytearray()
        async for chunk in request.stream():
            content += chunk
            if len(content) > MAX_CODEC_BYTES:
                raise Problem("body_too_large", f"more than {MAX_CODEC_BYTES} bytes of payloads")
        try:
            return json_format.Parse(bytes(content), Payloads())
        except json_format.ParseError:
            raise Problem("body_malformed", "the body is not payloads in protobuf JSON") from None

    @router.post("/decode")
    async def decode(request: Request) -> Response:
        sent = await payloads(request)
        try:
            return _answer(Payloads(payloads=await codec.decode(sent.payloads)))
        except UndecodablePayload as error:
            raise Problem("payload_undecodable", str(error)) from None

    @router.post("/encode")
    async def encode(request: Request) -> Response:
        sent = await payloads(request)
        return _answer(Payloads(payloads=await codec.encode(sent.payloads)))

    return router


def _answer(payloads: Payloads) -> Response:
    return JSONResponse(json_format.MessageToDict(payloads))
