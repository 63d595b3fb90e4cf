"""The composition root: the one file that builds clients and stores, each on first use."""

import functools
import os
from typing import TYPE_CHECKING

from shared.kernel.clock import Clock, utc_now
from shared.kernel.settings import Settings, read_settings

if TYPE_CHECKING:
    from google.cloud.firestore import Client

    from shared.auth.id_tokens import Verifier
    from shared.auth.service import Auth
    from shared.auth.store import ApiKeys, Tenants, Users
    from shared.billing.admin import AccountAdmin
    from shared.billing.audit import Audit
    from shared.billing.quotas import Quotas
    from shared.billing.service import Billing
    from shared.billing.shop import Shop
    from shared.events.service import EventBus
    from shared.notifications.service import Notifier
    from shared.sync.service import Mirror
    from shared.tokens.archive import Archive
    from shared.tokens.history import History
    from shared.tokens.models import Policy
    from shared.tokens.outbox import Outbox
    from shared.tokens.reconcile import Reconciler
    from shared.tokens.renewal import Renewal
    from shared.tokens.service import Tokens
    from shared.tokens.store import Accounts


class Wiring:
    """What a handler may ask for. Building one costs nothing; each part is built when asked."""

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        self.settings = settings
        self.clock = clock

    def firestore(self, project: str) -> "Client":
        from shared.platform.firestore import connect

        return connect(project)

    @functools.cached_property
    def hub(self) -> "Client":
        return self.firestore(self.settings.hub)

    @functools.cached_property
    def verifier(self) -> "Verifier":
        from shared.auth.id_tokens import EmulatorVerifier, GoogleVerifier
        from shared.platform.keys import GOOGLE_KEYS_URL, PublicKeys

        projects = self.settings.registered_projects
        if self.settings.local:
            return EmulatorVerifier(projects)
        return GoogleVerifier(PublicKeys(GOOGLE_KEYS_URL), projects)

    @functools.cached_property
    def users(self) -> "Users":
        from shared.auth.store import Users

        return Users(self.hub)

    @functools.cached_property
    def tenants(self) -> "Tenants":
        from shared.auth.store import Tenants

        return Tenants(self.hub)

    @functools.cached_property
    def api_keys(self) -> "ApiKeys":
        from shared.auth.store import ApiKeys

        return ApiKeys(self.hub)

    @functools.cached_property
    def auth(self) -> "Auth":
        from shared.auth.service import Auth

        return Auth(
            self.verifier, self.users, self.tenants, self.api_keys, self.settings, self.clock
        )

    @functools.cached_property
    def policy(self) -> "Policy":
        from shared.tokens.policy import policy

        return policy(self.settings)

    @functools.cached_property
    def accounts(self) -> "Accounts":
        from shared.tokens.store import Accounts

        return Accounts(self.hub)

    @functools.cached_property
    def tokens(self) -> "Tokens":
        from shared.tokens.desk import Desk
        from shared.tokens.service import Tokens

        desk = Desk(self.accounts, self.policy, self.clock)
        return Tokens(self.accounts, desk, self.policy, self.clock)

    @functools.cached_property
    def archive(self) -> "Archive":
        from shared.tokens.archive import Archive

        return Archive(self.hub)

    @functools.cached_property
    def history(self) -> "History":
        from shared.tokens.history import History

        return History(self.archive, self.clock)

    @functools.cached_property
    def renewal(self) -> "Renewal":
        from shared.tokens.renewal import Renewal

        return Renewal(self.accounts, self.policy, self.clock)

    @functools.cached_property
    def outbox(self) -> "Outbox":
        from shared.tokens.outbox import Outbox

        return Outbox(self.event_bus)

    @functools.cached_property
    def notifier(self) -> "Notifier":
        from shared.auth.contacts import Contacts
        from shared.notifications.senders import senders
        from shared.notifications.service import Notifier
        from shared.notifications.store import Notifications

        channels = senders(self.settings.messaging, self.settings.hub)
        return Notifier(Contacts(self.hub), Notifications(self.hub, self.clock), channels)

    @functools.cached_property
    def event_bus(self) -> "EventBus":
        from shared.events.service import EventBus
        from shared.events.store import Events

        return EventBus(Events(self.hub), self.clock)

    @functools.cached_property
    def billing(self) -> "Billing":
        from shared.billing.service import Billing
        from shared.billing.store import DueAccounts

        publish = functools.partial(self.publish, "billing-refresh")
        return Billing(DueAccounts(self.hub), self.renewal, publish, self.clock)

    @functools.cached_property
    def shop(self) -> "Shop":
        from shared.billing.shop import Shop

        return Shop(self.hub, self.settings, self.auth, self.tokens, self.clock)

    @functools.cached_property
    def reconciler(self) -> "Reconciler":
        from shared.tokens.reconcile import Reconciler

        return Reconciler(self.accounts, self.archive, self.tokens)

    @functools.cached_property
    def audit(self) -> "Audit":
        from shared.billing.audit import Audit
        from shared.billing.store import AllAccounts

        publish = functools.partial(self.publish, "billing-audit")
        return Audit(AllAccounts(self.hub), self.reconciler, publish, self.clock)

    @functools.cached_property
    def account_admin(self) -> "AccountAdmin":
        from shared.billing.admin import AccountAdmin

        return AccountAdmin(self.auth, self.policy, self.clock)

    @functools.cached_property
    def quotas(self) -> "Quotas":
        from shared.billing.quotas import Quotas

        return Quotas(self.hub)

    @functools.cached_property
    def mirror(self) -> "Mirror":
        from shared.sync.service import Mirror
        from shared.sync.store import DeadLetters, Replicas, Routes

        letters = DeadLetters(self.hub, self.clock)
        replicas = Replicas(self.firestore, self.clock)
        return Mirror(replicas, Routes(self.hub), letters, self.settings)

    def publish(self, topic: str, data: bytes, **attributes: str) -> None:
        """To a topic of the hub; returns when it is stored."""
        from shared.platform.pubsub import publish

        publish(self.settings.hub, topic, data, **attributes)


@functools.cache
def wiring() -> Wiring:
    """The wiring of this process, from its environment."""
    return Wiring(read_settings(os.environ))
