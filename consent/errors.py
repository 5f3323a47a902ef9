"""Why an answer to a consent request was not taken. Nothing has been changed when one is raised.

ConsentError
├── AlreadyDecidedError      another answer came first
├── RequestExpiredError      the answer came too late
├── AddressNotOfferedError   no address was chosen, or none of the person's verified ones
├── QuestionsChangedError    the questions are no longer those that were shown
├── NoChoiceError            a detail was neither approved nor denied
└── GrantGoneError           the grant that it was about does not stand, or never did
"""


class ConsentError(Exception):
    """An answer that was not taken."""


class AlreadyDecidedError(ConsentError):
    """The consent request has been answered before; that answer stands."""


class RequestExpiredError(ConsentError):
    """The consent request is too old, or gone."""


class QuestionsChangedError(ConsentError):
    """A scope was added, withdrawn, changed or decided elsewhere since the page was opened."""


class GrantGoneError(ConsentError):
    """No such grant stands between this person and this client; why is nobody's business."""


class NoChoiceError(ConsentError):
    """Each authorization detail needs a yes or a no."""


class AddressNotOfferedError(ConsentError):
    """The address to share is not a verified one of the person, or was not chosen at all."""
