"""Two members of a group bear one name."""

from app.module.declaration import Module, provide
from app.wiring.graph import Offers, read

EXPECTED = """
the member 'post' of Group[Plugin] is offered 2 times: by Mail in module shop and by Letter in module shop.
   at duplicate_group_name.py:29  provide(Mail)
   at duplicate_group_name.py:20  Mail
   at duplicate_group_name.py:30  provide(Letter)
   at duplicate_group_name.py:24  Letter
   fix: keep one, make the others private=True in their modules, or tell them apart with name="…".
"""


class Plugin:
    pass


class Mail(Plugin):
    pass


class Letter(Plugin):
    pass


def wrong() -> None:
    mail = provide(Mail, group=Plugin, name="post")
    letter = provide(Letter, group=Plugin, name="post")
    read([Module(name="shop", provide=[mail, letter])], Offers())
