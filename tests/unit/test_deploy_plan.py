"""A deployment gives the hub everything, a member its part, and both the rights that they need."""

from pathlib import Path

import pytest

from scripts.suite.console import Refusal
from scripts.suite.deploy import deploy
from scripts.suite.deploy_plan import CAPTURER, Landscape, commands
from scripts.suite.manifest import functions

PLAN = commands(Landscape("acme-hub", ("acme-app", "acme-bo")))


def lines(*parts: str) -> list[str]:
    return [line for line in PLAN if all(part in line for part in parts)]


def test_the_hub_gets_everything_but_what_is_for_members() -> None:
    [line] = lines("firebase deploy", "--project acme-hub ")
    deployed = line.partition("--only ")[2].split(",")
    ours = [f"functions:{each.name}" for each in functions() if not each.for_members]
    assert deployed == [*ours, "firestore", "hosting"]
    assert "functions:capture_change" not in deployed


def test_a_member_gets_its_capture_function_the_rules_and_the_indexes() -> None:
    for member in ("acme-app", "acme-bo"):
        [line] = lines("firebase deploy", f"--project {member} ")
        assert line.endswith("--only functions:capture_change,firestore")


def test_every_topic_that_triggers_a_function_is_made_in_the_hub() -> None:
    for topic in {function.topic for function in functions() if function.topic}:
        assert len(lines(f"pubsub topics create {topic} --project acme-hub")) == 1


def test_what_captures_in_a_member_runs_as_an_account_of_its_own() -> None:
    accounts = [f.settings.get("serviceAccount") for f in functions() if f.for_members]
    assert accounts == [f"{CAPTURER}@"]
    for member in ("acme-app", "acme-bo"):
        [made] = lines(f"service-accounts create {CAPTURER} --project {member}")
        granted = lines("add-iam-policy-binding", f"{CAPTURER}@{member}.iam.gserviceaccount.com")
        assert PLAN.index(made) < min(PLAN.index(line) for line in granted)


def test_it_may_publish_changes_read_routes_and_get_events_and_nothing_else() -> None:
    for member in ("acme-app", "acme-bo"):
        words = [line.split() for line in lines("add-iam-policy-binding", f"{CAPTURER}@{member}.")]
        granted = [
            (word[word.index("--role") + 1], word[word.index("add-iam-policy-binding") + 1])
            for word in words
        ]
        assert granted == [
            ("roles/pubsub.publisher", "document-changes"),
            ("roles/datastore.viewer", "acme-hub"),
            ("roles/eventarc.eventReceiver", member),
            ("roles/run.invoker", member),
        ]


def test_the_hub_may_write_in_members_and_no_other_account_of_theirs_gets_anything() -> None:
    for member in ("acme-app", "acme-bo"):
        assert lines(f"add-iam-policy-binding {member} ", "describe acme-hub ", "datastore.user")
        assert not lines("add-iam-policy-binding", f"describe {member} ")


def test_the_hub_may_write_and_publish_at_home() -> None:
    home = ("projects add-iam-policy-binding acme-hub ", "describe acme-hub ")
    assert lines(*home, "roles/datastore.user")
    assert lines(*home, "roles/pubsub.publisher")


def test_the_hub_may_say_to_members_who_is_in_which_tenant() -> None:
    for member in ("acme-app", "acme-bo"):
        granted = f"add-iam-policy-binding {member} "
        assert lines(granted, "describe acme-hub ", "roles/firebaseauth.admin")


KEY = "projects/acme-keys/locations/eu/keyRings/r/cryptoKeys/k"


def test_the_hub_s_functions_may_use_the_key_that_seals_before_they_are_there() -> None:
    plan = commands(Landscape("acme-hub", ("acme-app",), KEY))
    [granted] = [line for line in plan if "kms" in line]
    assert granted.startswith(f"gcloud kms keys add-iam-policy-binding {KEY} --member ")
    assert "describe acme-hub " in granted
    assert granted.endswith("--role roles/cloudkms.cryptoKeyEncrypterDecrypter")
    [deployed] = [line for line in plan if "firebase deploy --project acme-hub " in line]
    assert plan.index(granted) < plan.index(deployed)
    assert not lines("kms")


def dry_run(tmp_path: Path, kek: str) -> list[str]:
    file = tmp_path / "env"
    file.write_text(f"HYPHAE_HUB=acme-hub\nHYPHAE_PROJECTS=app=acme-app\nHYPHAE_KEK={kek}\n")
    return ["--dry-run", "--env-file", str(file)]


def test_the_key_is_that_of_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy(dry_run(tmp_path, KEY)) == 0
    assert KEY in capsys.readouterr().out


@pytest.mark.parametrize("kek", ["0" * 64, f"{KEY}; rm -r x", f"{KEY} --member allUsers"])
def test_what_is_no_key_of_kms_is_refused_and_not_shown(tmp_path: Path, kek: str) -> None:
    with pytest.raises(Refusal) as refused:
        deploy(dry_run(tmp_path, kek))
    assert kek not in str(refused.value)


def test_nothing_is_granted_before_the_account_exists() -> None:
    enabled = [PLAN.index(line) for line in lines("gcloud services enable")]
    assert enabled == [0, 1, 2]
