"""What the text of policies is made of, for those who check it, show it and help to write it."""

from scopeward_guard.cedar._deciding.catalogue import LABELLED
from scopeward_guard.cedar._language.annotations import Data, annotation_problems
from scopeward_guard.cedar._language.policies import TOO_DEEP, TOO_LONG, load
from scopeward_guard.cedar._language.rules import PolicyError
from scopeward_guard.cedar._language.scanner import (
    LONGEST,
    Statement,
    Token,
    excess_of,
    place_of,
    statements_of,
)
from scopeward_guard.cedar._language.shapes import Shape, Shapes, shapes_of, type_name

__all__ = [
    "LABELLED",
    "LONGEST",
    "TOO_DEEP",
    "TOO_LONG",
    "Data",
    "PolicyError",
    "Shape",
    "Shapes",
    "Statement",
    "Token",
    "annotation_problems",
    "excess_of",
    "load",
    "place_of",
    "shapes_of",
    "statements_of",
    "type_name",
]
