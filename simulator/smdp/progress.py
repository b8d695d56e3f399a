"""What becomes of a released profile: an effect, and a callback to the operator (ES2+.HandleDownloadProgressInfo)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from simulator.smdp import profiles
from simulator.smdp.messages import padded
from simulator.smdp.profiles import PROFILE_TYPE, Profile
from simulator.smdp.states import BEFORE, EFFECTS, ProfileState
from simulator.smdp.statuses import (
    EXPIRED,
    FAILED,
    INSTALLATION_FAILED,
    SUCCESS,
    TIME_TO_LIVE_OVER,
    StatusCode,
    execution_status,
)
from simulator.world.clock import iso
from simulator.world.world import World

PARTY = "smdp"
PATH = "/gsma/rsp2/es2plus/handleDownloadProgressInfo"
TIME_TO_LIVE = timedelta(days=7)
"""Legal time in which a released profile can be fetched."""
_NOTIFICATIONS: Mapping[ProfileState, tuple[int, str, StatusCode | None]] = MappingProxyType(
    {
        ProfileState.EXPIRED: (1, EXPIRED, TIME_TO_LIVE_OVER),
        ProfileState.DOWNLOADED: (3, SUCCESS, None),
        ProfileState.INSTALLED: (4, SUCCESS, None),
        ProfileState.ERROR: (4, FAILED, INSTALLATION_FAILED),
        ProfileState.ENABLED: (5, SUCCESS, None),
        ProfileState.DELETED: (6, SUCCESS, None),
    }
)
"""Notification point and its status. The first point is where a server checks whether a profile may still be had."""


def address_of(operator: str) -> str:
    """Where the operator's profiles are downloaded from."""
    return f"smdp.{operator.lower()}.example"


def record(world: World, profile: Profile, effect: str, key: str | None) -> int:
    """An effect on a profile, inside the caller's transaction."""
    return world.effects.record(
        PARTY,
        effect,
        key=key,
        msisdn=profile.msisdn,
        detail={"operator": profile.operator, "iccid": profile.iccid, "state": profile.state.value},
    )


def advance(world: World, profile: Profile, state: ProfileState) -> Profile | None:
    """Bring a profile into the state, record it and tell of it, inside the caller's transaction.

    None, and nothing happens, when the profile is not what it must be for that.
    """
    if profile.state is not BEFORE[state]:
        return None
    after = replace(profile, state=state, expires_at=None)
    profiles.save(world.store, after)
    number = record(world, after, EFFECTS[state], None)
    point, status, code = _NOTIFICATIONS[state]
    # Numbers of effects begin anew with every world.
    event_id = f"{world.clock.world}-{number}"
    about = {
        "header": {
            "functionRequesterIdentifier": address_of(after.operator),
            "functionCallIdentifier": event_id,
        },
        "iccid": padded(after.iccid),
        "profileType": PROFILE_TYPE,
        "timestamp": iso(world.clock.legal_now()),
        "notificationPointId": point,
        "notificationPointStatus": execution_status(status, code),
    } | ({} if after.eid is None else {"eid": after.eid})
    world.outbox.queue(after.operator, PARTY, PATH, event_id, about, subject=after.iccid)
    return after


def expire(world: World, limit: int) -> int:
    """Give up on profiles that nobody has fetched in time, inside the caller's transaction; how many there were."""
    over = profiles.expired(world.store, world.clock.legal_now(), limit)
    for profile in over:
        advance(world, profile, ProfileState.EXPIRED)
    return len(over)
