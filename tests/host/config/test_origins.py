"""Origins and secrets: every value tells where it came from, and no secret is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import load
from app.config.origin import masked_url
from app.module.settings import Secret, Settings
from app.telling.refusals import Refused
from tests.projects import configured, written


class MailSettings(Settings):
    password: Secret[str]
    keys: tuple[Secret[str], ...] = ()
    server: str = "localhost"


def test_every_entry_tells_its_layer(tmp_path: Path) -> None:
    settings = "[default.http]\n# the port\nport = 1\n\n[testing]\ngrpc.port = 2\n"
    secrets = "[default.modules.mail]\npassword = 'hunter2'\nkeys = ['hunter3']\n"
    root = written(tmp_path, {"config/settings.toml": settings, "config/.secrets.toml": secrets})
    config = load(
        root=root,
        environment="testing",
        overrides=["log.level=debug"],
        modules={"mail": MailSettings},
        environ={"PANGAEA_DATA_DIR": "elsewhere"},
    )
    told = {entry.key: (entry.value, str(entry.origin)) for entry in config.entries({"mail": MailSettings})}
    assert told["http.port"] == ("1", f"{root}/config/settings.toml:3 [default]")
    assert told["grpc.port"] == ("2", f"{root}/config/settings.toml:6 [testing]")
    assert told["log.level"] == ('"debug"', "option --set log.level")
    assert told["data.dir"] == ('"elsewhere"', "variable PANGAEA_DATA_DIR")
    assert told["http.host"] == ('"127.0.0.1"', "default")
    assert told["modules.mail.password"] == ("***", f"{root}/config/.secrets.toml:2 [default]")
    assert told["modules.mail.keys"] == ("***", f"{root}/config/.secrets.toml:3 [default]")
    assert config.data_dir == root / "elsewhere"
    assert "hunter" not in repr(config.entries({"mail": MailSettings})) + repr(config)
    assert "hunter" not in repr(config.module("mail", MailSettings))


def test_an_unset_secret_is_shown_as_not_set() -> None:
    told = {entry.key: entry.value for entry in configured().entries()}
    assert told["deployment.key"] == "not set"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+asyncpg://shop:hunter2@db/shop", "postgresql+asyncpg://shop:***@db/shop"),
        ("postgresql://shop:hun@ter:2@db/shop", "postgresql://shop:***@db/shop"),
        ("postgresql://db/shop?password=hunter2&x=1", "postgresql://db/shop?password=***&x=1"),
        ("postgresql:shop:hunter2@db/shop", "postgresql:shop:***@db/shop"),
        ("postgresql://shop:hunter2 @db/shop", "postgresql://shop:***@db/shop"),
        ("host=db password=hunter2 user=shop", "host=db password=*** user=shop"),
        ("host=db password = 'hunter2 hunter2'", "host=db password = ***"),
        ("postgresql://[::1]:5432/shop", "postgresql://[::1]:5432/shop"),
        ("dns:///payments.internal:50051", "dns:///payments.internal:50051"),
        ("sqlite:///data/shop.db", "sqlite:///data/shop.db"),
    ],
)
def test_passwords_inside_urls_are_masked(url: str, shown: str) -> None:
    config = configured(options={"database.url": url})
    told = {entry.key: entry.value for entry in config.entries()}
    assert (masked_url(url), told["database.url"]) == (shown, f'"{shown}"')
    assert config.database.url == url
    assert "hunter2" not in repr(config.database) + repr(config.sections)


@pytest.mark.parametrize(
    "given",
    [
        {"files": {"config/.secrets.toml": "[default.modules.mail]\npassword = ['hunter2']\n"}},
        {"files": {"config/.secrets.toml": "[default.modules.mail]\npassword.inner = 'hunter2'\n"}},
        {"files": {"config/.secrets.toml": "[default.modules.mail]\npassword = '@int hunter2'\n"}},
        {"files": {"config/.secrets.toml": "[default.modules.mail]\npassword = hunter2\n"}},
        {"options": ["modules.mail.keys=hunter2"]},
        {"options": ["hunter2"]},
        {"options": ["modules.mail.password.hunter=hunter2"]},
    ],
)
def test_no_refusal_repeats_a_secret(given: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        configured(modules={"mail": MailSettings}, **given)  # type: ignore[arg-type]
    assert "hunter2" not in str(refused.value) + repr(refused.value.refusals)
