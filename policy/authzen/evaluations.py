"""Access evaluations (AuthZEN 1.0 §7): several questions in one request."""

from collections.abc import Callable, Mapping
from typing import Any

from policy.authzen import evaluation
from scopeward_guard.vocabulary import MalformedError

MOST = 100
"""Questions in one request."""
PARTS = ("subject", "action", "resource", "context")

Stops = Callable[[bool], bool]

SEMANTICS: Mapping[str, Stops] = {
    "execute_all": lambda _permit: False,
    "deny_on_first_deny": lambda permit: not permit,
    "permit_on_first_permit": lambda permit: permit,
}
"""§7.1.2: whether no further question is asked after an answer."""


def evaluate(audience: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the response to a request; raises `MalformedError`.

    Without questions of its own it is an access evaluation (§7.1). A question that cannot be read
    is answered no, with the error (§7.2.1), and the others are not hurt by it.
    """
    questions = body.get("evaluations", [])
    if not isinstance(questions, list) or len(questions) > MOST:
        raise MalformedError(f"evaluations is a list of {MOST} at most")
    stops = _semantic(body)
    if not questions:
        return evaluation.evaluate(audience, body)
    defaults = {name: body[name] for name in PARTS if name in body}
    answers = []
    for question in questions:
        answers.append(_answer(audience, defaults, question))
        if stops(answers[-1]["decision"]):
            break
    return {"evaluations": answers}


def _answer(audience: str, defaults: Mapping[str, Any], question: Any) -> dict[str, Any]:
    if not isinstance(question, dict):
        return _error("an evaluation is an object")
    try:
        return evaluation.evaluate(audience, {**defaults, **question})
    except MalformedError as error:
        return _error(str(error))


def _error(message: str) -> dict[str, Any]:
    return {"decision": False, "context": {"error": {"status": 400, "message": message}}}


def _semantic(body: Mapping[str, Any]) -> Stops:
    options = body.get("options", {})
    named = (
        options.get("evaluations_semantic", "execute_all") if isinstance(options, dict) else None
    )
    if not isinstance(named, str) or named not in SEMANTICS:
        raise MalformedError(f"evaluations_semantic is one of {', '.join(SEMANTICS)}")
    return SEMANTICS[named]
