"""The closed catalogue of permissions, and the built-in roles."""

from collections.abc import Mapping

VIEWER = frozenset(
    {
        "auth:member:read",
        "billing:account:read",
        "events:event:read",
        "sync:catalogue:read",
        "sync:document:read",
        "sync:status:read",
        "tokens:balance:read",
        "tokens:transaction:read",
    }
)
EDITOR = VIEWER | {
    "events:event:ack",
    "events:event:emit",
    "sync:catalogue:write",
    "sync:document:write",
    "sync:status:write",
    "tokens:balance:spend",
}
ADMIN = EDITOR | {
    "auth:api-key:write",
    "auth:audit:read",
    "auth:encryption-key:write",
    "auth:member:write",
    "auth:role:write",
    "auth:token:exchange",
    "auth:token:introspect",
    "billing:purchase:write",
    "events:dead-letter:write",
    "events:personal-data:erase",
    "events:replay:write",
    "events:webhook:write",
    "sync:route:write",
}
OWNER = ADMIN | {"auth:tenant:delete", "auth:owner:write"}
# What an owner has whoever denies it: otherwise a tenant might have one, and nobody to govern it.
GOVERNING = frozenset(
    {"auth:member:read", "auth:member:write", "auth:owner:write", "auth:role:write"}
)
PLATFORM = OWNER | {"billing:account:write"}
CATALOGUE = PLATFORM
# Whoever lost one of these, or whose sign-in ended, loses it at once, on every instance; the others
# within seconds.
SENSITIVE = PLATFORM - EDITOR

# What every user may do with what is their own, unless a token is narrowed to less.
OWN = frozenset(
    {
        "billing:purchase:write",
        "tokens:balance:read",
        "tokens:balance:spend",
        "tokens:transaction:read",
    }
)

BUILT_IN: Mapping[str, frozenset[str]] = {
    "owner": OWNER,
    "admin": ADMIN,
    "editor": EDITOR,
    "viewer": VIEWER,
}
