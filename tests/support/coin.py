"""An operator that speaks through the official client of the clearing house, unmodified, as sender and receiver."""

import itertools
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coin_sdk.number_portability.messages.cancel import CancelBuilder
from coin_sdk.number_portability.messages.message import Message
from coin_sdk.number_portability.messages.portingperformed import PortingPerformedBuilder
from coin_sdk.number_portability.messages.portingrequest import PortingRequestBuilder
from coin_sdk.number_portability.messages.portingrequestanswer import PortingRequestAnswerBuilder
from coin_sdk.number_portability.npconfig import NpConfig
from coin_sdk.number_portability.receiver import Receiver
from coin_sdk.number_portability.sender import Sender

PATIENCE_SECONDS = 15.0
_SERIALS = itertools.count(time.time_ns() // 1000)


@dataclass(frozen=True)
class Event:
    """What the client's receiver handed over; `body` is the object that it made of the message's inner JSON."""

    type: str
    id: str
    body: Any


def _handler(name: str) -> Callable[..., None]:
    def handle(self: Any, message_id: str, message: Any = None) -> None:
        if message is None:
            return
        kind = message.body._fields[0]
        self.events.put(Event(kind, message_id, getattr(message.body, kind)))

    handle.__name__ = name
    return handle


Recorder: type = type("Recorder", (Receiver,), {name: _handler(name) for name in Receiver.__abstractmethods__})
"""A receiver whose every handler puts the message into its queue `events`."""


@dataclass
class CoinOperator:
    """One consumer at a running clearing house. Its stream is read by a thread until `close`."""

    base_url: str
    folder: Path
    code: str = "FJORD"

    def __post_init__(self) -> None:
        consumer = f"relais-{self.code.lower()}"
        keys = self.folder / "clearing-house" / consumer
        self.config = NpConfig(
            self.base_url, consumer, str(keys / "private-key.pem"), str(keys / "sharedkey.encrypted")
        )
        self.sender = Sender(self.config)
        self.events: queue.Queue[Event] = queue.Queue()
        self._kept: list[Event] = []
        self._closed = threading.Event()

    def listen(self) -> None:
        """Open the event stream."""
        receiver = Recorder(self.config)
        receiver.events = self.events

        def keep_open() -> None:
            # The client gives up, without an error, when the clearing house stays away for some seconds.
            while not self._closed.is_set():
                receiver.start_stream()

        threading.Thread(target=keep_open, daemon=True).start()

    def close(self) -> None:
        """Do not open the stream again; the client itself notices at the next event or when it gives up."""
        self._closed.set()

    def new_dossier(self) -> str:
        return f"{self.code}-{next(_SERIALS)}"

    def expect(self, kind: str, dossier: str) -> Event:
        """The next message of that type in that dossier, confirmed; others are confirmed and kept for later."""
        for event in self._kept:
            if (event.type, event.body.dossierid) == (kind, dossier):
                self._kept.remove(event)
                return event
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                event = self.events.get(timeout=max(end - time.monotonic(), 0.01))
            except queue.Empty:
                break
            self.sender.confirm(event.id)
            if (event.type, event.body.dossierid) == (kind, dossier):
                return event
            self._kept.append(event)
        raise AssertionError(f"no {kind} came for {dossier}")

    def request(self, dossier: str, donor: str, number: str, rio: str, *others: str) -> Message:
        """For one number, or for it and `others` under the one RIO that a request has room for."""
        request = (
            PortingRequestBuilder()
            .set_header(sender_network_operator=self.code, receiver_network_operator=donor)
            .set_dossierid(dossier)
            .set_recipientnetworkoperator(self.code)
            .set_donornetworkoperator(donor)
            .set_customerinfo(customerid=rio)
        )
        for each in (number, *others):
            request = request.add_porting_request_seq().set_number_series(each, each).finish()
        return request.build()

    def acceptance(self, dossier: str, recipient: str, number: str, first: str) -> Message:
        return (
            PortingRequestAnswerBuilder()
            .set_header(sender_network_operator=self.code, receiver_network_operator=recipient)
            .set_dossierid(dossier)
            .set_blocking("N")
            .add_porting_request_answer_seq()
            .set_number_series(number, number)
            .set_firstpossibledate(first)
            .finish()
            .build()
        )

    def performed(self, dossier: str, donor: str, number: str, at: str) -> Message:
        return (
            PortingPerformedBuilder()
            .set_header(sender_network_operator=self.code, receiver_network_operator="CRDB")
            .set_dossierid(dossier)
            .set_recipientnetworkoperator(self.code)
            .set_donornetworkoperator(donor)
            .set_actualdatetime(at)
            .add_porting_performed_seq()
            .set_number_series(number, number)
            .finish()
            .build()
        )

    def cancel(self, dossier: str, donor: str) -> Message:
        return (
            CancelBuilder()
            .set_header(sender_network_operator=self.code, receiver_network_operator=donor)
            .set_dossierid(dossier)
            .build()
        )
