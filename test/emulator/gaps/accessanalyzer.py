"""IAM Access Analyzer, which moto does not have."""

from typing import Any

from moto.core.utils import utcnow

from .filler import Failure, Filler, found
from .tagged import TaggedByName


class AccessAnalyzer(TaggedByName, Filler):
    """Keeps analyzers. They find nothing.
    https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAnalyzer.html
    """

    service = "accessanalyzer"
    signed_for = "access-analyzer"

    def create_analyzer(self) -> dict[str, Any]:
        p = self.params
        name = p["analyzerName"]
        if name in self.kept["analyzers"]:
            raise Failure("ConflictException", f"Analyzer {name} already exists")
        arn = self.arn(f"analyzer/{name}", "access-analyzer")
        self.kept["analyzers"][name] = {
            "arn": arn, "name": name, "type": p["type"], "createdAt": utcnow(), "status": "ACTIVE",
            "tags": dict(p.get("tags", {})), **({"configuration": p["configuration"]} if p.get("configuration") else {}),
        }
        for rule in p.get("archiveRules", []):
            self._rules(name)[rule["ruleName"]] = {**rule, "createdAt": utcnow(), "updatedAt": utcnow()}
        return {"arn": arn}

    def _analyzer(self) -> dict[str, Any]:
        name = self.params["analyzerName"]
        return found(self.kept["analyzers"], name, "ResourceNotFoundException", f"Analyzer {name} does not exist")

    def _rules(self, name: str) -> dict[str, Any]:
        return self.kept["rules"].setdefault(name, {})

    def get_analyzer(self) -> dict[str, Any]:
        return {"analyzer": self._analyzer()}

    def update_analyzer(self) -> dict[str, Any]:
        self._analyzer()["configuration"] = self.params["configuration"]
        return {"configuration": self.params["configuration"]}

    def delete_analyzer(self) -> None:
        name = self._analyzer()["name"]
        del self.kept["analyzers"][name]
        self.kept["rules"].pop(name, None)

    def list_analyzers(self) -> dict[str, Any]:
        return {"analyzers": list(self.kept["analyzers"].values())}

    def create_archive_rule(self) -> None:
        self._rules(self._analyzer()["name"])[self.params["ruleName"]] = {
            "ruleName": self.params["ruleName"], "filter": self.params["filter"], "createdAt": utcnow(), "updatedAt": utcnow(),
        }

    def get_archive_rule(self) -> dict[str, Any]:
        name = self.params["ruleName"]
        return {"archiveRule": found(self._rules(self._analyzer()["name"]), name, "ResourceNotFoundException", f"Rule {name} does not exist")}

    def update_archive_rule(self) -> None:
        self.get_archive_rule()["archiveRule"].update(filter=self.params["filter"], updatedAt=utcnow())

    def delete_archive_rule(self) -> None:
        self._rules(self._analyzer()["name"]).pop(self.params["ruleName"], None)

    def _tags(self) -> dict[str, str]:
        for analyzer in self.kept["analyzers"].values():
            if analyzer["arn"] == self.params["resourceArn"]:
                return analyzer["tags"]
        raise Failure("ResourceNotFoundException", f"there is no {self.params['resourceArn']}")
