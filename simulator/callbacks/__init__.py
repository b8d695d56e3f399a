"""What a home system tells by itself: posted to the address registered for it, again and again until it is answered."""

from simulator.callbacks.outbox import queue
from simulator.callbacks.running import Running, running_in, start

__all__ = ["Running", "queue", "running_in", "start"]
