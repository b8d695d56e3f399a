"""The admin routes of the robots: who sits at a desk, and how to answer for a number."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

NUMBER = "+33639984999"


@pytest.fixture
def admin(simulator: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=simulator.base_url, trust_env=False, timeout=15) as client:
        yield client


def test_a_behaviour_is_set_shown_and_removed(admin: httpx.Client):
    path = f"/admin/behaviours/{NUMBER}"
    assert admin.get(path).status_code == 404
    told = {"msisdn": NUMBER, "answer": "refuse", "code": "22"}
    assert admin.put(path, json={"answer": "refuse", "code": "22"}).json() == told
    assert admin.get(f"/admin/behaviours/0{NUMBER[3:]}").json() == told
    assert admin.delete(path).status_code == 204
    assert admin.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (NUMBER, {"answer": "perhaps"}, "answer"),
        (NUMBER, {}, "answer"),
        (NUMBER, {"answer": "refuse", "code": "130"}, "code"),
        (NUMBER, {"answer": "refuse", "code": "١٣"}, "code"),
        (NUMBER, {"answer": "refuse", "cod": "13"}, "cod"),
        ("12345", {"answer": "accept"}, "msisdn"),
    ],
)
def test_a_wrong_behaviour_is_refused_with_the_name_of_its_field(
    admin: httpx.Client, path: str, body: dict[str, str], field: str
):
    answer = admin.put(f"/admin/behaviours/{path}", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_robot_is_switched_off_and_on(admin: httpx.Client):
    assert admin.get("/admin/robots/DUNE").json() == {"operator": "DUNE", "enabled": True}
    assert admin.put("/admin/robots/DUNE", json={"enabled": False}).json()["enabled"] is False
    assert admin.get("/admin/robots/DUNE").json()["enabled"] is False
    assert admin.put("/admin/robots/DUNE", json={"enabled": True}).json()["enabled"] is True


def test_the_operator_for_outside_clients_has_no_robot_to_switch_on(admin: httpx.Client):
    assert admin.get("/admin/robots/FJORD").json() == {"operator": "FJORD", "enabled": False}
    assert admin.put("/admin/robots/FJORD", json={"enabled": False}).status_code == 200
    refused = admin.put("/admin/robots/FJORD", json={"enabled": True})
    assert (refused.status_code, refused.json()["field"]) == (422, "enabled")


def test_an_operator_that_does_not_exist_is_not_found(admin: httpx.Client):
    assert admin.put("/admin/robots/NOBODY", json={"enabled": True}).status_code == 404


def test_a_switch_that_says_neither_is_refused(admin: httpx.Client):
    assert admin.put("/admin/robots/DUNE", json={"enabled": "maybe"}).status_code == 422
