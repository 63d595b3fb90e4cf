"""What is deployed holds together, and the check that says so notices when it does not."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.suite.deployment import complaints
from scripts.suite.manifest import functions
from scripts.suite.paths import ROOT

FILES = ("main.py", "functions.yaml", "firebase.json", "requirements.txt")
FOLDERS = ("functions", "shared")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Files to edit, and folders to look at: copies of those would cost more than all the rest."""
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    for name in FOLDERS:
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def edit_manifest(root: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    file = root / "functions.yaml"
    manifest = yaml.load(file.read_text(), yaml.CSafeLoader)
    edit(manifest["endpoints"])
    file.write_text(yaml.dump(manifest, Dumper=yaml.CSafeDumper, sort_keys=False))


def edit_firebase(root: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    file = root / "firebase.json"
    firebase = json.loads(file.read_text())
    edit(firebase)
    file.write_text(json.dumps(firebase))


def test_the_deployment_holds() -> None:
    assert complaints() == []


def test_every_http_function_gets_a_whole_core_for_forty_requests() -> None:
    asked = {"cpu": 1, "concurrency": 40, "availableMemoryMb": 512, "timeoutSeconds": 60}
    over_http = [function.settings for function in functions() if function.over_http]
    assert all(asked.items() <= settings.items() for settings in over_http)


def test_members_get_the_capture_function_alone() -> None:
    assert [function.name for function in functions() if function.for_members] == ["capture_change"]


def test_a_function_without_a_trigger_is_named(copy: Path) -> None:
    edit_manifest(copy, lambda endpoints: endpoints.pop("tokens"))
    assert "main.py: tokens has no entry in functions.yaml" in complaints(copy)


def test_a_trigger_without_a_function_is_named(copy: Path) -> None:
    edit_manifest(copy, lambda endpoints: endpoints.update(zeal=endpoints["tokens"]))
    assert "functions.yaml: zeal is not in main.py" in complaints(copy)


@pytest.mark.parametrize("opened", [{"invoker": ["public"]}, {"httpsTrigger": {}}])
def test_what_takes_events_is_not_open_to_all(copy: Path, opened: dict[str, Any]) -> None:
    edit_manifest(copy, lambda endpoints: endpoints["deliver_outbox"].update(opened))
    complaint = "deliver_outbox takes events and must not be called by everybody"
    assert f"functions.yaml: {complaint}" in complaints(copy)


def test_a_function_out_of_order_is_noticed(copy: Path) -> None:
    edit_manifest(copy, lambda endpoints: endpoints.update(auth=endpoints.pop("auth")))
    assert "functions.yaml: not alphabetical" in complaints(copy)


def test_a_trigger_with_another_entry_point_is_noticed(copy: Path) -> None:
    edit_manifest(copy, lambda endpoints: endpoints["auth"].update(entryPoint="billing"))
    assert "functions.yaml: auth should have entryPoint: auth" in complaints(copy)


@pytest.mark.parametrize("retry", [False, None, "true"])
def test_a_trigger_whose_failures_are_dropped_is_noticed(copy: Path, retry: object) -> None:
    edit_manifest(
        copy, lambda endpoints: endpoints["view_quota"]["eventTrigger"].update(retry=retry)
    )
    assert "functions.yaml: view_quota should have retry: true" in complaints(copy)


def test_a_function_that_its_module_does_not_define_is_noticed(copy: Path) -> None:
    main = copy / "main.py"
    main.write_text(main.read_text().replace("functions.auth.http", "functions.billing.http"))
    assert "main.py: functions.billing.http defines no auth" in complaints(copy)


def test_an_area_that_the_gateway_does_not_know_is_named(copy: Path) -> None:
    edit_firebase(copy, lambda firebase: firebase["hosting"]["rewrites"].pop(0))
    assert "firebase.json: no rewrite /api/v1/auth/** to auth" in complaints(copy)


def test_a_rewrite_to_no_function_is_named(copy: Path) -> None:
    lost = {"source": "/api/v1/crm/**", "function": {"functionId": "crm"}}
    edit_firebase(copy, lambda firebase: firebase["hosting"]["rewrites"].insert(2, lost))
    assert "firebase.json: rewrite /api/v1/crm/** to crm leads nowhere" in complaints(copy)


def test_a_rewrite_after_the_one_that_takes_all_is_noticed(copy: Path) -> None:
    edit_firebase(copy, lambda firebase: firebase["hosting"]["rewrites"].reverse())
    assert "firebase.json: rewrites are out of order" in complaints(copy)


def test_an_ignore_list_that_keeps_a_module_at_home_is_noticed(copy: Path) -> None:
    edit_firebase(copy, lambda firebase: firebase["functions"][0]["ignore"].append("http.*"))
    kept = "firebase.json: the ignore list keeps functions/auth/http.py from being deployed"
    assert kept in complaints(copy)


def test_an_ignore_list_that_lets_the_tests_out_is_noticed(copy: Path) -> None:
    edit_firebase(copy, lambda firebase: firebase["functions"][0]["ignore"].remove("tests"))
    assert "firebase.json: tests would be deployed" in complaints(copy)
