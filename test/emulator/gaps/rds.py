"""Amazon RDS."""

from moto.rds.models import DBInstance


def version_of(self: DBInstance) -> str:
    return self._engine_version


def run_version(self: DBInstance, version: str) -> None:
    """Of a major version of PostgreSQL RDS runs the minor one that it prefers, and says so; moto says what it was asked for.
    Which one that is changes: 6 is made up.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
    """
    self._engine_version = f"{version}.6" if self.engine == "postgres" and "." not in str(version) else version


DBInstance.engine_version = property(version_of, run_version)  # type: ignore[assignment]
