"""Settings: production starts with no emulator in sight, local with nothing real."""

import pytest

from shared.kernel.errors import Forbidden
from shared.kernel.settings import Settings, read_settings
from shared.kernel.unsafe import UnsafeSettings
from tests.builders import LIVE

LOCAL = {
    "HYPHAE_ENV": "local",
    "HYPHAE_HUB": "demo-hub",
    "HYPHAE_PROJECTS": "app=demo-app, bo=demo-bo",
    "HYPHAE_KEY_PEPPER": "pepper",
}
EMULATORS = (
    "CLOUD_TASKS_EMULATOR_HOST",
    "DATASTORE_EMULATOR_HOST",
    "FIREBASE_AUTH_EMULATOR_HOST",
    "FIREBASE_DATABASE_EMULATOR_HOST",
    "FIREBASE_STORAGE_EMULATOR_HOST",
    "FIRESTORE_EMULATOR_HOST",
    "PUBSUB_EMULATOR_HOST",
    "STORAGE_EMULATOR_HOST",
)


def read(base: dict[str, str], **changes: str) -> Settings:
    return read_settings(base | changes)


@pytest.mark.parametrize("name", EMULATORS)
@pytest.mark.parametrize("value", ["localhost:9099", " ", "0"])
def test_production_refuses_every_emulator(name: str, value: str) -> None:
    with pytest.raises(UnsafeSettings, match=name):
        read(LIVE, **{name: value})


def test_an_empty_emulator_variable_names_none() -> None:
    assert read(LIVE, FIREBASE_AUTH_EMULATOR_HOST="").local is False


@pytest.mark.parametrize("env", ["", "LOCAL", "local ", "prod", "development"])
def test_whatever_is_not_called_local_is_production(env: str) -> None:
    settings = read(LIVE, HYPHAE_ENV=env)
    assert (settings.local, settings.environment) == (False, "live")
    with pytest.raises(UnsafeSettings):
        read(LIVE, HYPHAE_ENV=env, FIREBASE_AUTH_EMULATOR_HOST="127.0.0.1:9099")


@pytest.mark.parametrize("host", ["127.0.0.1:9099", "localhost:9099", "[::1]:9099", "localhost"])
@pytest.mark.parametrize("name", EMULATORS)
def test_local_takes_emulators_on_loopback(name: str, host: str) -> None:
    assert read(LOCAL, **{name: host}).environment == "dev"
    assert read(LOCAL, **{name: f"http://{host}"}).environment == "dev"


HOSTS = ["0.0.0.0:9099", "evil.example:9099", " ", "127.0.0.1@evil.example:80", "127.0.0.10:1"]


@pytest.mark.parametrize("host", [*HOSTS, "127.0.0.1.evil.example:80", "https://localhost:1"])
@pytest.mark.parametrize("name", EMULATORS)
def test_local_refuses_emulators_elsewhere(name: str, host: str) -> None:
    with pytest.raises(UnsafeSettings):
        read(LOCAL, **{name: host})


@pytest.mark.parametrize(
    "changes",
    [
        {"HYPHAE_HUB": "real-hub"},
        {"HYPHAE_HUB": ""},
        {"HYPHAE_PROJECTS": "app=demo-app,bo=real"},
        {"HYPHAE_PROJECTS": "app=Demo-app"},
        {"HYPHAE_PROJECTS": "app="},
        {"K_CONFIGURATION": "auth"},
    ],
)
def test_local_refuses_real_projects_and_the_cloud(changes: dict[str, str]) -> None:
    with pytest.raises(UnsafeSettings):
        read(LOCAL, **changes)


def test_production_needs_a_hub() -> None:
    with pytest.raises(UnsafeSettings):
        read_settings({})


def test_the_hub_may_be_the_project_that_runs_it() -> None:
    assert read_settings({"GCLOUD_PROJECT": "real-hub"}).hub == "real-hub"


def test_projects_go_by_short_names() -> None:
    settings = read(LOCAL)
    assert settings.registered_projects == {"demo-hub", "demo-app", "demo-bo"}
    assert [settings.alias(p) for p in ("demo-app", "demo-bo", "demo-hub")] == ["app", "bo", "hub"]
    with pytest.raises(Forbidden):
        settings.alias("demo-other")


def test_the_pepper_is_not_shown() -> None:
    settings = read(LIVE, HYPHAE_KEY_PEPPER="very-secret")
    assert settings.key_pepper == b"very-secret"
    assert "very-secret" not in f"{settings!r} {settings}"


def test_tiers_are_those_of_the_environment_or_the_usual_ones() -> None:
    assert read(LIVE, HYPHAE_TIERS='{"solo": 5}').tiers == {"solo": 5}
    assert read(LIVE).tiers["free"] == 100


def test_settings_do_not_change() -> None:
    settings = read(LIVE)
    with pytest.raises(AttributeError):
        settings.local = True  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.tiers["free"] = 10**9  # type: ignore[index]
