"""Amazon CloudWatch Logs."""

import uuid
from typing import Any

from moto.core.utils import unix_time_millis
from moto.logs.models import LogGroup, logs_backends

from .filler import Filler, found


class Logs(Filler):
    """Saved queries, and other keys for log groups that are there, which moto does not have.
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html
    """

    service = "logs"

    def _group(self) -> LogGroup:
        groups = logs_backends[self.current_account][self.region].groups
        return found(groups, self.params["logGroupName"], "ResourceNotFoundException", "The specified log group does not exist.")

    def associate_kms_key(self) -> None:
        self._group().kms_key_id = self.params["kmsKeyId"]

    def disassociate_kms_key(self) -> None:
        self._group().kms_key_id = None

    def put_query_definition(self) -> dict[str, Any]:
        p = self.params
        identity = p.get("queryDefinitionId") or str(uuid.uuid4())
        if p.get("queryDefinitionId"):
            found(self.kept["queries"], identity, "ResourceNotFoundException", "The query definition does not exist.")
        self.kept["queries"][identity] = {
            "queryDefinitionId": identity, "name": p["name"], "queryString": p["queryString"], "logGroupNames": p.get("logGroupNames") or [],
            "queryLanguage": p.get("queryLanguage", "CWLI"), "lastModified": int(unix_time_millis()),
        }
        return {"queryDefinitionId": identity}

    def describe_query_definitions(self) -> dict[str, Any]:
        prefix = self.params.get("queryDefinitionNamePrefix") or ""
        return {"queryDefinitions": [q for q in self.kept["queries"].values() if q["name"].startswith(prefix)]}

    def delete_query_definition(self) -> dict[str, Any]:
        identity = self.params["queryDefinitionId"]
        found(self.kept["queries"], identity, "ResourceNotFoundException", "The query definition does not exist.")
        del self.kept["queries"][identity]
        return {"success": True}
