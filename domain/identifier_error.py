"""The error every identifier raises."""


class IdentifierError(ValueError):
    """A text is not the identifier it should be.

    `code` is stable (`msisdn_fixed`, `iccid_invalid`, …) and for programs, `reason` is a sentence for people. Neither
    ever holds the value: error texts reach logs and answers.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return self.reason
