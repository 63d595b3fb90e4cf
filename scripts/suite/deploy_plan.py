"""The commands of a deployment, in order: services, the hub, each member; who may do what."""

from dataclasses import dataclass

from scripts.suite import manifest

PUBLISHED_BY_MEMBERS = "document-changes"
CAPTURER = "hyphae-capture"  # the account of capture_change, and of nothing else in a member
SEALER = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
AT_HOME = ("roles/eventarc.eventReceiver", "roles/run.invoker")


@dataclass(frozen=True)
class Landscape:
    """`sealing_key` is the key of Cloud KMS that data keys are wrapped with, if there is one."""

    hub: str
    members: tuple[str, ...]
    sealing_key: str = ""


def commands(landscape: Landscape) -> list[str]:
    return [
        *(_services(project) for project in (landscape.hub, *landscape.members)),
        *_sealing(landscape),
        *_hub(landscape.hub),
        *(line for member in landscape.members for line in _member(member, landscape.hub)),
    ]


def _services(project: str) -> str:
    """With Compute Engine comes the service account that functions run as."""
    services = "compute.googleapis.com iam.googleapis.com pubsub.googleapis.com"
    return f"gcloud services enable {services} --project {project}"


def _hub(hub: str) -> list[str]:
    return [
        *(_topic(topic, hub) for topic in _topics()),
        _grant(hub, _functions_of(hub), "roles/datastore.user"),
        _grant(hub, _functions_of(hub), "roles/pubsub.publisher"),
        _firebase(hub, ",".join([*_functions(for_members=False), "firestore", "hosting"])),
    ]


def _sealing(landscape: Landscape) -> list[str]:
    """What seals fields runs in the hub alone; the key may be of any project."""
    if not landscape.sealing_key:
        return []
    return [
        f"gcloud kms keys add-iam-policy-binding {landscape.sealing_key} "
        f"--member {_functions_of(landscape.hub)} --role {SEALER}"
    ]


def _topics() -> list[str]:
    return sorted({topic for function in manifest.functions() if (topic := function.topic)})


def _topic(topic: str, hub: str) -> str:
    known = f"gcloud pubsub topics describe {topic} --project {hub} >/dev/null 2>&1"
    return f"{known} || gcloud pubsub topics create {topic} --project {hub}"


def _member(member: str, hub: str) -> list[str]:
    capturer = f"serviceAccount:{_capturer(member)}"
    return [
        _account(member),
        f"gcloud pubsub topics add-iam-policy-binding {PUBLISHED_BY_MEMBERS} --project {hub} "
        f"--member {capturer} --role roles/pubsub.publisher",
        _grant(hub, capturer, "roles/datastore.viewer"),
        *(_grant(member, capturer, role) for role in AT_HOME),
        _grant(member, _functions_of(hub), "roles/datastore.user"),
        _grant(member, _functions_of(hub), "roles/firebaseauth.admin"),
        _firebase(member, ",".join([*_functions(for_members=True), "firestore"])),
    ]


def _account(member: str) -> str:
    accounts = "gcloud iam service-accounts"
    known = f"{accounts} describe {_capturer(member)} --project {member} >/dev/null 2>&1"
    return f"{known} || {accounts} create {CAPTURER} --project {member}"


def _capturer(member: str) -> str:
    return f"{CAPTURER}@{member}.iam.gserviceaccount.com"


def _functions(for_members: bool) -> list[str]:
    found = manifest.functions()
    return [f"functions:{each.name}" for each in found if each.for_members == for_members]


def _grant(project: str, account: str, role: str) -> str:
    return (
        f"gcloud projects add-iam-policy-binding {project} "
        f"--member {account} --role {role} --condition None"
    )


def _functions_of(project: str) -> str:
    """The service account that a project's functions run as unless told otherwise."""
    number = f"$(gcloud projects describe {project} --format 'value(projectNumber)')"
    return f'"serviceAccount:{number}-compute@developer.gserviceaccount.com"'


def _firebase(project: str, what: str) -> str:
    return f"firebase deploy --project {project} --only {what}"
