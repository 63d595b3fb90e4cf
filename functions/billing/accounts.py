"""What an administrator does to accounts: open, change the plan, set the limits, unpark."""

from functions.billing.area import area
from functions.billing.schemas import LimitsRequest, OpenRequest, PlanRequest, UnparkRequest
from functions.tokens.schemas import Balance
from shared.entry.http import Call
from shared.kernel.errors import Conflict, FieldError, ValidationFailed
from shared.kernel.ids import new_id
from shared.tokens.commands import ChangePlan, SetLimits
from shared.tokens.ledger import balance_view
from shared.wiring import Wiring

ADMIN = "billing:account:write"


@area.route("POST", "/accounts", OpenRequest, Balance, status=201)
def open_account(call: Call[OpenRequest], wiring: Wiring) -> Balance:
    wiring.auth.require_platform(call.caller, ADMIN)
    wanted = call.input
    account = wiring.account_admin.prepared(
        wanted.account_id, wanted.tier, wanted.time_zone, wanted.subscription_start_date
    )
    if not wiring.tokens.open(account, call.caller.name):
        raise Conflict("The account is open already.", reason="account_exists")
    return Balance.model_validate(balance_view(account))


@area.route("PUT", "/accounts/<account_id>/plan", PlanRequest, Balance)
def change_plan(call: Call[PlanRequest], wiring: Wiring) -> Balance:
    return _executed(
        call, wiring, ChangePlan(f"plan:{new_id()}", call.input.tier, call.caller.name)
    )


@area.route("PUT", "/accounts/<account_id>/limits", LimitsRequest, Balance)
def set_limits(call: Call[LimitsRequest], wiring: Wiring) -> Balance:
    wanted = call.input
    if (wanted.overage == "cap") != (wanted.cap is not None):
        raise ValidationFailed([FieldError("/cap", "goes_with_overage_cap")])
    operation = f"limits:{new_id()}"
    command = SetLimits(
        operation, wanted.overage, wanted.cap or 0, wanted.member_caps, call.caller.name
    )
    return _executed(call, wiring, command)


@area.route("POST", "/accounts/<account_id>/unpark", UnparkRequest, Balance)
def unpark(call: Call[UnparkRequest], wiring: Wiring) -> Balance:
    """Take an account that did not add up back into use, as it stands."""
    wiring.auth.require_platform(call.caller, ADMIN)
    account_id, reason = call.path["account_id"], call.input.reason
    receipt = wiring.reconciler.unpark(account_id, reason, call.caller.name)
    return Balance.model_validate(receipt.entry.result)


def _executed(
    call: Call[PlanRequest] | Call[LimitsRequest],
    wiring: Wiring,
    command: ChangePlan | SetLimits,
) -> Balance:
    wiring.auth.require_platform(call.caller, ADMIN)
    receipt = wiring.tokens.execute(call.path["account_id"], command.operation, command)
    return Balance.model_validate(receipt.entry.result)
