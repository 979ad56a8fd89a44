"""One try of a thread that goes on as long as its process does, whatever goes wrong meanwhile."""

from collections.abc import Callable


def went_well(step: Callable[[], object], tell: Callable[[Exception], None]) -> bool:
    """Whether the step ended without an error; `tell` was given the one that it ended with.

    A thread that ended would be missed by nobody, and the database may be away for a while: so no
    error ends one. Whoever calls this rests then, and tries again. What `tell` raises goes on.
    """
    try:
        step()
    # Whatever it is: see above.
    except Exception as error:  # noqa: BLE001
        tell(error)
        return False
    return True
