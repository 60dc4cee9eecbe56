"""What travels with a call: deadline, principal, trace and declared metadata; nothing else.

One Ambient is in force for each scope (an incoming request, a `with deadline(…)`). Hot code reads it with `current()`
and tests `gate.task`.
"""

from .deadlines import deadline as deadline
from .deadlines import incoming as incoming
from .deadlines import task_of as task_of
from .declared import Metadata as Metadata
from .expiry import DEADLINE_PASSED as DEADLINE_PASSED
from .expiry import FAR as FAR
from .expiry import GRAIN as GRAIN
from .expiry import NEVER as NEVER
from .expiry import Expiry as Expiry
from .scope import NOTHING as NOTHING
from .scope import Ambient as Ambient
from .scope import Principal as Principal
from .scope import acting as acting
from .scope import current as current
from .scope import held as held
from .scope import held_back as held_back
from .scope import principal as principal
from .scope import remaining as remaining
from .scope import set_ambient as set_ambient
from .scope import using as using
