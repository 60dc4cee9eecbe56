"""Accounts: who shops here, kept in the module's own database."""

from __future__ import annotations

from app import Module

from .admin import Admin
from .contract import Accounts
from .domain import Clock
from .doorkeeper import Doorkeeper
from .features.change_password import ChangePassword
from .features.get_account import GetAccount
from .features.get_me import GetMe
from .features.register import Register
from .features.rename_me import RenameMe
from .features.sign_in import SignIn
from .passwords import Passwords
from .settings import AccountSettings
from .storage import AccountStore
from .tries import Tries


def seed(admin: Admin) -> None:
    """The host builds what somebody asks for: this asks."""


module = Module(
    settings=AccountSettings,
    provide=[AccountStore, Tries, Passwords, Doorkeeper, Clock, Admin],
    invoke=[seed],
    exports=[Accounts.by(Register, SignIn, GetMe, RenameMe, ChangePassword, GetAccount)],
)
