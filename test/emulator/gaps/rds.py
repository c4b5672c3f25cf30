"""Amazon RDS."""

from typing import Any

from moto.rds.models import DBInstance, RDSBackend

from .filler import instead_of


def version_of(self: DBInstance) -> str:
    return self._engine_version


def run_version(self: DBInstance, version: str) -> None:
    """Of a major version of PostgreSQL RDS runs the minor one that it prefers, and says so; moto says what it was asked for.
    Which one that is changes: 6 is made up.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
    """
    self._engine_version = f"{version}.6" if self.engine == "postgres" and "." not in str(version) else version


DBInstance.engine_version = property(version_of, run_version)  # type: ignore[assignment]

# What a modification leaves for the maintenance window, with its name in an instance's pending values.
DEFERRED = {"db_instance_class": "DBInstanceClass", "allocated_storage": "AllocatedStorage", "multi_az": "MultiAZ", "engine_version": "EngineVersion"}


@instead_of(RDSBackend, "modify_db_instance")
def _(moto: Any, self: RDSBackend, db_instance_identifier: str, db_kwargs: dict[str, Any]) -> DBInstance:
    """What interrupts an instance waits for its maintenance window, and is done with all that waits when somebody asks for it at once. moto
    does everything at once. No window ever comes here.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ModifyInstance.ApplyImmediately.html
    """
    wanted = dict(db_kwargs)
    instance = self.describe_db_instances(db_instance_identifier)[0]
    pending = dict(getattr(instance, "pending_modified_values", {}))
    for attribute, name in DEFERRED.items():
        if wanted.get(attribute) is not None:
            pending[name] = wanted.pop(attribute)
    pending = {name: value for attribute, name in DEFERRED.items() if (value := pending.get(name)) is not None and value != getattr(instance, attribute)}
    if wanted.get("apply_immediately"):
        wanted.update({attribute: pending[name] for attribute, name in DEFERRED.items() if name in pending})
        pending = {}
    instance.pending_modified_values = pending
    return moto(self, db_instance_identifier, wanted)
