"""AWS Network Firewall. moto has firewalls without policies, and without the endpoints that routes lead to, so all is answered here."""

import uuid
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends

from .filler import Failure, Filler, found
from .tagged import Tagged

# What AWS encrypts with its own key: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_EncryptionConfiguration.html
OWNED_KEY = {"KeyId": "AWS_OWNED_KMS_KEY", "Type": "AWS_OWNED_KMS_KEY"}


class NetworkFirewall(Tagged, Filler):
    """https://docs.aws.amazon.com/network-firewall/latest/APIReference/Welcome.html"""

    service = "network-firewall"

    def _new(self, kind: str, named: str, resource: str) -> dict[str, Any]:
        """The name, the ARN, the token and the tags of something new."""
        name = self.params[named + "Name"]
        arn = self.arn(f"{resource}/{name}")
        if arn in self.kept[kind]:
            raise Failure("InvalidRequestException", f"A resource with the specified name already exists, resource: {arn}")
        encryption = self.params.get("EncryptionConfiguration") or OWNED_KEY
        thing = {
            named + "Name": name, named + "Arn": arn, named + "Id": str(uuid.uuid4()), "EncryptionConfiguration": encryption,
            **({"Description": self.params["Description"]} if self.params.get("Description") else {}), "token": str(uuid.uuid4()),
        }
        self.kept["tags"][arn] = {t["Key"]: t["Value"] for t in self.params.get("Tags") or []}
        return thing

    def _get(self, kind: str, named: str) -> dict[str, Any]:
        """What a request names by its ARN or its name."""
        arn = self.params.get(named + "Arn")
        for thing in self.kept[kind].values():
            if thing[named + "Arn"] == arn or not arn and thing[named + "Name"] == self.params.get(named + "Name"):
                return thing
        raise Failure("ResourceNotFoundException", f"The resource with name or ARN \"{arn or self.params.get(named + 'Name')}\" was not found")

    def _changed(self, thing: dict[str, Any], token: "str | None" = None) -> None:
        """Whoever changes something says which revision of it he has read, and gets a new one:
        https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_UpdateFirewallPolicy.html
        """
        if token is not None and token != thing["token"]:
            raise Failure("InvalidTokenException", "Update token is invalid")
        thing.update(token=str(uuid.uuid4()), LastModifiedTime=utcnow())

    def _shown(self, thing: dict[str, Any], arn: str) -> dict[str, Any]:
        tags = [{"Key": k, "Value": v} for k, v in self.kept["tags"][arn].items()]
        return {**{k: v for k, v in thing.items() if k[0].isupper()}, "Tags": tags}

    # Rule groups: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_CreateRuleGroup.html

    def _rules(self, capacity: int) -> tuple[dict[str, Any], int]:
        """The rules of a request, and how many they are."""
        group = self.params.get("RuleGroup") or {"RulesSource": {"RulesString": self.params["Rules"]}}
        source = group["RulesSource"]
        listed, stateless = source.get("RulesSourceList") or {}, source.get("StatelessRulesAndCustomActions") or {}
        lines = [x for x in (source.get("RulesString") or "").splitlines() if x.strip() and not x.lstrip().startswith("#")]
        consumed = (len(lines) + len(source.get("StatefulRules") or []) + len(stateless.get("StatelessRules") or [])
                    + len(listed.get("Targets") or []) * len(listed.get("TargetTypes") or []))
        if consumed > capacity:
            raise Failure("InvalidRequestException", f"the rules take a capacity of {consumed}, and the group has {capacity}")
        return group, consumed

    def create_rule_group(self) -> dict[str, Any]:
        p = self.params
        group = self._new("groups", "RuleGroup", p["Type"].lower() + "-rulegroup")
        rules, consumed = self._rules(p["Capacity"])
        group.update(rules=rules, Type=p["Type"], Capacity=p["Capacity"], ConsumedCapacity=consumed, RuleGroupStatus="ACTIVE", LastModifiedTime=utcnow())
        self.kept["groups"][group["RuleGroupArn"]] = group
        return self._group_shown(group)

    def _group_shown(self, group: dict[str, Any]) -> dict[str, Any]:
        using = [p for p in self.kept["policies"].values() if group["RuleGroupArn"] in self._referred(p["policy"])]
        return {"UpdateToken": group["token"], "RuleGroupResponse": {**self._shown(group, group["RuleGroupArn"]), "NumberOfAssociations": len(using)}}

    def describe_rule_group(self) -> dict[str, Any]:
        group = self._get("groups", "RuleGroup")
        return {**self._group_shown(group), "RuleGroup": group["rules"]}

    def update_rule_group(self) -> dict[str, Any]:
        """The rules are replaced as a whole. The capacity is for ever:
        https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_UpdateRuleGroup.html
        """
        group = self._get("groups", "RuleGroup")
        rules, consumed = self._rules(group["Capacity"])
        if rules.get("StatefulRuleOptions", {}) != group["rules"].get("StatefulRuleOptions", {}):
            raise Failure("InvalidRequestException", "RuleOrder cannot be changed")
        self._changed(group, self.params["UpdateToken"])
        group.update(rules=rules, ConsumedCapacity=consumed, **({"Description": self.params["Description"]} if self.params.get("Description") else {}))
        return self._group_shown(group)

    def delete_rule_group(self) -> dict[str, Any]:
        group = self._get("groups", "RuleGroup")
        shown = self._group_shown(group)["RuleGroupResponse"]
        if shown["NumberOfAssociations"]:
            raise Failure("InvalidOperationException", "Unable to delete the object because it is still in use")
        del self.kept["groups"][group["RuleGroupArn"]], self.kept["tags"][group["RuleGroupArn"]]
        return {"RuleGroupResponse": {**shown, "RuleGroupStatus": "DELETING"}}

    def list_rule_groups(self) -> dict[str, Any]:
        return {"RuleGroups": [{"Name": g["RuleGroupName"], "Arn": g["RuleGroupArn"]} for g in self.kept["groups"].values()]}

    # Policies: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_CreateFirewallPolicy.html

    @staticmethod
    def _referred(policy: dict[str, Any]) -> list[str]:
        references = (policy.get("StatefulRuleGroupReferences") or []) + (policy.get("StatelessRuleGroupReferences") or [])
        return [r["ResourceArn"] for r in references]

    def _policy(self) -> dict[str, Any]:
        """The policy of a request, whose groups are there, and of the order of its rules:
        https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html
        """
        policy = self.params["FirewallPolicy"]
        strict = (policy.get("StatefulEngineOptions") or {}).get("RuleOrder") == "STRICT_ORDER"
        for arn in self._referred(policy):
            if ":aws-managed:" in arn:
                suits = arn.endswith("StrictOrder") == strict
            else:
                group = found(self.kept["groups"], arn, "InvalidRequestException", f"the rule group {arn} does not exist")
                order = (group["rules"].get("StatefulRuleOptions") or {}).get("RuleOrder", "DEFAULT_ACTION_ORDER")
                suits = group["Type"] == "STATELESS" or (order == "STRICT_ORDER") == strict
            if not suits:
                raise Failure("InvalidRequestException", f"{arn} has not the rule order of the policy")
        priorities = [r.get("Priority") for r in policy.get("StatefulRuleGroupReferences") or []]
        if strict != all(p is not None for p in priorities) and priorities or strict and len(set(priorities)) < len(priorities):
            raise Failure("InvalidRequestException", "with a strict order, and only with that, each reference has a priority of its own")
        if policy.get("StatefulDefaultActions") and not strict:
            raise Failure("InvalidRequestException", "StatefulDefaultActions are for STRICT_ORDER alone")
        return policy

    def create_firewall_policy(self) -> dict[str, Any]:
        made = self._new("policies", "FirewallPolicy", "firewall-policy")
        made.update(policy=self._policy(), FirewallPolicyStatus="ACTIVE", LastModifiedTime=utcnow())
        self.kept["policies"][made["FirewallPolicyArn"]] = made
        return self._policy_shown(made)

    def _policy_shown(self, policy: dict[str, Any]) -> dict[str, Any]:
        arn = policy["FirewallPolicyArn"]
        using = [f for f in self.kept["firewalls"].values() if f["FirewallPolicyArn"] == arn]
        groups = [self.kept["groups"][a] for a in self._referred(policy["policy"]) if a in self.kept["groups"]]
        consumed = {f"Consumed{kind.title()}RuleCapacity": sum(g["Capacity"] for g in groups if g["Type"] == kind) for kind in ("STATEFUL", "STATELESS")}
        return {"UpdateToken": policy["token"], "FirewallPolicyResponse": {**self._shown(policy, arn), **consumed, "NumberOfAssociations": len(using)}}

    def describe_firewall_policy(self) -> dict[str, Any]:
        policy = self._get("policies", "FirewallPolicy")
        return {**self._policy_shown(policy), "FirewallPolicy": policy["policy"]}

    def update_firewall_policy(self) -> dict[str, Any]:
        policy, new = self._get("policies", "FirewallPolicy"), self._policy()
        self._changed(policy, self.params["UpdateToken"])
        policy.update(policy=new, **({"Description": self.params["Description"]} if self.params.get("Description") else {}))
        return self._policy_shown(policy)

    def delete_firewall_policy(self) -> dict[str, Any]:
        policy = self._get("policies", "FirewallPolicy")
        shown = self._policy_shown(policy)["FirewallPolicyResponse"]
        if shown["NumberOfAssociations"]:
            raise Failure("InvalidOperationException", "Unable to delete the object because it is still in use")
        del self.kept["policies"][policy["FirewallPolicyArn"]], self.kept["tags"][policy["FirewallPolicyArn"]]
        return {"FirewallPolicyResponse": {**shown, "FirewallPolicyStatus": "DELETING"}}

    def list_firewall_policies(self) -> dict[str, Any]:
        return {"FirewallPolicies": [{"Name": p["FirewallPolicyName"], "Arn": p["FirewallPolicyArn"]} for p in self.kept["policies"].values()]}

    # Firewalls: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_CreateFirewall.html

    @property
    def _ec2(self) -> Any:
        return ec2_backends[self.current_account][self.region]

    def create_firewall(self) -> dict[str, Any]:
        p = self.params
        vpc = self._ec2.get_vpc(p["VpcId"]).id
        found(self.kept["policies"], p["FirewallPolicyArn"], "InvalidRequestException", "the firewall policy does not exist")
        protections = {k: bool(p.get(k)) for k in ("DeleteProtection", "SubnetChangeProtection", "FirewallPolicyChangeProtection")}
        firewall = {
            **self._new("firewalls", "Firewall", "firewall"), "FirewallPolicyArn": p["FirewallPolicyArn"], "VpcId": vpc, **protections,
            "SubnetMappings": [], "NumberOfAssociations": 0, "EnabledAnalysisTypes": p.get("EnabledAnalysisTypes") or [], "endpoints": {}, "logs": [],
        }
        self._occupy(firewall, p["SubnetMappings"])
        self.kept["firewalls"][firewall["FirewallArn"]] = firewall
        return self._firewall_shown(firewall)

    def _occupy(self, firewall: dict[str, Any], mappings: list[dict[str, Any]]) -> None:
        """A firewall has a Gateway Load Balancer endpoint in each of its subnets, one in a zone:
        https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-components.html
        """
        subnets = [self._ec2.get_subnet(m["SubnetId"]) for m in mappings]
        zones = [s.availability_zone for s in subnets] + list(firewall["endpoints"])
        if any(s.vpc_id != firewall["VpcId"] for s in subnets) or len(set(zones)) < len(zones):
            raise Failure("InvalidRequestException", "The subnets have to be in the VPC, and each in a zone of its own")
        for subnet, mapping in zip(subnets, mappings):
            interface = self._ec2.create_network_interface(subnet, None, description=f"Network Firewall {firewall['FirewallName']}")
            endpoint = self._ec2.create_vpc_endpoint(
                firewall["VpcId"], f"com.amazonaws.{self.region}.network-firewall", "GatewayLoadBalancer", None, [], [subnet.id], [interface.id],
                tags={"AWSNetworkFirewallManaged": "true", "Firewall": firewall["FirewallArn"]},
            )
            endpoint.policy_document = None
            firewall["endpoints"][subnet.availability_zone] = {"SubnetId": subnet.id, "EndpointId": endpoint.id}
            firewall["SubnetMappings"].append({"SubnetId": subnet.id, "IPAddressType": mapping.get("IPAddressType", "IPV4")})

    def _leave(self, firewall: dict[str, Any], subnets: list[str]) -> None:
        """An endpoint goes when no route leads to it any more:
        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpoints.html
        """
        gone = {zone: e for zone, e in firewall["endpoints"].items() if e["SubnetId"] in subnets}
        identities = [e["EndpointId"] for e in gone.values()]
        routes = [r for t in self._ec2.route_tables.values() for r in t._routes.values() if r.vpc_endpoint_id in identities]
        if routes:
            raise Failure("InvalidOperationException", f"Unable to fulfill request because routes lead to the VPC endpoint {routes[0].vpc_endpoint_id}")
        for zone, endpoint in gone.items():
            for interface in self._ec2.vpc_end_points.pop(endpoint["EndpointId"]).network_interface_ids:
                self._ec2.delete_network_interface(interface)
            del firewall["endpoints"][zone]
        firewall["SubnetMappings"] = [m for m in firewall["SubnetMappings"] if m["SubnetId"] not in subnets]

    def _firewall_shown(self, firewall: dict[str, Any]) -> dict[str, Any]:
        arns = [firewall["FirewallPolicyArn"], *self._referred(self.kept["policies"][firewall["FirewallPolicyArn"]]["policy"])]
        tokens = {a: t["token"] for kind in ("policies", "groups") for a, t in self.kept[kind].items()}
        config = {a: {"SyncStatus": "IN_SYNC", "UpdateToken": tokens.get(a, "1")} for a in arns}
        return {"UpdateToken": firewall["token"], "Firewall": self._shown(firewall, firewall["FirewallArn"]), "FirewallStatus": {
            "Status": "READY", "ConfigurationSyncStateSummary": "IN_SYNC",
            "SyncStates": {zone: {"Attachment": {**e, "Status": "READY"}, "Config": config} for zone, e in firewall["endpoints"].items()},
        }}

    def _firewall(self) -> dict[str, Any]:
        return self._get("firewalls", "Firewall")

    def describe_firewall(self) -> dict[str, Any]:
        return self._firewall_shown(self._firewall())

    def list_firewalls(self) -> dict[str, Any]:
        vpcs = self.params.get("VpcIds")
        return {"Firewalls": [{"FirewallName": f["FirewallName"], "FirewallArn": f["FirewallArn"]} for f in self.kept["firewalls"].values() if not vpcs or f["VpcId"] in vpcs]}

    def _revised(self, **changes: Any) -> dict[str, Any]:
        firewall = self._firewall()
        self._changed(firewall, self.params.get("UpdateToken"))
        firewall.update(changes)
        return {"FirewallName": firewall["FirewallName"], "FirewallArn": firewall["FirewallArn"], "UpdateToken": firewall["token"], **changes}

    def update_firewall_delete_protection(self) -> dict[str, Any]:
        return self._revised(DeleteProtection=self.params["DeleteProtection"])

    def update_subnet_change_protection(self) -> dict[str, Any]:
        return self._revised(SubnetChangeProtection=self.params["SubnetChangeProtection"])

    def update_firewall_policy_change_protection(self) -> dict[str, Any]:
        return self._revised(FirewallPolicyChangeProtection=self.params["FirewallPolicyChangeProtection"])

    def update_firewall_description(self) -> dict[str, Any]:
        return self._revised(Description=self.params.get("Description", ""))

    def update_firewall_encryption_configuration(self) -> dict[str, Any]:
        return self._revised(EncryptionConfiguration=self.params.get("EncryptionConfiguration") or OWNED_KEY)

    def associate_firewall_policy(self) -> dict[str, Any]:
        found(self.kept["policies"], self.params["FirewallPolicyArn"], "InvalidRequestException", "the firewall policy does not exist")
        if self._firewall()["FirewallPolicyChangeProtection"]:
            raise Failure("InvalidOperationException", "Unable to associate a policy: the firewall is protected against such changes")
        return self._revised(FirewallPolicyArn=self.params["FirewallPolicyArn"])

    def _changeable(self) -> dict[str, Any]:
        """https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_UpdateSubnetChangeProtection.html"""
        firewall = self._firewall()
        if firewall["SubnetChangeProtection"]:
            raise Failure("InvalidOperationException", "Unable to change the subnets: the firewall is protected against such changes")
        return firewall

    def associate_subnets(self) -> dict[str, Any]:
        firewall = self._changeable()
        self._occupy(firewall, self.params["SubnetMappings"])
        return self._revised(SubnetMappings=firewall["SubnetMappings"])

    def disassociate_subnets(self) -> dict[str, Any]:
        firewall = self._changeable()
        if {m["SubnetId"] for m in firewall["SubnetMappings"]} <= set(self.params["SubnetIds"]):
            raise Failure("InvalidOperationException", "a firewall has at least one subnet")
        self._leave(firewall, self.params["SubnetIds"])
        return self._revised(SubnetMappings=firewall["SubnetMappings"])

    def delete_firewall(self) -> dict[str, Any]:
        """https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_DeleteFirewall.html"""
        firewall = self._firewall()
        if firewall["DeleteProtection"]:
            raise Failure("InvalidOperationException", "Unable to delete the firewall: delete protection is enabled")
        shown = self._firewall_shown(firewall)
        self._leave(firewall, [m["SubnetId"] for m in firewall["SubnetMappings"]])
        del self.kept["firewalls"][firewall["FirewallArn"]], self.kept["tags"][firewall["FirewallArn"]]
        return {"Firewall": shown["Firewall"], "FirewallStatus": {**shown["FirewallStatus"], "Status": "DELETING"}}

    # Logs: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_UpdateLoggingConfiguration.html

    def describe_logging_configuration(self) -> dict[str, Any]:
        firewall = self._firewall()
        return {"FirewallArn": firewall["FirewallArn"], "LoggingConfiguration": {"LogDestinationConfigs": firewall["logs"]}}

    def update_logging_configuration(self) -> dict[str, Any]:
        """One destination is added, changed or taken away at a time."""
        firewall = self._firewall()
        logs = (self.params.get("LoggingConfiguration") or {}).get("LogDestinationConfigs") or []
        before, after = ({log["LogType"]: log for log in of} for of in (firewall["logs"], logs))
        if sum(before.get(kind) != after.get(kind) for kind in {*before, *after}) > 1 or len(after) < len(logs):
            raise Failure("InvalidRequestException", "one log destination can be changed at a time, and each type of log has one")
        firewall["logs"] = logs
        return {"FirewallArn": firewall["FirewallArn"], "FirewallName": firewall["FirewallName"], "LoggingConfiguration": {"LogDestinationConfigs": logs}}

    # Tags: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_TagResource.html

    def _tags(self) -> dict[str, str]:
        arn = self.params["ResourceArn"]
        return found(self.kept["tags"], arn, "ResourceNotFoundException", f"The resource with ARN \"{arn}\" was not found")
