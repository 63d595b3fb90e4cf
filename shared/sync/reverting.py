"""Take a conflict back: the value that lost is written again, as an edit of now."""

from shared.kernel.errors import Conflict, NotFound
from shared.kernel.settings import Settings
from shared.sync.models import Place
from shared.sync.policies import project_in
from shared.sync.records import Records, Row
from shared.sync.schemas import named_version
from shared.sync.store import Replicas
from shared.sync.tenancy import tenant_in


class Reverting:
    """The engine stamps the edit, as it does every other, and mirrors it."""

    def __init__(self, replicas: Replicas, records: Records, settings: Settings) -> None:
        self._replicas = replicas
        self._records = records
        self._settings = settings

    def revert(self, conflict_id: str, row: Row, by: str) -> Row:
        """The conflict, reverted once however often this is called."""
        if "revertedAt" not in row:
            self._write(row, self._place(row))
            self._records.reverted(conflict_id, by)
        after = self._records.conflict(conflict_id)
        if after is None:
            raise NotFound(reason="conflict")
        return after

    def _write(self, row: Row, place: Place) -> None:
        field, loser = row["field"], row["loser"]
        if not loser["whole"]:
            raise Conflict("The value was too large to be kept.", reason="value_not_kept")
        found = self._replicas.read(place, both=False)
        tenant = tenant_in(found.document, row["tenantField"])
        if found.document is None or tenant != row["tenantId"]:  # or made anew by another
            raise Conflict("The document is gone.", reason="document_gone")
        version = row.get("schemaVersion", 0)
        if version and named_version(found.document.fields) != version:
            raise Conflict("The document's schema is another one now.", reason="schema_changed")
        if found.document.fields.get(field) != loser["value"]:
            self._replicas.put(place, field, loser["value"], found.document.updated)

    def _place(self, row: Row) -> Place:
        """Where an edit shows: at the field's owner, else where the value was written."""
        policy = row["policy"]
        if policy == "max" or policy.startswith("custom"):
            raise Conflict("The field's policy decides what it shows.", reason="policy_decides")
        wanted = project_in(policy) or self._settings.projects.get(row["loser"]["node"], "")
        for place in row["places"]:
            if place["project"] == wanted:
                collection, _, document_id = place["path"].rpartition("/")
                return Place(wanted, collection, document_id)
        raise Conflict("The project is no longer registered.", reason="project_gone")
