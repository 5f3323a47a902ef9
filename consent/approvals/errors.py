"""Why something was not done to an approval. Nothing has been changed when one is raised.

ApprovalError
├── UnanswerableError     nobody could ever approve it, so it is not taken in
│   └── ForbiddenByPolicyError  no approval would help: policy forbids it
├── NotPendingError       it has been decided, withdrawn or has expired
├── NotEligibleError      this person has no vote on it, or no longer
├── AlreadyVotedError     this person has been counted, in this or another capacity
├── PreviewChangedError   what was shown is no longer what would be approved
├── StaleSignInError      the person has to sign in again first
├── UnsignedError         the yes has to be signed with a passkey of theirs, and is not
├── HandedOverError       somebody else set this person's password or address less than a day ago
└── NoJustificationError  going ahead alone needs a reason that says something
"""


class ApprovalError(Exception):
    """Something that was not done. The sentence is for developers."""


class UnanswerableError(ApprovalError):
    """No set of distinct active people could meet the demands on this request.

    The sentence is for the person who asks, in their language.
    """


class ForbiddenByPolicyError(UnanswerableError):
    """Policy forbids it, approved or not. The sentence is what policy says."""


class NotPendingError(ApprovalError):
    """The approval no longer waits for an answer."""


class NotEligibleError(ApprovalError):
    """The person has no vote on this approval."""


class AlreadyVotedError(ApprovalError):
    """The person counts already, by an own vote or by one on somebody's behalf."""


class PreviewChangedError(ApprovalError):
    """The screen was opened before something on it changed."""


class StaleSignInError(ApprovalError):
    """The sign-in is older, or weaker, than the approval demands."""


class UnsignedError(ApprovalError):
    """The yes is not signed by a passkey of whoever says it, under what was shown.

    What is wrong with the answer is in the text, for the log.
    """


class HandedOverError(ApprovalError):
    """The yes of this person does not count yet: somebody else set what they sign in by."""


class NoJustificationError(ApprovalError):
    """The justification is missing or too short."""
