"""Masks and filters: what they may name, what several of them come to, where an address lies."""

from itertools import permutations, product

import pytest
from sqlglot import exp

from scopeward_guard._base.masks import ARGUMENTS, NOTHING_SHOWN, is_mask, strictest
from scopeward_guard.cedar import PolicyError
from scopeward_guard.sql._grammar.dialects import DUCKDB, POSTGRES
from scopeward_guard.sql._rewriting.masks import masked
from tests.guard.cedar.asking import asked, decided, policy, query

HEAD = 'permit(principal is User, action == Action::"select", resource is Query)'
DATA = {"hr.employees": ("id", "iban", "region"), "finance.payments": ("card_number",)}
MASKS = [
    "null", "last4", "year", "hash", "hash:salt", "hash:pepper", "round", "round:10", "round:100",
    "round:30",
]  # fmt: skip
COLUMN = "hr.employees.iban"


def masks_of(*annotated: str, columns: tuple[str, ...] = (COLUMN,)) -> dict[str, str]:
    text = "\n".join(f'@id("p{n}") @mask("{mask}") {HEAD};' for n, mask in enumerate(annotated))
    decision = decided(text, asked(resource=query(columns=columns)))
    found = [o.parameters for o in decision.obligations if o.id == "mask"]
    assert len({p["column"] for p in found}) == len(found), "one mask a column"
    return {p["column"]: p["kind"] for p in found}


@pytest.mark.parametrize("mask", MASKS)
def test_policy_says_every_mask_that_the_library_makes(mask: str) -> None:
    assert masks_of(f"{COLUMN} {mask}") == {COLUMN: mask}
    for dialect in (POSTGRES, DUCKDB):
        assert masked(exp.column("iban"), mask, dialect).sql(dialect.name)


@pytest.mark.parametrize("kind", ARGUMENTS)
def test_every_kind_is_among_those_tested(kind: str) -> None:
    assert kind in {mask.partition(":")[0] for mask in MASKS}


@pytest.mark.parametrize(
    "mask", ["nul", "Null", "last5", "hash:", "hash:a b", "round:0", "round:x", "null:1", "last4:9"]
)
def test_mask_that_there_is_not_is_refused_with_the_policy(mask: str) -> None:
    assert not is_mask(mask)
    with pytest.raises(PolicyError):
        policy(f'@id("p") @mask("{COLUMN} {mask}") {HEAD};')


@pytest.mark.parametrize(("first", "second"), list(permutations(MASKS, 2)))
def test_two_masks_come_to_the_strictest_whatever_their_order(first: str, second: str) -> None:
    both = masks_of(f"{COLUMN} {first}", f"{COLUMN} {second}")

    assert both == masks_of(f"{COLUMN} {second}", f"{COLUMN} {first}")
    assert both == {COLUMN: strictest(first, second)}


@pytest.mark.parametrize(("first", "second", "third"), list(product(MASKS, repeat=3))[::7])
def test_no_further_mask_shows_more(first: str, second: str, third: str) -> None:
    two = strictest(first, second)
    three = strictest(two, third)

    assert strictest(three, two) == three
    assert three == strictest(first, strictest(second, third)) or three == NOTHING_SHOWN


def test_coarser_step_wins_and_strangers_show_nothing() -> None:
    assert strictest("round:10", "round:100") == "round:100"
    assert strictest("round", "round:10") == "round:1000"
    assert strictest("round:30", "round:100") == NOTHING_SHOWN
    assert strictest("last4", "year") == NOTHING_SHOWN
    assert strictest("hash:a", "hash:b") == NOTHING_SHOWN


@pytest.mark.parametrize("written", ["HR.Employees.IBAN", "hr.employees.Iban", COLUMN])
def test_mask_finds_its_column_whatever_its_capitals(written: str) -> None:
    assert masks_of(f"{written} null") == {COLUMN: "null"}


def test_filter_finds_its_table_whatever_its_capitals() -> None:
    text = f"""@id("p") @row_filter("HR.Employees.region in ['EU']") {HEAD};""".replace("'", '\\"')

    (obligation,) = decided(text).obligations

    assert obligation.parameters["table"] == "hr.employees"


DUTIES = {
    "mask": '@mask("{} null")',
    "row_filter": '@row_filter("{} in principal.projects")',
}


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize(
    "name",
    ["hr.employees.ibn", "hr.employes.iban", "employees.iban", "h.employees.iban",
     "finance.payments.iban"],
)  # fmt: skip
def test_duty_that_names_nothing_that_exists_is_refused_with_the_policy(
    duty: str, name: str
) -> None:
    text = f'@id("p") {DUTIES[duty].format(name)} {HEAD};'

    with pytest.raises(PolicyError, match=f"there is no column {name}"):
        policy(text, data=DATA)


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize("name", ["hr.employees.iban", "HR.Employees.Iban"])
def test_duty_that_names_what_exists_is_taken(duty: str, name: str) -> None:
    policy(f'@id("p") {DUTIES[duty].format(name)} {HEAD};', data=DATA)


ADDRESSES = ["198.51.100.7", "::ffff:198.51.100.7", "::ffff:c633:6407"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("effect", ["permit", "forbid"])
def test_address_lies_in_its_network_however_a_socket_writes_it(address: str, effect: str) -> None:
    text = f"""
    @id("all") {HEAD};
    @id("net") {HEAD.replace("permit", effect)}
    when {{ context has address && context.address.isInRange(ip("198.51.100.0/24")) }};
    """

    decision = decided(text, asked(address=address))

    assert decision.permit is (effect == "permit")
    assert ("net" in decision.policies) is True
