"""What can keep a stack from starting. Each message is a sentence for the person at the terminal.

StackError
├── PortBusy          another program listens where one of ours should
├── AlreadyRunning    another stack holds the state folder, works for the home operator, or has our place in Temporal
└── ComponentFailed   a component ended, or was not ready in time
"""


class StackError(Exception):
    """The stack cannot start or go on."""


class PortBusy(StackError):
    """Names the setting, and a value that is free."""


class AlreadyRunning(StackError):
    """Two stacks on one state folder would write the same databases, two engines of one operator do everything twice,
    and two in one namespace take each other's orders.
    """


class ComponentFailed(StackError):
    """Names the component and carries the last lines of its log."""
