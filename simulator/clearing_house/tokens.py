"""The RS256 token that comes as cookie `jwt` with every request. Its times are the real clock's."""

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

COOKIE = "jwt"
ALGORITHM = "RS256"
REQUIRED = ["iss", "exp", "nbf"]
_DECODER = jwt.PyJWT()


class BadToken(Exception):
    """The token is missing, not valid now, of another consumer or signed with another key."""


def verify(token: str | None, public_key: RSAPublicKey, issuer: str) -> None:
    """Raise BadToken unless the token is `issuer`'s own and valid at this moment.

    Only RS256 is accepted, so that neither `none` nor an HMAC made with the public key can pass.
    """
    if not token:
        raise BadToken("the cookie jwt is missing")
    try:
        claims = _DECODER.decode(
            token, public_key, algorithms=[ALGORITHM], options={"require": REQUIRED, "verify_aud": False}
        )
    except jwt.ExpiredSignatureError:
        raise BadToken("the token has expired") from None
    except jwt.PyJWTError:
        raise BadToken("the token is not valid") from None
    if claims["iss"] != issuer:
        raise BadToken("the token is another consumer's")
