"""The stories: durable workflows that decide when; rules decide whether, activities do."""

from workflows.port_in import PortIn

ALL_WORKFLOWS: tuple[type, ...] = (PortIn,)
