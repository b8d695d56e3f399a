"""The SM-DP+ as operators call it: the four functions of ES2+."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from simulator.home import cards
from simulator.smdp import profiles
from simulator.smdp.messages import CancelOrder, ConfirmOrder, DownloadOrder, ReleaseProfile, padded, unpadded
from simulator.smdp.profiles import Profile
from simulator.smdp.progress import PARTY, TIME_TO_LIVE, address_of, record
from simulator.smdp.states import ON_A_PHONE, ORDERED, WITHOUT_ORDER, ProfileState
from simulator.smdp.statuses import (
    EID_OTHER,
    ICCID_CANNOT_BE_RELEASED,
    ICCID_MISSING,
    ICCID_NOT_AVAILABLE,
    MATCHING_ID_OTHER,
    MATCHING_ID_TAKEN,
    NOTHING_TO_CANCEL,
    SmDpRefusal,
    StatusCode,
)
from simulator.world.clock import iso
from simulator.world.operators import Operator
from simulator.world.world import World

FUNCTIONS = ("downloadOrder", "confirmOrder", "releaseProfile", "cancelOrder")
_ROUTE = "/home/(?P<operator>[A-Z]+)/smdp/gsma/rsp2/es2plus/"
_MATCHING_ID_BYTES = 16


class SmDpServer:
    """Each function runs inside the caller's transaction and raises SmDpRefusal.

    `on_release` is called there with every profile that can be downloaded from now on.
    """

    def __init__(self, world: World, on_release: Callable[[Profile], None]) -> None:
        self._world = world
        self._on_release = on_release
        world.store.declare(profiles.SCHEMA)
        for name in FUNCTIONS:
            world.faults.register_call("POST", _ROUTE + name, PARTY, name)

    def download_order(self, operator: Operator, order: DownloadOrder, key: str | None) -> dict[str, Any]:
        """Take an Available profile: Allocated, or Linked when the phone is known."""
        if order.iccid is not None:
            profile = profiles.find(self._world, operator, unpadded(order.iccid))
        elif order.profile_type is not None:
            profile = profiles.next_of_type(self._world, operator, order.profile_type)
        else:
            raise SmDpRefusal(ICCID_MISSING)
        if profile.state is not ProfileState.AVAILABLE:
            raise SmDpRefusal(ICCID_NOT_AVAILABLE)
        state = ProfileState.ALLOCATED if order.eid is None else ProfileState.LINKED
        self._save(replace(profile, state=state, msisdn=None, eid=order.eid), "profile_ordered", key)
        return {"iccid": padded(profile.iccid)}

    def confirm_order(self, operator: Operator, order: ConfirmOrder, key: str | None) -> dict[str, Any]:
        """Give the order its matching id: Confirmed, or Released at once."""
        profile = profiles.find(self._world, operator, unpadded(order.iccid))
        if profile.state not in ORDERED:
            raise SmDpRefusal(ICCID_NOT_AVAILABLE)
        _same(order.eid, profile.eid or order.eid, EID_OTHER)
        matching_id = order.matching_id or secrets.token_hex(_MATCHING_ID_BYTES).upper()
        if profiles.with_matching_id(self._world.store, operator.code, matching_id) is not None:
            raise SmDpRefusal(MATCHING_ID_TAKEN)
        confirmed = replace(
            profile,
            state=ProfileState.CONFIRMED,
            eid=profile.eid or order.eid,
            matching_id=matching_id,
            expires_at=None,
        )
        if order.release_flag:
            self._release(confirmed, "profile_confirmed", key)
        else:
            self._save(confirmed, "profile_confirmed", key)
        answer = {"matchingId": matching_id, "smdpAddress": address_of(operator.code)}
        return answer if confirmed.eid is None else {**answer, "eid": confirmed.eid}

    def release_profile(self, operator: Operator, order: ReleaseProfile, key: str | None) -> dict[str, Any]:
        """Let a confirmed profile be downloaded."""
        profile = profiles.find(self._world, operator, unpadded(order.iccid))
        if profile.state is not ProfileState.CONFIRMED:
            raise SmDpRefusal(ICCID_CANNOT_BE_RELEASED)
        self._release(profile, "profile_released", key)
        return {}

    def cancel_order(self, operator: Operator, order: CancelOrder, key: str | None) -> StatusCode | None:
        """Take an order back; a warning, and nothing happens, when none is pending.

        Refused 8.2.1/3.3 means one thing only: a phone has the profile.
        """
        profile = profiles.find(self._world, operator, unpadded(order.iccid))
        if profile.state in WITHOUT_ORDER:
            return NOTHING_TO_CANCEL
        if profile.state in ON_A_PHONE:
            raise SmDpRefusal(ICCID_NOT_AVAILABLE)
        _same(order.matching_id, profile.matching_id, MATCHING_ID_OTHER)
        _same(order.eid, profile.eid, EID_OTHER)
        final = ProfileState(order.final_profile_status_indicator)
        self._save(Profile(profile.iccid, profile.operator, final, profile.msisdn), "profile_cancelled", key)
        return None

    def _release(self, profile: Profile, effect: str, key: str | None) -> None:
        expires_at = iso(self._world.clock.legal_now() + TIME_TO_LIVE)
        released = replace(profile, state=ProfileState.RELEASED, expires_at=expires_at)
        self._on_release(self._save(released, effect, key))

    def _save(self, profile: Profile, effect: str, key: str | None) -> Profile:
        number = cards.number_of(self._world, profile.operator, profile.iccid)
        saved = replace(profile, msisdn=number or profile.msisdn)
        profiles.save(self._world.store, saved)
        record(self._world, saved, effect, key)
        return saved


def _same(given: str | None, kept: str | None, otherwise: StatusCode) -> None:
    """What is not given is not compared."""
    if given is not None and given != kept:
        raise SmDpRefusal(otherwise)
