"""From a message that is owed to the text that is sent."""

import re
from datetime import date
from importlib import import_module
from string import Template

from background.texts.sentences import Text, Texts
from domain.orders import CustomerMessage, OrderKind
from rules.regime import AuthorisationRules

BRAND = "Relais"


def _texts_of(kind: OrderKind) -> Texts:
    """`TEXTS` of the module that has the kind's name."""
    texts: Texts = import_module(f"{__package__}.{kind}").TEXTS
    return texts


TEXTS: dict[str, Texts] = {kind: _texts_of(kind) for kind in OrderKind}

_DAYS = ("day", "portable")
"""Fields that hold an ISO date."""

_MONEY = ("amount", "fee")
"""Fields that hold an amount, with a decimal point, and its currency."""

_NUMBER = re.compile(r"(_[0-9]+)?\Z")
"""The first message of a kind that may come again has a number too, or none."""


class UnknownText(LookupError):
    """There is no text of that kind, or its fields are not what the text needs. Names no field's value."""


def known_kinds() -> list[str]:
    """Every kind there is a text for, as `port_in.day_moved_{n}`."""
    return [f"{order_kind}.{name}" for order_kind, texts in TEXTS.items() for name in texts.kinds]


def render(message: CustomerMessage, authorisation: AuthorisationRules) -> tuple[str, str]:
    """Subject and text in the customer's language; French where we do not speak it.

    Raises:
        UnknownText: this version has no such text, or the message lacks a field that it needs.
    """
    texts, text = _find(message.kind)
    language = "en" if message.language == "en" else "fr"
    fields = _of_the_country(message, authorisation, language) | message.fields
    sentences = [sentence.text_in(language) for sentence in text if sentence.when(fields)]
    fields |= {name: _day(fields[name], language) for name in _DAYS if fields.get(name)}
    if language == "fr":
        fields |= {name: fields[name].replace(".", ",") for name in _MONEY if name in fields}
    reason = texts.reasons.get(fields.get("reason", ""), texts.other_reason).text_in(language)
    fields["reason"] = Template(reason).substitute(fields)
    try:
        told = " ".join(Template(sentence).substitute(fields) for sentence in sentences)
    except KeyError as missing:
        raise UnknownText(f"{message.kind} without its field {missing.args[0]}") from None
    return texts.subject.text_in(language), f"{BRAND} : {told}"


def _of_the_country(message: CustomerMessage, authorisation: AuthorisationRules, language: str) -> dict[str, str]:
    """What the national rules say: the name of the code, and what can be done about the refusal."""
    reason = message.fields.get("reason", "")
    remedies = {code.value: wording for code, wording in authorisation.remedies.items()}
    return {"code_name": authorisation.name.get(language, ""), "remedy": remedies.get(reason, {}).get(language, "")}


def _find(kind: str) -> tuple[Texts, Text]:
    order_kind, _, name = kind.partition(".")
    texts = TEXTS.get(order_kind)
    if texts is None:
        raise UnknownText(kind)
    text = texts.kinds.get(name) or texts.kinds.get(_NUMBER.sub("_{n}", name, count=1))
    if text is None:
        raise UnknownText(kind)
    return texts, text


def _day(text: str, language: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UnknownText("a day that is none") from None
    return f"{day:%d/%m/%Y}" if language == "fr" else f"{day:%d %B %Y}"
