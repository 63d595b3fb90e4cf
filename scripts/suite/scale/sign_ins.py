"""Callers and their sessions, each on an instance that has not seen them."""

import base64
import json
from functools import partial
from uuid import uuid4

from scripts.suite.environment import MEMBERS
from scripts.suite.scale.scene import Act, Scene
from shared.auth.models import Caller
from shared.auth.sessions import Granted

CLIENT = "scale"


def by_id_token(scene: Scene) -> Act:
    token = _known(scene)
    return partial(scene.instance().auth.caller_with_token, token)


def by_access_token(scene: Scene) -> Act:
    return partial(scene.instance().auth.caller_with_token, _session(scene).access_token)


def begun(scene: Scene) -> Act:
    """On the instance that has just recognised the caller."""
    wiring, token = scene.instance(), _known(scene)
    caller = wiring.auth.caller_with_token(token)
    return partial(wiring.sessions.begin, caller, MEMBERS["app"], None, CLIENT)


def refreshed(scene: Scene) -> Act:
    refresh = scene.instance().sessions.refresh
    return partial(refresh, _session(scene).refresh_token, None, CLIENT)


def signed_out(scene: Scene) -> Act:
    """Without the wait for the second to end, which costs nobody anything."""
    wiring = scene.instance()
    user_id = str(_caller(scene).user_id)
    return partial(wiring.session_store.sign_out_everywhere, user_id, scene.now)


def _session(scene: Scene) -> Granted:
    return scene.instance().sessions.begin(_caller(scene), MEMBERS["app"], None, CLIENT)


def _caller(scene: Scene) -> Caller:
    return scene.instance().auth.caller_with_token(_known(scene))


def _known(scene: Scene) -> str:
    """A token, as the Auth emulator makes them, of somebody who has signed in before."""
    second, project = int(scene.now.timestamp()), MEMBERS["app"]
    claims = {
        "iss": f"https://securetoken.google.com/{project}",
        "aud": project,
        "sub": uuid4().hex,
        "iat": second,
        "auth_time": second,
        "exp": second + 3600,
    }
    token = f"{_segment({'alg': 'none', 'typ': 'JWT'})}.{_segment(claims)}."
    scene.instance().auth.caller_with_token(token)
    return token


def _segment(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
