"""Who is in a tenant."""

from dataclasses import asdict

from functions.auth.area import area
from functions.auth.member_schemas import ListQuery, MemberRequest, MembersPage, MemberView
from shared.auth.models import Member
from shared.entry.http import Call, Reply
from shared.entry.wire import Nothing
from shared.wiring import Wiring

ALL = "/tenants/<tenant_id>/members"
ONE = "/tenants/<tenant_id>/members/<user_id>"


@area.route("GET", ALL, ListQuery, MembersPage)
def members(call: Call[ListQuery], wiring: Wiring) -> MembersPage:
    wanted = call.input
    page = wiring.members.page(call.caller, call.path["tenant_id"], wanted.limit, wanted.cursor)
    return MembersPage(items=tuple(map(_view, page.items)), next_cursor=page.next_cursor)


@area.route("GET", ONE, Nothing, MemberView)
def member(call: Call[Nothing], wiring: Wiring) -> MemberView:
    return _view(wiring.members.get(call.caller, call.path["tenant_id"], call.path["user_id"]))


@area.route("PUT", ONE, MemberRequest, MemberView)
def put_member(call: Call[MemberRequest], wiring: Wiring) -> MemberView:
    named = call.path["tenant_id"], call.path["user_id"]
    return _view(wiring.members.put(call.caller, *named, call.input.roles, call.input.teams))


@area.route("DELETE", ONE, Nothing, None)
def remove_member(call: Call[Nothing], wiring: Wiring) -> Reply:
    wiring.members.remove(call.caller, call.path["tenant_id"], call.path["user_id"])
    return Reply(None)


def _view(found: Member) -> MemberView:
    shown = {
        name: value for name, value in asdict(found).items() if name in MemberView.model_fields
    }
    return MemberView(**shown)
