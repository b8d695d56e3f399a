"""The clearing house as the engine sees it: send, confirm, listen, look up."""

import json
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime
from http import HTTPStatus

import httpx
from pydantic import Field

from domain.authorisation import Authorisation
from domain.directory import Operator
from domain.model import Model
from domain.port_in import Holder
from parties.answers import read_answer, write_answer
from parties.clearing_house.envelopes import (
    ALL_OPERATORS,
    REFERENCE_DATABASE,
    NumberAnswer,
    address,
    answer_repeats,
    customer,
    encode,
    number_repeats,
    performed_repeats,
    shorten,
)
from parties.clearing_house.inbox import InboxMessage
from parties.clearing_house.local_time import WireForm, to_local_digits
from parties.clearing_house.refusals import error_messages
from parties.clearing_house.registry import RegistryDossier, RegistryNumber
from parties.clearing_house.signature import Credentials, Signer
from parties.clearing_house.stream import listen
from parties.clearing_house.wire import (
    TYPES,
    Body,
    Cancel,
    Deactivation,
    OperatorPair,
    PortingPerformed,
    PortingRequest,
    PortingRequestAnswer,
    PrDelayed,
)
from parties.errors import PartyRefused
from parties.http import HttpParty
from parties.http_answers import Json
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts

PARTY = "clearing_house"
DOSSIERS = "/number-portability/v3/dossiers"
REGISTRY = "/registry/v1"


class Transaction(Model):
    """The request layer took the message; the functional answer comes later, on the event stream."""

    id: str = Field(alias="transactionId", min_length=1)


class ClearingHouse:
    """`base_url` is scheme, host and port, without a trailing slash; `form` is the country's. All instants are legal
    time; messages are sent as `home`.

    A send returns the transaction id. An *accepted* message may still be refused later by an *errorfound*.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        base_url: str,
        credentials: Credentials,
        consumer: str,
        form: WireForm,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
    ) -> None:
        self._party = HttpParty(http, PARTY, base_url, timeouts, error_messages)
        self._prefix = httpx.URL(base_url).raw_path.decode("ascii").rstrip("/")
        self._signer = Signer(credentials, consumer)
        self._form = form

    async def porting_request(
        self,
        *,
        dossier_id: str,
        donor: Operator,
        home: Operator,
        msisdn: str,
        authorisation: Authorisation,
        holder: Holder,
        note: str,
        sent_at: datetime,
        key: str,
    ) -> str:
        """Ask the donor for a number."""
        body = PortingRequest(
            dossierid=dossier_id,
            recipientnetworkoperator=home.network_operator,
            recipientserviceprovider=home.service_provider,
            donornetworkoperator=donor.network_operator,
            donorserviceprovider=donor.service_provider,
            customerinfo=customer(holder, authorisation),
            note=shorten(note),
            repeats=number_repeats(msisdn, self._form),
        )
        return await self._post(body, home, address(donor), sent_at, key)

    async def porting_performed(
        self,
        *,
        dossier_id: str,
        donor: Operator,
        home: Operator,
        msisdn: str,
        actual: datetime,
        backporting: bool,
        key: str,
        sent_at: datetime,
    ) -> str:
        """Tell everybody that the number is ours since `actual`: the point of no return. `backporting`: home is the
        range holder.
        """
        body = PortingPerformed(
            dossierid=dossier_id,
            recipientnetworkoperator=home.network_operator,
            donornetworkoperator=donor.network_operator,
            actualdatetime=to_local_digits(actual, self._form.zone),
            repeats=performed_repeats(msisdn, self._form, backporting=backporting),
        )
        return await self._post(body, home, REFERENCE_DATABASE, sent_at, key)

    async def cancel(
        self, *, dossier_id: str, donor: Operator, home: Operator, note: str, key: str, sent_at: datetime
    ) -> str:
        """Withdraw our request; only the recipient may."""
        return await self._post(Cancel(dossierid=dossier_id, note=shorten(note)), home, address(donor), sent_at, key)

    async def deactivation(
        self,
        *,
        dossier_id: str,
        home: Operator,
        msisdn: str,
        key: str,
        sent_at: datetime,
        range_holder: Operator | None = None,
    ) -> str:
        """Give a number up: it returns to its range holder. `dossier_id` is a new one."""
        body = Deactivation(
            dossierid=dossier_id,
            currentnetworkoperator=home.network_operator,
            originalnetworkoperator=range_holder.network_operator if range_holder else None,
            repeats=number_repeats(msisdn, self._form),
        )
        return await self._post(body, home, ALL_OPERATORS, sent_at, key)

    async def porting_answer(
        self,
        *,
        dossier_id: str,
        recipient: Operator,
        home: Operator,
        msisdn: str,
        blocking_code: str | None,
        first_possible: datetime | None,
        key: str,
        sent_at: datetime,
        note: str = "",
    ) -> str:
        """As donor: refuse with a `blocking_code`, or agree from `first_possible` (no code)."""
        answer = NumberAnswer(msisdn=msisdn, blocking_code=blocking_code, first_possible=first_possible, note=note)
        return await self.porting_answers(
            dossier_id=dossier_id, recipient=recipient, home=home, answers=[answer], key=key, sent_at=sent_at
        )

    async def porting_answers(
        self,
        *,
        dossier_id: str,
        recipient: Operator,
        home: Operator,
        answers: Sequence[NumberAnswer],
        key: str,
        sent_at: datetime,
    ) -> str:
        """As donor: our decision about every number of a dossier, in one message, which blocks if no number may go."""
        blocking = "Y" if all(answer.blocking_code for answer in answers) else "N"
        body = PortingRequestAnswer(
            dossierid=dossier_id, blocking=blocking, repeats=answer_repeats(answers, home, self._form)
        )
        return await self._post(body, home, address(recipient), sent_at, key)

    async def pra_delayed(
        self,
        *,
        dossier_id: str,
        recipient: Operator,
        home: Operator,
        answer_due: datetime | None,
        key: str,
        sent_at: datetime,
        reason_code: str | None = None,
    ) -> str:
        """As donor: the answer will come later, by `answer_due`."""
        body = PrDelayed(
            dossierid=dossier_id,
            donornetworkoperator=home.network_operator,
            donorserviceprovider=home.service_provider,
            answerduedatetime=to_local_digits(answer_due, self._form.zone) if answer_due else None,
            reasoncode=reason_code,
        )
        return await self._post(body, home, address(recipient), sent_at, key)

    async def confirm(self, message_id: int) -> None:
        """Confirm a received message. One that is gone or confirmed already is fine, so this may be repeated freely."""
        target = f"{DOSSIERS}/confirmations/{message_id}"
        content = json.dumps({"transactionId": str(message_id)}).encode()
        try:
            await self._party.send(
                "PUT", "confirm", target, content, headers=self._headers("PUT", target, content), repeatable=True
            )
        except PartyRefused as refused:
            if refused.status != HTTPStatus.NOT_FOUND:
                raise

    async def number(self, msisdn: str) -> RegistryNumber | None:
        """Who serves this number, None when it is in no known range."""
        body = await self._look_up("number", f"{REGISTRY}/numbers/{self._form.national(msisdn)}")
        return None if body is None else read_answer(RegistryNumber, body, PARTY, "number")

    async def dossier(self, dossier_id: str) -> RegistryDossier | None:
        """What the registry knows of a dossier, None when it never saw it."""
        body = await self._look_up("dossier", f"{REGISTRY}/dossiers/{dossier_id}")
        return None if body is None else read_answer(RegistryDossier, body, PARTY, "dossier")

    def events(self, *, on_alive: Callable[[], None] = lambda: None) -> AsyncGenerator[InboxMessage, None]:
        """Our unconfirmed messages, oldest first, then live ones, over one connection. Ends only by raising:
        `PartyUnavailable` when the stream breaks or stays silent, and the caller opens it again. See
        `parties.clearing_house.stream`.
        """
        target = f"{DOSSIERS}/events?confirmationStatus=Unconfirmed"
        wanted = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        return listen(
            self._party, target, lambda: self._headers("GET", target, b"") | wanted, on_alive, self._form.zone
        )

    async def _post(self, body: Body, home: Operator, receiver: OperatorPair, sent_at: datetime, key: str) -> str:
        call = TYPES[type(body)]
        target = f"{DOSSIERS}/{call}"
        content = encode(body, sender=home, receiver=receiver, sent_at=sent_at, form=self._form)
        headers = {**self._headers("POST", target, content), "Idempotency-Key": key}
        answer = await self._party.send("POST", call, target, content, headers=headers)
        return write_answer(Transaction, answer, PARTY, call).id

    async def _look_up(self, call: str, target: str) -> Json | None:
        try:
            return await self._party.read(call, target, headers=self._headers("GET", target, b""))
        except PartyRefused as refused:
            if refused.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def _headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        headers = self._signer.headers(method, self._prefix + target, body)
        if body:
            headers["Content-Type"] = "application/json"
        return headers
