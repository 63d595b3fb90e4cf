"""Push by Firebase Cloud Messaging. Its library loads on first use."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shared.kernel.errors import DependencyUnavailable
from shared.notifications.models import PUSH, AddressGone, Notice, Undeliverable

if TYPE_CHECKING:
    from firebase_admin import App

TIMEOUT_SECONDS = 10
WEB_TOPIC_LENGTH = 32


class FcmPush:
    """To one device at a time. A notice that comes twice replaces itself on the screen."""

    channel = PUSH

    def __init__(self, app: Callable[[], "App"]) -> None:
        self._open = app

    def send(self, address: str, notice: Notice) -> None:
        from firebase_admin import messaging

        with _judged():
            messaging.send(_message(address, notice), app=self._app)

    @functools.cached_property
    def _app(self) -> "App":
        return self._open()


def app_of(project: str) -> "App":
    """The project's own: it can reach devices that registered with it."""
    import firebase_admin

    options = {"projectId": project, "httpTimeout": TIMEOUT_SECONDS}
    return firebase_admin.initialize_app(options=options, name=f"push-{project}")


def _message(address: str, notice: Notice) -> Any:
    from firebase_admin import messaging

    name = notice.notice_id
    shown = messaging.AndroidNotification(tag=name)
    on_the_web = messaging.WebpushNotification(tag=name)
    message = messaging.Message(
        notification=messaging.Notification(title=notice.subject, body=notice.text),
        data={"notificationId": name},
        android=messaging.AndroidConfig(collapse_key=name, notification=shown),
        apns=messaging.APNSConfig(headers={"apns-collapse-id": name}),
        webpush=messaging.WebpushConfig(
            headers={"Topic": name[:WEB_TOPIC_LENGTH]}, notification=on_the_web
        ),
    )
    # What apps hold are registration tokens; given to the constructor, each warns in the log.
    message.token = address
    return message


@contextmanager
def _judged() -> Iterator[None]:
    """What is said of the device or of the notice stands; all else may pass."""
    from firebase_admin import exceptions, messaging
    from google.auth.exceptions import GoogleAuthError

    try:
        yield
    except messaging.UnregisteredError as gone:
        raise AddressGone("fcm: unregistered") from gone
    except messaging.SenderIdMismatchError as foreign:
        raise Undeliverable("fcm: registered with another project") from foreign
    # Before ValueError, which some of them are, too.
    except GoogleAuthError as failure:
        raise DependencyUnavailable(reason=f"fcm: {type(failure).__name__}") from failure
    except (exceptions.InvalidArgumentError, ValueError) as refused:
        raise Undeliverable(f"fcm: {type(refused).__name__}") from refused
    except exceptions.FirebaseError as failure:
        raise DependencyUnavailable(reason=f"fcm: {failure.code}") from failure
