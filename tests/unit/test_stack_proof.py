"""What the demonstration accepts as proof, and what it does not."""

import copy

import pytest

from stack.proof import PortToProve, of_the_order, what_happened, who_serves, window_without_service_s

CLAIM = PortToProve(msisdn="+33639980123", donor="CIRUS", home="ALIZE", since=0)

PORTED = {
    "reference": {"operator": "ALIZE", "range_holder": "CIRUS"},
    "routing": {"ALIZE": "ALIZE", "BOREA": "ALIZE", "CIRUS": "ALIZE"},
    "hlr": [{"operator": "ALIZE", "imsi": "208010000000001", "iccid": "89330100", "barred": False}],
}


def effect(n: int, party: str, name: str, second: int, key: str | None = None, **detail) -> dict:
    return {
        "n": n,
        "party": party,
        "effect": name,
        "key": key,
        "real_at": f"2026-11-22T03:00:{second:02}Z",
        "msisdn": CLAIM.msisdn,
        "detail": detail,
    }


LOG = [
    effect(1, "clearing_house", "porting_requested", 1, "o:request:1"),
    effect(2, "hlr", "msisdn_set", 10, operator="ALIZE"),
    effect(3, "clearing_house", "porting_performed", 11, "o:performed:1"),
    effect(4, "hlr", "msisdn_cleared", 12, operator="CIRUS"),
]


def failing(checks) -> list[str]:
    return [check.says for check in checks if not check.holds]


def test_a_port_that_happened_passes_every_check():
    assert failing(who_serves(PORTED, CLAIM) + what_happened(LOG, CLAIM)) == []


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda seen: seen["reference"].update(operator="CIRUS"), "reference database"),
        (lambda seen: seen["routing"].update(BOREA="CIRUS"), "routes"),
        (lambda seen: seen["routing"].clear(), "routes"),
        (lambda seen: seen["hlr"].clear(), "exactly one SIM"),
        (lambda seen: seen["hlr"].append(dict(seen["hlr"][0])), "exactly one SIM"),
        (lambda seen: seen["hlr"][0].update(barred=True), "not barred"),
        (lambda seen: seen["hlr"].append({**seen["hlr"][0], "operator": "CIRUS"}), "no more"),
    ],
)
def test_a_world_that_disagrees_anywhere_fails_by_name(spoil, complaint):
    seen = copy.deepcopy(PORTED)
    spoil(seen)
    [says] = failing(who_serves(seen, CLAIM))
    assert complaint in says


@pytest.mark.parametrize(
    ("log", "complaint"),
    [
        ([*LOG, effect(5, "clearing_house", "porting_requested", 20, "o:request:2")], "asked once"),
        ([entry for entry in LOG if entry["effect"] != "porting_performed"], "performed once"),
        (
            [*LOG, effect(5, "care", "contract_activated", 20, "k"), effect(6, "care", "contract_activated", 21, "k")],
            "twice",
        ),
        ([entry for entry in LOG if entry["effect"] != "msisdn_set"], "without service"),
        ([entry for entry in LOG if entry["effect"] != "msisdn_cleared"], "without service"),
    ],
)
def test_an_effect_too_many_or_too_few_fails_by_name(log, complaint):
    [says] = failing(what_happened(log, CLAIM))
    assert complaint in says


def test_the_window_is_counted_from_the_donors_taking_down_to_homes_carrying():
    late = [
        effect(1, "hlr", "msisdn_cleared", 5, operator="CIRUS"),
        effect(2, "hlr", "msisdn_set", 35, operator="ALIZE"),
    ]
    assert window_without_service_s(late, CLAIM) == 30.0
    assert window_without_service_s(LOG, CLAIM) == 0.0


@pytest.mark.parametrize(
    ("order", "held"),
    [
        ({"state": "completed", "journal_intact": True}, True),
        ({"state": "held", "journal_intact": True}, False),
        ({"state": "completed", "journal_intact": False}, False),
    ],
)
def test_the_engines_own_account_counts_only_when_complete_and_intact(order, held):
    assert all(check.holds for check in of_the_order(order)) is held
