"""The commands of a deployment, in order: services, the hub, each member; who may do what."""

from dataclasses import dataclass

from scripts.suite import manifest

PUBLISHED_BY_MEMBERS = "document-changes"


@dataclass(frozen=True)
class Landscape:
    hub: str
    members: tuple[str, ...]


def commands(landscape: Landscape) -> list[str]:
    return [
        *(_services(project) for project in (landscape.hub, *landscape.members)),
        *_hub(landscape.hub),
        *(line for member in landscape.members for line in _member(member, landscape.hub)),
    ]


def _services(project: str) -> str:
    """With Compute Engine comes the service account that functions run as."""
    services = "compute.googleapis.com pubsub.googleapis.com"
    return f"gcloud services enable {services} --project {project}"


def _hub(hub: str) -> list[str]:
    return [
        *(_topic(topic, hub) for topic in _topics()),
        _grant(hub, hub, "roles/datastore.user"),
        _grant(hub, hub, "roles/pubsub.publisher"),
        _firebase(hub, ",".join([*_functions(for_members=False), "firestore", "hosting"])),
    ]


def _topics() -> list[str]:
    return sorted({topic for function in manifest.functions() if (topic := function.topic)})


def _topic(topic: str, hub: str) -> str:
    known = f"gcloud pubsub topics describe {topic} --project {hub} >/dev/null 2>&1"
    return f"{known} || gcloud pubsub topics create {topic} --project {hub}"


def _member(member: str, hub: str) -> list[str]:
    return [
        f"gcloud pubsub topics add-iam-policy-binding {PUBLISHED_BY_MEMBERS} --project {hub} "
        f"--member {_functions_of(member)} --role roles/pubsub.publisher",
        _grant(hub, member, "roles/datastore.viewer"),
        _grant(member, hub, "roles/datastore.user"),
        _grant(member, hub, "roles/firebaseauth.admin"),
        _firebase(member, ",".join([*_functions(for_members=True), "firestore"])),
    ]


def _functions(for_members: bool) -> list[str]:
    found = manifest.functions()
    return [f"functions:{each.name}" for each in found if each.for_members == for_members]


def _grant(project: str, to: str, role: str) -> str:
    return (
        f"gcloud projects add-iam-policy-binding {project} "
        f"--member {_functions_of(to)} --role {role} --condition None"
    )


def _functions_of(project: str) -> str:
    """The service account that a project's functions run as unless told otherwise."""
    number = f"$(gcloud projects describe {project} --format 'value(projectNumber)')"
    return f'"serviceAccount:{number}-compute@developer.gserviceaccount.com"'


def _firebase(project: str, what: str) -> str:
    return f"firebase deploy --project {project} --only {what}"
