"""What holding two collections to each other costs, by the page."""

from functools import partial
from uuid import uuid4

from scripts.suite.scale.scene import Act, Counted, Scene
from shared.sync.bulk import Bulk
from shared.sync.comparing import Sides
from shared.sync.mending import Mender
from shared.sync.records import Records
from shared.sync.runs import Page, Run
from shared.sync.sweep import LARGEST_PAGE, Sweep
from shared.sync.sweeps import Sweeps

APP, BACKOFFICE = "demo-app", "demo-bo"
AT_ONCE = 10**9
CASE = {"tenantId": "t", "name": "Luna", "status": "new", "age": 3}


def filling(scene: Scene) -> Act:
    """A page of documents that only one side has, and that nobody has stamped."""
    wiring, collection = scene.instance(), f"scale-{uuid4().hex}"
    _fill(wiring, collection)
    return _first_page(wiring, collection)


def agreeing(scene: Scene) -> Act:
    """A page that both sides know alike."""
    wiring, collection = scene.instance(), f"scale-{uuid4().hex}"
    _fill(wiring, collection)
    _first_page(wiring, collection)()
    return _first_page(wiring, collection)


def _fill(wiring: Counted, collection: str) -> None:
    cases = wiring.firestore(APP).collection(collection)
    batch = wiring.firestore(APP).batch()
    for number in range(LARGEST_PAGE):
        batch.set(cases.document(f"d{number:03}"), CASE)
    batch.commit()


def _first_page(wiring: Counted, collection: str) -> Act:
    """Of a run that tells nobody of the next."""
    hub, bulk = wiring.hub, Bulk(wiring.firestore, wiring.clock)
    ends = (("source", APP), ("target", BACKOFFICE))
    route = {name: {"project": project, "collection": collection} for name, project in ends}
    hub.document(f"sync_routes/{collection}").set({**route, "direction": "both", "enabled": True})
    mender = Mender(bulk, Records(hub, wiring.clock), wiring.settings)
    sides = Sides(bulk, wiring.settings.alias)
    sweep = Sweep(Sweeps(hub), sides, mender, lambda _: None, AT_ONCE, wiring.clock)
    run = Run(uuid4().hex, collection, "verify", wiring.clock(), wiring.clock())
    Sweeps(hub).add(run)
    return partial(sweep.turn, Page(run_id=run.run_id, page=0))
