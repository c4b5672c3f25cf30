"""Tags, which most services keep alike."""

from typing import Any


class Tagged:
    """Tags as a list of keys and values: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_Tag.html

    TAGS and KEYS are what a service calls them in requests and answers. _tags are those of the thing that a request is about.
    """

    TAGS, KEYS = "Tags", "TagKeys"
    params: dict[str, Any]

    def _tags(self) -> dict[str, str]:
        raise NotImplementedError

    def _shown_tags(self) -> Any:
        return [{"Key": k, "Value": v} for k, v in self._tags().items()]

    def _sent_tags(self) -> dict[str, str]:
        return {t["Key"]: t["Value"] for t in self.params[self.TAGS]}

    def list_tags_for_resource(self) -> dict[str, Any]:
        return {self.TAGS: self._shown_tags()}

    def tag_resource(self) -> None:
        self._tags().update(self._sent_tags())

    def untag_resource(self) -> None:
        for key in self.params[self.KEYS]:
            self._tags().pop(key, None)


class TaggedByName(Tagged):
    """Tags as a map: https://docs.aws.amazon.com/eks/latest/APIReference/API_TagResource.html"""

    TAGS, KEYS = "tags", "tagKeys"

    def _shown_tags(self) -> Any:
        return self._tags()

    def _sent_tags(self) -> dict[str, str]:
        return self.params[self.TAGS]
