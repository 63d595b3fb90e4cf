"""A deployment gives the hub everything, a member its part, and both the rights that they need."""

from scripts.suite.deploy_plan import Landscape, commands
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


def test_members_may_publish_changes_and_the_hub_may_write_in_members() -> None:
    for member in ("acme-app", "acme-bo"):
        assert lines("topics add-iam-policy-binding document-changes", f"describe {member} ")
        assert lines(f"add-iam-policy-binding {member} ", "describe acme-hub ", "datastore.user")


def test_members_may_read_the_routes_of_the_hub() -> None:
    for member in ("acme-app", "acme-bo"):
        granted = "projects add-iam-policy-binding acme-hub "
        assert lines(granted, f"describe {member} ", "roles/datastore.viewer")


def test_the_hub_may_write_and_publish_at_home() -> None:
    home = ("projects add-iam-policy-binding acme-hub ", "describe acme-hub ")
    assert lines(*home, "roles/datastore.user")
    assert lines(*home, "roles/pubsub.publisher")


def test_the_hub_may_say_to_members_who_is_in_which_tenant() -> None:
    for member in ("acme-app", "acme-bo"):
        granted = f"add-iam-policy-binding {member} "
        assert lines(granted, "describe acme-hub ", "roles/firebaseauth.admin")


def test_nothing_is_granted_before_the_account_exists() -> None:
    enabled = [PLAN.index(line) for line in lines("gcloud services enable")]
    assert enabled == [0, 1, 2]
