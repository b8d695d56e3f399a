"""The shape of errors that tell a program what is wrong by a code, and a person by a sentence."""


class CodedError(ValueError):
    """`code` is stable and for programs, `reason` is a sentence for people. Neither ever holds a value that is
    personal: error texts reach logs and answers.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return self.reason
