"""What is wrong with authorization details; nothing has been changed when it is raised."""


class InexactDetailError(ValueError):
    """The detail cannot be written, or stored, as canonical JSON (RFC 8785)."""


class InvalidDetailsError(Exception):
    """RFC 9396 §5 `invalid_authorization_details`; the text is a sentence for a developer.

    It is printable ASCII without quotation marks and backslashes (RFC 6749 §4.1.2.1), whatever
    the client sent.
    """

    def __init__(self, sentence: str) -> None:
        printable = "".join(
            character if " " <= character <= "~" and character not in '"\\' else "?"
            for character in sentence.replace('"', "'")
        )
        super().__init__(printable[:300])
