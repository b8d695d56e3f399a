"""How a person may show who he is, by what he asks for.

No French text was found [NF]: all of it is ours, after Italy's AGCOM 86/21/CIR (holder in person with a document, and
a confirmation from the old SIM where that still works). A thief who has read an e-mail account or a portal's password
is why a line that is said to be in a stranger's hands already (fraud) is replaced in a shop only.
"""

from domain.authentication import AuthenticationMethod
from domain.refusals import Refusal, RefusalCode, refusal
from domain.sim_replacement import ReplacementReason
from rules.plans import Challenge


def why_not(method: AuthenticationMethod, reason: ReplacementReason) -> str | None:
    """Why this method is not enough for this reason, as a sentence; None: it is."""
    if reason is ReplacementReason.FRAUD and method is not AuthenticationMethod.IN_SHOP:
        return "after a fraud the holder shows a proof of identity in a shop: authentication method in_shop"
    return None


def challenge(
    method: AuthenticationMethod, reason: ReplacementReason, has_email: bool, *, line_works: bool = True
) -> Challenge | Refusal | None:
    """Where the one-time code goes; None where no code is needed; a refusal where there is nowhere to send it.

    By SMS to the line only where the old SIM is in the holder's hands and works (`upgrade`, and `line_works`: neither
    barred nor suspended); else by e-mail, to an address that we knew before. What the order itself names is no channel:
    whoever asks would send the code to himself.
    """
    if method is not AuthenticationMethod.ONE_TIME_CODE:
        return None
    if reason is ReplacementReason.UPGRADE and line_works:
        return Challenge(channel="sms")
    if has_email:
        return Challenge(channel="email")
    text = "no code can be sent: the old SIM cannot receive it and no e-mail address is known; please come to a shop"
    return refusal(RefusalCode.HOLDER_NOT_ENTITLED, "rules", raw_text=text)
