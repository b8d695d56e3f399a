"""The home location register: which SIM carries which number. Spoken to over OsmoHLR's control port (OsmoHLR manual,
"Control interface").
"""

from parties.hlr.client import Hlr
from parties.hlr.subscriber import Subscriber

__all__ = ["Hlr", "Subscriber"]
