"""What can go wrong, by what the caller does about it.

ShelfwireError
├── InvalidInput           the person who asked must change something          exit 2
│   ├── MappingError       the mapping file names what is not there
│   ├── MappingBroken      the attached mapping can no longer be read
│   └── PlanRefused        a shop may not go live on this plan
├── Superseded             not for us to do, or not now: end, nothing is lost  exit 1
│   ├── LaneTaken          another job works in this lane now
│   ├── LaneGone           the shop was removed
│   ├── RunTaken           another process is at this run now
│   ├── RunCancelled       somebody wants this run to end
│   └── ShopHeld           nothing may be written to this shop now
├── DatabaseError          Postgres refused or is out of reach                 exit 3
│   ├── OutOfReach         no connection, or it was lost: a runner waits
│   ├── RolledBack         another transaction came first: the same again may pass
│   ├── Pooled             a pooler gives our sessions to others: a runner cannot work
│   └── NotInstalled       the schema is missing or older than this code
├── Transient              the same call may succeed later: retry              exit 4
│   ├── Unreachable        no connection was made: nothing was executed
│   ├── LostAnswer         sent, but no answer came: it may have been executed
│   ├── ServerFault        5xx or INTERNAL_SERVER_ERROR: it may have been executed
│   └── Throttled          THROTTLED, 429: wait, then ask again
└── Permanent              the same call will fail again: hold                 exit 4
    ├── ShopRefused        the shop or the token is the reason: every call fails
    ├── DocumentRefused    our document, or the right to send it, is the reason: all of its kind fail
    └── RequestRefused     this request is the reason: others may pass
        └── TooCostly      it asks for too much at once: a smaller one may pass
"""

from __future__ import annotations


class ShelfwireError(Exception):
    """Something went wrong."""

    exit_code = 1

    def __init__(self, message: str | None = None, *, remedy: str | None = None) -> None:
        self.message = message or (self.__doc__ or "").strip()
        self.remedy = remedy
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}" if self.remedy else self.message


class InvalidInput(ShelfwireError):
    """The input cannot be used."""

    exit_code = 2


class MappingError(InvalidInput):
    """The mapping file names what is not there."""


class MappingBroken(InvalidInput):
    """The attached mapping can no longer be read."""


class PlanRefused(InvalidInput):
    """A shop may not go live on this plan."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message, remedy="Run: shelfwire plan, and look at what it says.")


class Superseded(ShelfwireError):
    """Somebody else does it, or it may not be done now."""


class LaneTaken(Superseded):
    """Another job works in this lane now."""


class LaneGone(Superseded):
    """The shop was removed, and its lanes with it."""


class RunTaken(Superseded):
    """Another process is at this run now."""


class RunCancelled(Superseded):
    """Somebody wants this run to end."""


class ShopHeld(Superseded):
    """Nothing may be written to this shop now."""


class DatabaseError(ShelfwireError):
    """Postgres refused or is out of reach."""

    exit_code = 3


class OutOfReach(DatabaseError):
    """Postgres is out of reach."""


class RolledBack(DatabaseError):
    """Postgres rolled a transaction back in favour of another: a deadlock, or two that cannot be put in order."""


class Pooled(DatabaseError):
    """A pooler in transaction mode stands before Postgres."""


class NotInstalled(DatabaseError):
    """The schema sync is missing or not the one this code needs."""


class ShopifyError(ShelfwireError):
    """A call of the Admin API failed.

    ``code`` is its class in reports, as Shopify spells it where it does; ``document`` the name of what was sent.
    """

    exit_code = 4
    code = "SHOPIFY_ERROR"
    document = ""

    def __init__(self, message: str | None = None, *, code: str | None = None, remedy: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.code = code or self.code


class Transient(ShopifyError):
    """The same call may succeed later."""


class Unreachable(Transient):
    """No connection to the shop could be made."""

    code = "UNREACHABLE"


class LostAnswer(Transient):
    """The request was sent, but no answer came."""

    code = "LOST_ANSWER"


class ServerFault(Transient):
    """Shopify answered with a fault of its own."""

    code = "INTERNAL_SERVER_ERROR"


class Throttled(Transient):
    """The shop's cost budget is used up. ``wait`` is how many seconds Shopify suggests."""

    code = "THROTTLED"

    def __init__(self, message: str | None = None, *, wait: float = 1.0) -> None:
        super().__init__(message)
        self.wait = wait


class Permanent(ShopifyError):
    """The same call will fail again."""


class ShopRefused(Permanent):
    """The shop refuses every call."""

    code = "SHOP_REFUSED"


class DocumentRefused(Permanent):
    """Shopify does not take a document of ours, whatever it carries."""

    code = "DOCUMENT_REFUSED"


class RequestRefused(Permanent):
    """Shopify refuses this request."""

    code = "REQUEST_REFUSED"


class TooCostly(RequestRefused):
    """Shopify refuses a request that costs more points than one may. ``points`` is what it would cost."""

    code = "MAX_COST_EXCEEDED"

    def __init__(self, message: str | None = None, *, points: int) -> None:
        super().__init__(message)
        self.points = points
