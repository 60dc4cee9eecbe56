"""Layers: what lies on top of what, and how tables, lists and texts are joined."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.module.settings import Secret, Settings
from app.telling.refusals import Refused
from tests.projects import configured


class Plan(Settings):
    price: float = 0.0
    features: tuple[str, ...] = ()


class ShopSettings(Settings):
    max_lines: int = 100
    greeting: str = "hello"
    token: Secret[str] = Secret("")
    folder: Path = Path("files")
    limit: int | None = None
    nightly: bool = False
    plans: Mapping[str, Plan] = {}
    plan: Plan = Plan()


def shop(settings: str = "", **given: object) -> ShopSettings:
    return configured(settings, modules={"shop": ShopSettings}, **given).module("shop", ShopSettings)  # type: ignore[arg-type]


def test_without_any_file_the_defaults_hold() -> None:
    config = configured()
    assert (config.http.port, config.grpc.port, config.data.dir) == (8080, 9090, "data")
    assert config.environment == "development"


def test_each_layer_lies_on_top_of_the_one_before() -> None:
    files = {
        "config/settings.local.toml": "[default.http]\nport = 3\n",
        "config/.secrets.toml": "[default.http]\nport = 4\n",
    }
    settings = "[default.http]\nport = 1\nhost = 'a'\n[testing.http]\nport = 2\n"
    assert configured(settings).http.port == 1
    assert configured(settings, environment="testing").http.port == 2
    assert configured(settings, environment="testing", files=dict([*files.items()][:1])).http.port == 3
    assert configured(settings, files=files).http.port == 4
    variables = {"PANGAEA_HTTP_PORT": "5"}
    assert configured(settings, files=files, variables=variables).http.port == 5
    on_top = configured(settings, files=files, variables=variables, options=["http.port=6"])
    assert (on_top.http.port, on_top.http.host) == (6, "a")


def test_the_environment_is_named_by_a_variable_and_the_argument_wins() -> None:
    settings = "[staging.http]\nport = 7\n"
    assert configured(settings, variables={"PANGAEA_ENV": "staging"}).http.port == 7
    assert configured(settings, variables={"PANGAEA_ENV": "staging"}, environment="testing").http.port == 8080


def test_tables_are_merged_key_by_key_and_lists_replaced() -> None:
    found = shop(
        "[default.modules.shop.plan]\nprice = 2.5\nfeatures = ['a', 'b']\n"
        "[testing.modules.shop.plan]\nfeatures = ['c']\n"
        "[default.modules.shop.plans.small]\nprice = 1\n[testing.modules.shop.plans.large]\nprice = 9\n",
        environment="testing",
    )
    assert found.plan == Plan(price=2.5, features=("c",))
    assert found.plans == {"small": Plan(price=1), "large": Plan(price=9)}


@pytest.mark.parametrize("name", ["PANGAEA_MODULES_SHOP_MAX_LINES", "PANGAEA_MODULES__SHOP__MAX_LINES"])
def test_a_variable_separates_by_one_underscore_or_by_two(name: str) -> None:
    assert shop(variables={name: "7"}).max_lines == 7


def test_a_text_becomes_what_its_key_expects() -> None:
    variables = {
        "PANGAEA_MODULES_SHOP_GREETING": "123",
        "PANGAEA_MODULES_SHOP_TOKEN": "0042",
        "PANGAEA_MODULES_SHOP_FOLDER": "/srv/files",
        "PANGAEA_MODULES_SHOP_NIGHTLY": "true",
        "PANGAEA_MODULES_SHOP_LIMIT": "9",
        "PANGAEA_MODULES_SHOP_PLAN_FEATURES": '["a", "b"]',
        "PANGAEA_MODULES_SHOP_PLAN_PRICE": "3",
    }
    found = shop(variables=variables)
    assert (found.greeting, found.token.reveal(), found.folder) == ("123", "0042", Path("/srv/files"))
    assert (found.nightly, found.limit, found.plan) == (True, 9, Plan(price=3.0, features=("a", "b")))


def test_a_variable_may_hold_a_whole_table_that_is_merged() -> None:
    found = shop(
        "[default.modules.shop.plan]\nprice = 2\n", variables={"PANGAEA_MODULES_SHOP_PLAN": '{features=["x"]}'}
    )
    assert found.plan == Plan(price=2, features=("x",))


def test_a_variable_finds_the_case_of_a_table_s_key_in_the_layers_below() -> None:
    settings = "[default.calls.policies.Catalog]\nattempts = 5\n"
    config = configured(settings, variables={"PANGAEA_CALLS_POLICIES_CATALOG_MAX_BACKOFF": "2"})
    assert list(config.calls.policies) == ["Catalog"]
    policy = config.calls.policy("Catalog")
    assert (policy.attempts, policy.max_backoff, policy.backoff) == (5, 2.0, config.calls.backoff)


def test_a_policy_given_by_a_variable_alone_is_found_whatever_its_case() -> None:
    config = configured(variables={"PANGAEA_CALLS_POLICIES__CATALOG__ATTEMPTS": "1"})
    assert config.calls.policy("Catalog").attempts == 1
    assert config.calls.policy("Carts").attempts == config.calls.attempts


def test_options_may_be_values_where_python_gives_them() -> None:
    found = shop(options={"modules.shop.max_lines": 3, "modules.shop.plan.features": ["z"], "http.port": 0})
    assert (found.max_lines, found.plan.features) == (3, ("z",))


def test_an_equals_sign_belongs_to_the_value() -> None:
    assert shop(options=["modules.shop.greeting=a=b"]).greeting == "a=b"


def test_casts_are_evaluated_over_the_merged_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_NAME", "corner")
    settings = '[default.modules.shop]\nmax_lines = "@int 12"\ngreeting = "@format {env[SHOP_NAME]} {this.http.port}"\n'
    found = shop(settings, options=["http.port=81"])
    assert (found.max_lines, found.greeting) == (12, "corner 81")


def test_foreign_dynaconf_variables_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENV_FOR_DYNACONF", "production")
    monkeypatch.setenv("DYNACONF_HTTP", "@int 5")
    assert configured("[production.http]\nport = 1\n").http.port == 8080


def test_variables_of_modules_that_do_not_run_here_are_left_alone() -> None:
    settings = "[default.modules.cart]\nanything = 1\n"
    variables = {"PANGAEA_MODULES_CART_KEY": "x"}
    options = ["modules.cart.max_lines=3"]
    configured(settings, variables=variables, options=options, modules={"shop": ShopSettings}, known=["cart", "shop"])


def test_names_alone_are_enough_until_a_module_asks_for_its_section() -> None:
    config = configured("[default.modules.shop]\nmax_lines = 5\n", modules=["shop"])
    assert config.module("shop", ShopSettings).max_lines == 5
    assert config.module("shop", ShopSettings) is config.module("shop", ShopSettings)


def test_a_section_is_refused_when_a_module_asks_for_it_too_late_to_be_checked() -> None:
    config = configured("[default.modules.shop]\nmax_lines = 'x'\nmore = 1\n", modules=["shop"])
    with pytest.raises(Refused) as refused:
        config.module("shop", ShopSettings)
    assert [refusal.kind for refusal in refused.value.refusals] == ["unknown-key", "wrong-value"]


def test_everything_wrong_in_every_layer_is_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        configured(
            "[default.http]\nprt = 1\nport = 'x'\n[production.grpc]\nprt = 1\n[default.modules.shop]\nmax_lines = 'x'\n",
            files={"config/.secrets.toml": "[default.deployment]\nkeys = 'x'\n"},
            variables={"PANGAEA_LOG_LEVL": "x", "PANGAEA_LOG_LEVEL": "loud"},
            options=["life.start_timeout=0", "nonsense"],
            environment="prodution",
            modules={"shop": ShopSettings},
        )
    assert sorted(refusal.kind for refusal in refused.value.refusals) == [
        "bad-option",
        "unknown-environment",
        "unknown-key",
        "unknown-key",
        "unknown-key",
        "unknown-variable",
        "wrong-value",
        "wrong-value",
        "wrong-value",
        "wrong-value",
    ]


def test_variables_and_options_reach_a_section_whose_class_becomes_known_later() -> None:
    variables = {"PANGAEA_MODULES_SHOP_MAX_LINES": "7", "PANGAEA_MODULES_SHOP_EXTRA_X": "1"}
    options = ["modules.shop.greeting=hi", "modules.shop_extra.x=2"]
    config = configured(variables=variables, options=options, modules=["shop", "shop_extra"])
    found = config.module("shop", ShopSettings)
    assert (found.max_lines, found.greeting) == (7, "hi")


def test_a_misspelt_variable_of_a_module_is_refused_once_its_class_is_known() -> None:
    config = configured(variables={"PANGAEA_MODULES_SHOP_MAX_LINE": "7"}, modules=["shop", "cart"])
    (refusal,) = config.refusals({"shop": ShopSettings})
    assert (refusal.kind, refusal.near[0]) == ("unknown-variable", "PANGAEA_MODULES_SHOP_MAX_LINES")


def test_variables_that_others_set_with_our_prefix_are_left_alone() -> None:
    names = ["PANGAEA_REPLICA", "PANGAEA_ADDRESS_CART", "PANGAEA_SERVICE_HOST", "PANGAEA_PORT", "PANGAEA_PORT_80_TCP"]
    configured(variables=dict.fromkeys(names, "x"))


def test_what_is_meant_for_another_program_s_dynaconf_is_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = {"ENV": "production", "AUTO_CAST": "false", "MERGE_ENABLED": "true", "LOWERCASE_READ": "false"}
    for name, value in foreign.items():
        monkeypatch.setenv(f"{name}_FOR_DYNACONF", value)
    monkeypatch.setenv("INCLUDES_FOR_DYNACONF", f'["{tmp_path}/other.toml"]')
    files = {"other.toml": "[default.http]\nport = 1\n", ".env": "PANGAEA_HTTP_PORT=2\n", "config/.env": "X=1\n"}
    settings = (
        '[default.http]\nport = 80\n[default.modules.shop]\nmax_lines = "@int 12"\nplan.features = ["a"]\n'
        '[testing.modules.shop]\ngreeting = "@format {this.http.port}"\nplan.features = ["b"]\n'
        "[production.http]\nport = 3\n[global.http]\nport = 4\n[dynaconf.http]\nport = 5\n"
    )
    monkeypatch.chdir(tmp_path)
    found = shop(settings, files=files, environment="testing", root=tmp_path)
    assert (found.max_lines, found.greeting, found.plan.features) == (12, "80", ("b",))


@pytest.mark.parametrize(
    "table", ["[default]\ndynaconf_merge = true\n", "[default.http]\nport = 1\n[testing.http]\ndynaconf_merge = true\n"]
)
def test_what_dynaconf_keeps_for_itself_is_no_key(table: str) -> None:
    with pytest.raises(Refused) as refused:
        configured(table, environment="testing")
    assert [refusal.kind for refusal in refused.value.refusals] == ["unknown-key"]


def test_values_of_a_file_arrive_as_they_are_written() -> None:
    settings = '[default.modules.shop]\ngreeting = "0042"\ntoken = "true"\nplans."a.b__c" = { price = 1.5 }\n'
    found = shop(settings)
    assert (found.greeting, found.token.reveal(), found.plans) == ("0042", "true", {"a.b__c": Plan(price=1.5)})


def test_nothing_to_read_costs_no_import() -> None:
    code = (
        "import sys; from pathlib import Path; from app.config import load; load(root=Path('/nowhere'), environ={}); "
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{code}print('dynaconf' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_files_without_casts_cost_no_import_and_dynaconf_would_read_the_same(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    file = tmp_path / "config" / "settings.toml"
    file.write_text(
        '[testing.shop]\ntext = "0042"\nnone = "@none"\ncast = "@int 5"\nlist = ["@del", 1, [true]]\nday = 1979-05-27\n'
        'tables = { "a.b__c" = [{ deep = "@merge x" }], x__y = 1.5 }\nempty = {}\n[testing.other]\nget = "{this}"\n'
    )
    code = (
        "import sys; from pathlib import Path; from app.config.layers import read_files; from app.config.origin import plain; "
        "ours = plain(read_files(Path(sys.argv[1]), 'testing', (), []).tree); assert 'dynaconf' not in sys.modules; "
        "from dynaconf import Dynaconf; "
        "theirs = Dynaconf(settings_files=[sys.argv[2]], environments=True, env='testing', auto_cast=False); "
        "assert ours == {name: theirs.get(name, cast=None).to_dict() for name in ('shop', 'other')}, (ours, theirs.to_dict())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
