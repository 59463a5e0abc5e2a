"""Error: what can go wrong with a local broker, told as what was asked, why it failed and what to do."""


class LocalError(RuntimeError):
    """A local broker, or a process beside it, could not do what was asked; the message says why and what to do."""


class ToolMissingError(LocalError):
    """A program or an optional package that must be installed first is not there."""


class PortTakenError(LocalError):
    """The asked-for port is in use."""
