"""Amazon Route 53 Resolver. moto has endpoints, rules and query logging of one account, and no DNS Firewall, so all is answered here."""

import ipaddress
import uuid
from typing import Any

from moto.core.utils import iso_8601_datetime_without_milliseconds, utcnow
from moto.ec2.models import ec2_backends

from .filler import Failure, Filler, found
from .tagged import Tagged
from .ram import shared_with


def now() -> str:
    return iso_8601_datetime_without_milliseconds(utcnow())


class Resolver(Tagged, Filler):
    """https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53_Resolver.html"""

    service = "route53resolver"

    @property
    def _all(self) -> dict[str, dict[str, Any]]:
        """By region, since accounts share rules, query logs and rule groups. Each has its owner."""
        return self.kept_of("", self.region)

    def _new(self, kind: str, prefix: str, path: str, **values: Any) -> dict[str, Any]:
        identity = f"{prefix}-{uuid.uuid4().hex[:17]}"
        made = {
            "Id": identity, "Arn": self.arn(f"{path}/{identity}"), "CreatorRequestId": self.params.get("CreatorRequestId", ""), "OwnerId": self.current_account,
            "CreationTime": now(), "ModificationTime": now(), "ShareStatus": "NOT_SHARED", **values,
        }
        self._all[kind][identity] = made
        self.kept["tags"][made["Arn"]] = {t["Key"]: t["Value"] for t in self.params.get("Tags") or []}
        return made

    def _get(self, kind: str, identity: str, own: bool = False) -> dict[str, Any]:
        """Something of this account, or shared with it."""
        thing = found(self._all[kind], identity, "ResourceNotFoundException", f"[RSLVR-00703] Resource with ID \"{identity}\" does not exist")
        if thing["OwnerId"] != self.current_account:
            if own or not shared_with(self.current_account, self.region, thing["Arn"]):
                raise Failure("ResourceNotFoundException", f"[RSLVR-00703] Resource with ID \"{identity}\" does not exist")
            return {**thing, "ShareStatus": "SHARED_WITH_ME"}
        return thing

    def _visible(self, kind: str) -> list[dict[str, Any]]:
        return [t for t in self._all[kind].values() if t["OwnerId"] == self.current_account or shared_with(self.current_account, self.region, t["Arn"])]

    def _mine(self, kind: str) -> list[dict[str, Any]]:
        return [t for t in self._all[kind].values() if t["OwnerId"] == self.current_account]

    def _listed(self, kind: str, things: list[dict[str, Any]], keys: dict[str, str]) -> dict[str, Any]:
        for f in self.params.get("Filters") or []:
            things = [t for t in things if t.get(keys.get(f["Name"], f["Name"])) in f["Values"]]
        return {kind: things}

    # Endpoints: https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateResolverEndpoint.html

    @property
    def _ec2(self) -> Any:
        return ec2_backends[self.current_account][self.region]

    def create_resolver_endpoint(self) -> dict[str, Any]:
        p = self.params
        addresses = [self._address(a, p["SecurityGroupIds"]) for a in p["IpAddresses"]]
        if len(addresses) < 2:
            raise Failure("InvalidRequestException", "Resolver endpoint needs to have at least 2 IP addresses")
        endpoint = self._new(
            "endpoints", "rslvr-" + ("in" if p["Direction"].startswith("INBOUND") else "out"), "resolver-endpoint", Name=p.get("Name", ""), Direction=p["Direction"],
            SecurityGroupIds=p["SecurityGroupIds"], HostVPCId=self._ec2.get_subnet(addresses[0]["SubnetId"]).vpc_id, IpAddressCount=len(addresses), Status="OPERATIONAL",
            StatusMessage="", ResolverEndpointType=p.get("ResolverEndpointType", "IPV4"), Protocols=p.get("Protocols") or ["Do53"],
        )
        self._all["addresses"][endpoint["Id"]] = addresses
        return {"ResolverEndpoint": endpoint}

    def _address(self, wanted: dict[str, Any], groups: list[str]) -> dict[str, Any]:
        """An address of an endpoint is an interface in its subnet, which nobody else then has."""
        subnet = self._ec2.get_subnet(wanted["SubnetId"])
        address = wanted.get("Ip")
        if address and ipaddress.ip_address(address) not in ipaddress.ip_network(subnet.cidr_block):
            raise Failure("InvalidParameterException", f"{address} is not in {subnet.id}")
        interface = self._ec2.create_network_interface(subnet, address, group_ids=groups, description="Route 53 Resolver")
        return {"IpId": f"rni-{uuid.uuid4().hex[:17]}", "SubnetId": subnet.id, "Ip": interface.private_ip_address, "Status": "ATTACHED", "StatusMessage": "",
                "CreationTime": now(), "ModificationTime": now(), "interface": interface.id}

    def get_resolver_endpoint(self) -> dict[str, Any]:
        return {"ResolverEndpoint": self._get("endpoints", self.params["ResolverEndpointId"], own=True)}

    def list_resolver_endpoints(self) -> dict[str, Any]:
        return self._listed("ResolverEndpoints", self._mine("endpoints"), {"HostVPCId": "HostVPCId"})

    def list_resolver_endpoint_ip_addresses(self) -> dict[str, Any]:
        identity = self.get_resolver_endpoint()["ResolverEndpoint"]["Id"]
        return {"IpAddresses": [{k: v for k, v in a.items() if k != "interface"} for a in self._all["addresses"][identity]]}

    def update_resolver_endpoint(self) -> dict[str, Any]:
        endpoint = self.get_resolver_endpoint()["ResolverEndpoint"]
        endpoint.update({k: self.params[k] for k in ("Name", "Protocols", "ResolverEndpointType") if self.params.get(k)})
        return {"ResolverEndpoint": endpoint}

    def associate_resolver_endpoint_ip_address(self) -> dict[str, Any]:
        endpoint = self.get_resolver_endpoint()["ResolverEndpoint"]
        self._all["addresses"][endpoint["Id"]].append(self._address(self.params["IpAddress"], endpoint["SecurityGroupIds"]))
        endpoint["IpAddressCount"] += 1
        return {"ResolverEndpoint": endpoint}

    def disassociate_resolver_endpoint_ip_address(self) -> dict[str, Any]:
        endpoint, gone = self.get_resolver_endpoint()["ResolverEndpoint"], self.params["IpAddress"]
        for address in list(self._all["addresses"][endpoint["Id"]]):
            if gone.get("IpId") == address["IpId"] or (gone.get("SubnetId"), gone.get("Ip")) == (address["SubnetId"], address["Ip"]):
                self._ec2.delete_network_interface(address["interface"])
                self._all["addresses"][endpoint["Id"]].remove(address)
                endpoint["IpAddressCount"] -= 1
        return {"ResolverEndpoint": endpoint}

    def delete_resolver_endpoint(self) -> dict[str, Any]:
        endpoint = self.get_resolver_endpoint()["ResolverEndpoint"]
        if any(r.get("ResolverEndpointId") == endpoint["Id"] for r in self._all["rules"].values()):
            raise Failure("InvalidRequestException", "The resolver endpoint is used by resolver rules")
        for address in self._all["addresses"].pop(endpoint["Id"]):
            self._ec2.delete_network_interface(address["interface"])
        return {"ResolverEndpoint": {**self._all["endpoints"].pop(endpoint["Id"]), "Status": "DELETING"}}

    # Rules: https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateResolverRule.html

    def create_resolver_rule(self) -> dict[str, Any]:
        p = self.params
        domain = p["DomainName"] if p["DomainName"].endswith(".") else p["DomainName"] + "."
        if p.get("ResolverEndpointId"):
            if self._get("endpoints", p["ResolverEndpointId"], own=True)["Direction"] != "OUTBOUND":
                raise Failure("InvalidRequestException", "The resolver endpoint of a rule is an outbound one")
        targets = [{"Port": 53, "Protocol": "Do53", **t} for t in p.get("TargetIps") or []]
        return {"ResolverRule": self._new(
            "rules", "rslvr-rr", "resolver-rule", Name=p.get("Name", ""), DomainName=domain, RuleType=p["RuleType"], Status="COMPLETE", StatusMessage="",
            TargetIps=targets, ResolverEndpointId=p.get("ResolverEndpointId"),
        )}

    def get_resolver_rule(self) -> dict[str, Any]:
        return {"ResolverRule": self._get("rules", self.params["ResolverRuleId"])}

    def list_resolver_rules(self) -> dict[str, Any]:
        return self._listed("ResolverRules", self._visible("rules"), {"TYPE": "RuleType"})

    def update_resolver_rule(self) -> dict[str, Any]:
        rule, config = self._get("rules", self.params["ResolverRuleId"], own=True), self.params["Config"]
        rule.update({k: config[k] for k in ("Name", "ResolverEndpointId") if config.get(k)})
        if config.get("TargetIps"):
            rule["TargetIps"] = [{"Port": 53, "Protocol": "Do53", **t} for t in config["TargetIps"]]
        return {"ResolverRule": rule}

    def delete_resolver_rule(self) -> dict[str, Any]:
        rule = self._get("rules", self.params["ResolverRuleId"], own=True)
        if any(a["ResolverRuleId"] == rule["Id"] for a in self._all["rule_associations"].values()):
            raise Failure("ResourceInUseException", "the resolver rule is associated with VPCs")
        return {"ResolverRule": {**self._all["rules"].pop(rule["Id"]), "Status": "DELETING"}}

    def associate_resolver_rule(self) -> dict[str, Any]:
        rule, vpc = self._get("rules", self.params["ResolverRuleId"]), self._ec2.get_vpc(self.params["VPCId"]).id
        if any((a["ResolverRuleId"], a["VPCId"]) == (rule["Id"], vpc) for a in self._all["rule_associations"].values()):
            raise Failure("ResourceExistsException", "the rule is associated with the VPC")
        made = self._new("rule_associations", "rslvr-rrassoc", "resolver-rule-association", ResolverRuleId=rule["Id"], VPCId=vpc, Name=self.params.get("Name", ""), Status="COMPLETE")
        return {"ResolverRuleAssociation": made}

    def get_resolver_rule_association(self) -> dict[str, Any]:
        return {"ResolverRuleAssociation": self._get("rule_associations", self.params["ResolverRuleAssociationId"], own=True)}

    def list_resolver_rule_associations(self) -> dict[str, Any]:
        return self._listed("ResolverRuleAssociations", self._mine("rule_associations"), {})

    def disassociate_resolver_rule(self) -> dict[str, Any]:
        for a in self._mine("rule_associations"):
            if (a["ResolverRuleId"], a["VPCId"]) == (self.params["ResolverRuleId"], self.params["VPCId"]):
                return {"ResolverRuleAssociation": {**self._all["rule_associations"].pop(a["Id"]), "Status": "DELETING"}}
        raise Failure("ResourceNotFoundException", "the rule is not associated with the VPC")

    # Query logging: https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateResolverQueryLogConfig.html

    def create_resolver_query_log_config(self) -> dict[str, Any]:
        return {"ResolverQueryLogConfig": self._new(
            "logs", "rqlc", "resolver-query-log-config", Name=self.params["Name"], DestinationArn=self.params["DestinationArn"], Status="CREATED", AssociationCount=0)}

    def get_resolver_query_log_config(self) -> dict[str, Any]:
        return {"ResolverQueryLogConfig": self._get("logs", self.params["ResolverQueryLogConfigId"])}

    def list_resolver_query_log_configs(self) -> dict[str, Any]:
        return self._listed("ResolverQueryLogConfigs", self._visible("logs"), {})

    def delete_resolver_query_log_config(self) -> dict[str, Any]:
        log = self._get("logs", self.params["ResolverQueryLogConfigId"], own=True)
        if any(a["ResolverQueryLogConfigId"] == log["Id"] for a in self._all["log_associations"].values()):
            raise Failure("InvalidRequestException", "the query logging configuration is associated with VPCs")
        return {"ResolverQueryLogConfig": {**self._all["logs"].pop(log["Id"]), "Status": "DELETING"}}

    def associate_resolver_query_log_config(self) -> dict[str, Any]:
        log, vpc = self._get("logs", self.params["ResolverQueryLogConfigId"]), self._ec2.get_vpc(self.params["ResourceId"]).id
        if any((a["ResolverQueryLogConfigId"], a["ResourceId"]) == (log["Id"], vpc) for a in self._all["log_associations"].values()):
            raise Failure("ResourceExistsException", "the query logging configuration is associated with the VPC")
        made = self._new("log_associations", "rqlca", "resolver-query-log-config-association", ResolverQueryLogConfigId=log["Id"], ResourceId=vpc, Status="ACTIVE", Error="NONE", ErrorMessage="")
        self._all["logs"][log["Id"]]["AssociationCount"] += 1
        return {"ResolverQueryLogConfigAssociation": made}

    def get_resolver_query_log_config_association(self) -> dict[str, Any]:
        return {"ResolverQueryLogConfigAssociation": self._get("log_associations", self.params["ResolverQueryLogConfigAssociationId"], own=True)}

    def list_resolver_query_log_config_associations(self) -> dict[str, Any]:
        return self._listed("ResolverQueryLogConfigAssociations", self._mine("log_associations"), {})

    def disassociate_resolver_query_log_config(self) -> dict[str, Any]:
        for a in self._mine("log_associations"):
            if (a["ResolverQueryLogConfigId"], a["ResourceId"]) == (self.params["ResolverQueryLogConfigId"], self.params["ResourceId"]):
                self._all["logs"][a["ResolverQueryLogConfigId"]]["AssociationCount"] -= 1
                return {"ResolverQueryLogConfigAssociation": {**self._all["log_associations"].pop(a["Id"]), "Status": "DELETING"}}
        raise Failure("ResourceNotFoundException", "the configuration is not associated with the VPC")

    # DNS Firewall: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html

    def get_firewall_config(self) -> dict[str, Any]:
        return {"FirewallConfig": self._firewall(self._ec2.get_vpc(self.params["ResourceId"]).id)}

    def _firewall(self, vpc: str) -> dict[str, Any]:
        """What a VPC has until somebody says otherwise."""
        default = {"Id": f"rslvr-fc-{vpc[-17:]}", "ResourceId": vpc, "OwnerId": self.current_account, "FirewallFailOpen": "DISABLED"}
        return self.kept["firewall_configs"].get(vpc, default)

    def update_firewall_config(self) -> dict[str, Any]:
        config = {**self.get_firewall_config()["FirewallConfig"], "FirewallFailOpen": self.params["FirewallFailOpen"]}
        self.kept["firewall_configs"][config["ResourceId"]] = config
        return {"FirewallConfig": config}

    def list_firewall_configs(self) -> dict[str, Any]:
        return {"FirewallConfigs": [self._firewall(vpc) for vpc in self._ec2.vpcs]}

    def create_firewall_domain_list(self) -> dict[str, Any]:
        made = self._new("domain_lists", "rslvr-fdl", "firewall-domain-list", Name=self.params["Name"], DomainCount=0, Status="COMPLETE", StatusMessage="")
        self._all["domains"][made["Id"]] = []
        return {"FirewallDomainList": made}

    def get_firewall_domain_list(self) -> dict[str, Any]:
        return {"FirewallDomainList": self._get("domain_lists", self.params["FirewallDomainListId"], own=True)}

    def list_firewall_domain_lists(self) -> dict[str, Any]:
        return {"FirewallDomainLists": self._mine("domain_lists")}

    def list_firewall_domains(self) -> dict[str, Any]:
        return {"Domains": self._all["domains"][self.get_firewall_domain_list()["FirewallDomainList"]["Id"]]}

    def update_firewall_domains(self) -> dict[str, Any]:
        of = self.get_firewall_domain_list()["FirewallDomainList"]
        domains = [d.rstrip(".") + "." for d in self.params["Domains"]]
        have = self._all["domains"][of["Id"]]
        self._all["domains"][of["Id"]] = {
            "ADD": have + [d for d in domains if d not in have], "REMOVE": [d for d in have if d not in domains], "REPLACE": domains,
        }[self.params["Operation"]]
        of["DomainCount"] = len(self._all["domains"][of["Id"]])
        return {k: of[k] for k in ("Id", "Name", "Status", "StatusMessage")}

    def delete_firewall_domain_list(self) -> dict[str, Any]:
        of = self.get_firewall_domain_list()["FirewallDomainList"]
        if any(r.get("FirewallDomainListId") == of["Id"] for rules in self._all["firewall_rules"].values() for r in rules):
            raise Failure("ConflictException", "the domain list is used by rules")
        self._all["domains"].pop(of["Id"])
        return {"FirewallDomainList": self._all["domain_lists"].pop(of["Id"])}

    def create_firewall_rule_group(self) -> dict[str, Any]:
        made = self._new("rule_groups", "rslvr-frg", "firewall-rule-group", Name=self.params["Name"], RuleCount=0, Status="COMPLETE", StatusMessage="")
        self._all["firewall_rules"][made["Id"]] = []
        return {"FirewallRuleGroup": made}

    def get_firewall_rule_group(self) -> dict[str, Any]:
        return {"FirewallRuleGroup": self._get("rule_groups", self.params["FirewallRuleGroupId"])}

    def list_firewall_rule_groups(self) -> dict[str, Any]:
        return {"FirewallRuleGroups": self._visible("rule_groups")}

    def delete_firewall_rule_group(self) -> dict[str, Any]:
        group = self._get("rule_groups", self.params["FirewallRuleGroupId"], own=True)
        if any(a["FirewallRuleGroupId"] == group["Id"] for a in self._all["group_associations"].values()):
            raise Failure("ConflictException", "the rule group is associated with VPCs")
        self._all["firewall_rules"].pop(group["Id"])
        return {"FirewallRuleGroup": self._all["rule_groups"].pop(group["Id"])}

    def _rules(self) -> list[dict[str, Any]]:
        return self._all["firewall_rules"][self._get("rule_groups", self.params["FirewallRuleGroupId"])["Id"]]

    def _rule(self) -> dict[str, Any]:
        p = self.params
        for rule in self._rules():
            if rule.get("FirewallDomainListId") == p.get("FirewallDomainListId") and rule.get("Qtype") == p.get("Qtype") and rule.get("FirewallThreatProtectionId") == p.get("FirewallThreatProtectionId"):
                return rule
        raise Failure("ResourceNotFoundException", "there is no such rule in the group")

    def create_firewall_rule(self) -> dict[str, Any]:
        group = self._get("rule_groups", self.params["FirewallRuleGroupId"], own=True)
        if any(r["Priority"] == self.params["Priority"] for r in self._rules()):
            raise Failure("ConflictException", f"priority {self.params['Priority']} is taken")
        rule = {"FirewallDomainRedirectionAction": "INSPECT_REDIRECTION_DOMAIN", **self.params, "CreationTime": now(), "ModificationTime": now()}
        self._rules().append(rule)
        group["RuleCount"] += 1
        return {"FirewallRule": rule}

    def list_firewall_rules(self) -> dict[str, Any]:
        return {"FirewallRules": sorted(self._rules(), key=lambda r: r["Priority"])}

    def update_firewall_rule(self) -> dict[str, Any]:
        rule = self._rule()
        rule.update(self.params, ModificationTime=now())
        return {"FirewallRule": rule}

    def delete_firewall_rule(self) -> dict[str, Any]:
        rule = self._rule()
        self._rules().remove(rule)
        self._get("rule_groups", self.params["FirewallRuleGroupId"], own=True)["RuleCount"] -= 1
        return {"FirewallRule": rule}

    def associate_firewall_rule_group(self) -> dict[str, Any]:
        p = self.params
        group, vpc = self._get("rule_groups", p["FirewallRuleGroupId"]), self._ec2.get_vpc(p["VpcId"]).id
        if any(a["VpcId"] == vpc and (a["Priority"] == p["Priority"] or a["FirewallRuleGroupId"] == group["Id"]) for a in self._all["group_associations"].values()):
            raise Failure("ConflictException", "the group is associated with the VPC, or its priority taken")
        return {"FirewallRuleGroupAssociation": self._new(
            "group_associations", "rslvr-frgassoc", "firewall-rule-group-association", FirewallRuleGroupId=group["Id"], VpcId=vpc, Name=p["Name"], Priority=p["Priority"],
            MutationProtection=p.get("MutationProtection", "DISABLED"), Status="COMPLETE", StatusMessage="")}

    def _group_association(self) -> dict[str, Any]:
        return self._get("group_associations", self.params["FirewallRuleGroupAssociationId"], own=True)

    def get_firewall_rule_group_association(self) -> dict[str, Any]:
        return {"FirewallRuleGroupAssociation": self._group_association()}

    def list_firewall_rule_group_associations(self) -> dict[str, Any]:
        return {"FirewallRuleGroupAssociations": self._mine("group_associations")}

    def update_firewall_rule_group_association(self) -> dict[str, Any]:
        association = self._group_association()
        association.update({k: self.params[k] for k in ("Priority", "MutationProtection", "Name") if self.params.get(k)})
        return {"FirewallRuleGroupAssociation": association}

    def disassociate_firewall_rule_group(self) -> dict[str, Any]:
        association = self._group_association()
        if association["MutationProtection"] == "ENABLED":
            raise Failure("ConflictException", "the association is protected against mutations")
        return {"FirewallRuleGroupAssociation": {**self._all["group_associations"].pop(association["Id"]), "Status": "DELETING"}}

    # Tags: https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_TagResource.html

    def _tags(self) -> dict[str, str]:
        return self.kept["tags"].setdefault(self.params["ResourceArn"], {})
