"""Amazon RDS."""

import secrets
from typing import Any

from moto.rds.models import DBInstance, DBParameterGroup, RDSBackend

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


def new_identity() -> str:
    return "db-" + secrets.token_hex(13).upper()


@instead_of(DBInstance, "__init__")
def _(moto: Any, self: DBInstance, *arguments: Any, **named: Any) -> None:
    """Every instance has a resource id of its own, where moto has one for all: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html"""
    moto(self, *arguments, **named)
    self.dbi_resource_id = new_identity()
    keep_insights(self, named)


@instead_of(DBInstance, "update")
def _(moto: Any, self: DBInstance, *arguments: Any, **named: Any) -> None:
    moto(self, *arguments, **named)
    keep_insights(self, named)


def keep_insights(self: DBInstance, asked_for: dict[str, Any]) -> None:
    """moto forgets who looks at an instance: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html"""
    for asked, told in INSIGHTS.items():
        setattr(self, told, asked_for[asked] if asked_for.get(asked) is not None else getattr(self, told, None))


# What a request says of it, and what an instance tells.
INSIGHTS = {"enable_performance_insights": "performance_insights_enabled", **{name: name for name in (
    "monitoring_interval", "monitoring_role_arn", "performance_insights_kms_key_id", "performance_insights_retention_period")}}


@instead_of(DBParameterGroup, "update_parameters")
def _(moto: Any, self: DBParameterGroup, new_parameters: Any) -> None:
    """What somebody has set is told apart from what the engine has: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Parameter.html"""
    moto(self, [{**p, "Source": "user"} for p in new_parameters])


# What a replica has unless it is asked for, whatever its source has:
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
OF_REPLICAS = {"multi_az": False, "deletion_protection": False, "backup_retention_period": 0, "tags": []}


@instead_of(RDSBackend, "create_db_instance_read_replica")
def _(moto: Any, self: RDSBackend, db_kwargs: dict[str, Any]) -> DBInstance:
    """moto takes a replica for its source, under another name."""
    asked_for = dict(db_kwargs)
    replica = moto(self, db_kwargs)
    replica.dbi_resource_id = new_identity()
    replica.pending_modified_values = {}
    replica.enabled_cloudwatch_logs_exports = list(asked_for.get("enable_cloudwatch_logs_exports") or [])
    for name, value in OF_REPLICAS.items():
        if asked_for.get(name) is None:
            setattr(replica, name, list(value) if isinstance(value, list) else value)
    return replica


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
