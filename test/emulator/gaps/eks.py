"""Amazon EKS. moto has clusters and node groups of an earlier API, and nothing of what is in them, so all is answered here."""

import uuid
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from .filler import Failure, Filler, found
from .tagged import TaggedByName

# A default version for each Kubernetes version. The numbers are made up, in the form of EKS's own:
# https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddonVersions.html
ADD_ONS = {
    "aws-ebs-csi-driver": "v1.58.0-eksbuild.1", "coredns": "v1.13.1-eksbuild.1", "eks-pod-identity-agent": "v1.3.10-eksbuild.1",
    "kube-proxy": "v{}.0-eksbuild.2", "metrics-server": "v0.8.0-eksbuild.5", "vpc-cni": "v1.21.1-eksbuild.1",
    "aws-efs-csi-driver": "v2.1.15-eksbuild.1", "amazon-cloudwatch-observability": "v4.7.0-eksbuild.1", "snapshot-controller": "v8.3.0-eksbuild.1",
    "aws-guardduty-agent": "v1.12.1-eksbuild.2", "aws-secrets-store-csi-driver-provider": "v2.1.1-eksbuild.1",
}


def minor(version: str) -> int:
    """The minor version of a version of Kubernetes."""
    return int(version.partition(".")[2])


class EKS(TaggedByName, Filler):
    """https://docs.aws.amazon.com/eks/latest/APIReference/Welcome.html"""

    service = "eks"

    # Clusters: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html

    def create_cluster(self) -> dict[str, Any]:
        p = self.params
        name = p["name"]
        if name in self.kept["clusters"]:
            raise Failure("ResourceInUseException", f"Cluster already exists with name: {name}")
        vpc = p["resourcesVpcConfig"]
        subnets = [self._ec2.get_subnet(s) for s in vpc["subnetIds"]]
        if len({s.availability_zone for s in subnets}) < 2:
            raise Failure("InvalidParameterException", "Subnets specified must be in at least two different AZs")
        access = {"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": True, **p.get("accessConfig", {})}
        identity = uuid.uuid4().hex.upper()
        network = {"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16", "elasticLoadBalancing": {"enabled": False}, **p.get("kubernetesNetworkConfig", {})}
        self.kept["clusters"][name] = {
            "name": name, "arn": self.arn(f"cluster/{name}"), "createdAt": utcnow(), "version": p.get("version", "1.34"),
            "endpoint": f"https://{identity}.gr7.{self.region}.eks.amazonaws.com", "roleArn": p["roleArn"],
            "resourcesVpcConfig": {
                "endpointPublicAccess": True, "endpointPrivateAccess": False, "publicAccessCidrs": ["0.0.0.0/0"], "securityGroupIds": [], **vpc,
                "vpcId": subnets[0].vpc_id, "clusterSecurityGroupId": self._group(name, subnets[0].vpc_id),
            },
            "kubernetesNetworkConfig": network, "logging": p.get("logging", {"clusterLogging": []}),
            "identity": {"oidc": {"issuer": f"https://oidc.eks.{self.region}.amazonaws.com/id/{identity}"}}, "status": "ACTIVE",
            "certificateAuthority": {"data": "bW90bw=="}, "platformVersion": "eks.1", "tags": dict(p.get("tags", {})),
            "encryptionConfig": p.get("encryptionConfig", []), "accessConfig": access, "health": {"issues": []},
            "upgradePolicy": p.get("upgradePolicy", {"supportType": "EXTENDED"}),
            "deletionProtection": p.get("deletionProtection", False),
        }
        if p.get("zonalShiftConfig"):
            self.kept["clusters"][name]["zonalShiftConfig"] = p["zonalShiftConfig"]
        return {"cluster": self.kept["clusters"][name]}

    @property
    def _ec2(self) -> Any:
        return ec2_backends[self.current_account][self.region]

    def _group(self, cluster: str, vpc_id: str) -> str:
        """The group that EKS makes for a cluster: https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html"""
        group = self._ec2.create_security_group(f"eks-cluster-sg-{cluster}-{uuid.uuid4().int % 10**9}", "EKS created security group", vpc_id=vpc_id)
        group.add_tag(f"kubernetes.io/cluster/{cluster}", "owned")
        group.add_tag("aws:eks:cluster-name", cluster)
        return group.id

    def _cluster(self, key: str = "clusterName") -> dict[str, Any]:
        name = self.params[key]
        return found(self.kept["clusters"], name, "ResourceNotFoundException", f"No cluster found for name: {name}.")

    def _of_cluster(self, kind: str) -> dict[str, Any]:
        return self.kept[kind].setdefault(self._cluster()["name"], {})

    def describe_cluster(self) -> dict[str, Any]:
        return {"cluster": self._cluster("name")}

    def list_clusters(self) -> dict[str, Any]:
        return {"clusters": sorted(self.kept["clusters"])}

    def delete_cluster(self) -> dict[str, Any]:
        cluster = self._cluster("name")
        name = cluster["name"]
        if self.kept["nodegroups"].get(name):
            raise Failure("ResourceInUseException", "Cluster has nodegroups attached")
        if cluster["deletionProtection"]:
            raise Failure("InvalidRequestException", "deletion protection is enabled")
        self._ec2.delete_security_group(group_id=cluster["resourcesVpcConfig"]["clusterSecurityGroupId"])
        for kind in ("nodegroups", "addons", "entries", "policies", "identities"):
            self.kept[kind].pop(name, None)
        return {"cluster": self.kept["clusters"].pop(name)}

    def update_cluster_config(self) -> dict[str, Any]:
        """https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html"""
        cluster = self._cluster("name")
        self._stays_in_zones(cluster, (self.params.get("resourcesVpcConfig") or {}).get("subnetIds"))
        for key in ("resourcesVpcConfig", "accessConfig", "kubernetesNetworkConfig"):
            cluster[key].update(self.params.get(key) or {})
        for key in ("logging", "upgradePolicy", "zonalShiftConfig", "deletionProtection"):
            if self.params.get(key) is not None:
                cluster[key] = self.params[key]
        return self._update("EndpointAccessUpdate")

    def _stays_in_zones(self, cluster: dict[str, Any], subnets: "list[str] | None") -> None:
        """Other subnets are in the zones of the first ones: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"""
        have, wanted = ({self._ec2.get_subnet(s).availability_zone for s in of} for of in (cluster["resourcesVpcConfig"]["subnetIds"], subnets or []))
        if subnets and have != wanted:
            raise Failure("InvalidParameterException", f"Provided subnets belong to the AZs {sorted(wanted)}, and should belong to those of the cluster's creation, {sorted(have)}")

    def update_cluster_version(self) -> dict[str, Any]:
        """One minor version at a time, when all node groups have the cluster's:
        https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterVersion.html
        """
        cluster, wanted = self._cluster("name"), self.params["version"]
        if minor(wanted) != minor(cluster["version"]) + 1:
            raise Failure("InvalidParameterException", f"Unsupported Kubernetes minor version update from {cluster['version']} to {wanted}")
        behind = [n for n, group in self.kept["nodegroups"].get(cluster["name"], {}).items() if group["version"] != cluster["version"]]
        if behind:
            raise Failure("InvalidRequestException", f"Nodegroups {behind} must be updated to match cluster version {cluster['version']} before updating cluster version")
        cluster["version"] = wanted
        return self._update("VersionUpdate")

    def associate_encryption_config(self) -> dict[str, Any]:
        cluster = self._cluster()
        if cluster["encryptionConfig"]:
            raise Failure("InvalidRequestException", "Encryption is already enabled")
        cluster["encryptionConfig"] = self.params["encryptionConfig"]
        return self._update("AssociateEncryptionConfig")

    def _update(self, kind: str) -> dict[str, Any]:
        """What was asked for is done at once; the update is kept for whoever waits for it."""
        update = {"id": str(uuid.uuid4()), "status": "Successful", "type": kind, "params": [], "createdAt": utcnow(), "errors": []}
        self.kept["updates"][update["id"]] = update
        return {"update": update}

    def describe_update(self) -> dict[str, Any]:
        return {"update": found(self.kept["updates"], self.params["updateId"], "ResourceNotFoundException", "No update found")}

    # Node groups: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html

    def create_nodegroup(self) -> dict[str, Any]:
        p, groups = self.params, self._of_cluster("nodegroups")
        name = p["nodegroupName"]
        if name in groups:
            raise Failure("ResourceInUseException", f"NodeGroup already exists with name {name} and cluster name {p['clusterName']}")
        cluster, made = self._cluster(), str(uuid.uuid4())
        group = {
            "capacityType": "ON_DEMAND", "amiType": "AL2023_x86_64_STANDARD", "labels": {}, "taints": [], "updateConfig": {"maxUnavailable": 1},
            "version": cluster["version"], **{k: v for k, v in p.items() if k != "clientRequestToken"},
            "nodegroupArn": self.arn(f"nodegroup/{cluster['name']}/{name}/{made}"), "createdAt": utcnow(), "modifiedAt": utcnow(), "status": "ACTIVE",
            "health": {"issues": []}, "resources": {"autoScalingGroups": [{"name": f"eks-{name}-{made}"}]}, "tags": dict(p.get("tags", {})),
        }
        self._of_version(group, cluster)
        if "launchTemplate" in p:
            template = self._ec2.get_launch_template(p["launchTemplate"]["id"]) if "id" in p["launchTemplate"] else self._ec2.get_launch_template_by_name(p["launchTemplate"]["name"])
            group["launchTemplate"] = {"id": template.id, "name": template.name, "version": str(p["launchTemplate"].get("version", template.default_version_number))}
        else:
            group.setdefault("diskSize", 20)
            group.setdefault("instanceTypes", ["t3.medium"])
        groups[name] = group
        if cluster["accessConfig"]["authenticationMode"] != "CONFIG_MAP":
            self._of_cluster("entries").setdefault(group["nodeRole"], self._entry_of(cluster, group["nodeRole"], {"type": "EC2_LINUX"}))
        return {"nodegroup": group}

    @staticmethod
    def _of_version(group: dict[str, Any], cluster: dict[str, Any]) -> None:
        """Nodes are never ahead of the cluster, and have the newest image of their version. That of the first day of 2026 is made up.
        https://docs.aws.amazon.com/eks/latest/userguide/update-managed-node-group.html
        """
        if minor(group["version"]) > minor(cluster["version"]):
            raise Failure("InvalidParameterException", f"The node group's version {group['version']} is ahead of the cluster's, {cluster['version']}")
        group["releaseVersion"] = group["version"] + ".0-20260101"

    def _nodegroup(self) -> dict[str, Any]:
        name = self.params["nodegroupName"]
        return found(self._of_cluster("nodegroups"), name, "ResourceNotFoundException", f"No node group found for name: {name}.")

    def describe_nodegroup(self) -> dict[str, Any]:
        return {"nodegroup": self._nodegroup()}

    def list_nodegroups(self) -> dict[str, Any]:
        return {"nodegroups": sorted(self._of_cluster("nodegroups"))}

    def delete_nodegroup(self) -> dict[str, Any]:
        """A role that no other node group has loses its access:
        https://docs.aws.amazon.com/eks/latest/userguide/delete-managed-node-group.html
        """
        groups = self._of_cluster("nodegroups")
        group = groups.pop(self._nodegroup()["nodegroupName"])
        if group["nodeRole"] not in [g["nodeRole"] for g in groups.values()]:
            self._of_cluster("entries").pop(group["nodeRole"], None)
        return {"nodegroup": group}

    def update_nodegroup_config(self) -> dict[str, Any]:
        """https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateNodegroupConfig.html"""
        group, p = self._nodegroup(), self.params
        labels, taints = p.get("labels") or {}, p.get("taints") or {}
        group["labels"] = {k: v for k, v in {**group["labels"], **labels.get("addOrUpdateLabels", {})}.items() if k not in labels.get("removeLabels", [])}
        changed = taints.get("addOrUpdateTaints", [])
        gone = [(t["key"], t["effect"]) for t in changed + taints.get("removeTaints", [])]
        group["taints"] = [t for t in group["taints"] if (t["key"], t["effect"]) not in gone] + changed
        for key in ("scalingConfig", "updateConfig", "nodeRepairConfig"):
            if p.get(key):
                group[key] = p[key]
        return self._update("ConfigUpdate")

    def update_nodegroup_version(self) -> dict[str, Any]:
        group = self._nodegroup()
        self._of_version(changed := {**group, "version": self.params.get("version") or group["version"]}, self._cluster())
        group.update(changed)
        if self.params.get("launchTemplate"):
            group["launchTemplate"].update(self.params["launchTemplate"])
        return self._update("VersionUpdate")

    # Add-ons: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html

    def describe_addon_versions(self) -> dict[str, Any]:
        version = self.params.get("kubernetesVersion", "1.34")
        names = [self.params["addonName"]] if self.params.get("addonName") else sorted(ADD_ONS)
        return {"addons": [{
            "addonName": name, "type": "other", "publisher": "eks", "owner": "aws",
            "addonVersions": [{"addonVersion": ADD_ONS[name].format(version), "architecture": ["amd64", "arm64"],
                               "compatibilities": [{"clusterVersion": version, "platformVersions": ["*"], "defaultVersion": True}]}],
        } for name in names if name in ADD_ONS]}

    def create_addon(self) -> dict[str, Any]:
        p, addons, cluster = self.params, self._of_cluster("addons"), self._cluster()
        name = p["addonName"]
        if name in addons:
            raise Failure("ResourceInUseException", "Addon already exists.")
        version = found(ADD_ONS, name, "InvalidParameterException", f"Addon {name} specified is not supported").format(cluster["version"])
        addon = {
            "addonName": name, "clusterName": cluster["name"], "status": "ACTIVE", "health": {"issues": []}, "addonVersion": p.get("addonVersion", version),
            "addonArn": self.arn(f"addon/{cluster['name']}/{name}/{uuid.uuid4()}"), "createdAt": utcnow(), "modifiedAt": utcnow(), "tags": dict(p.get("tags", {})),
        }
        addons[name] = addon
        self._configure(addon)
        return {"addon": addon}

    def _configure(self, addon: dict[str, Any]) -> None:
        """What is asked for of an add-on, and the associations that it has with roles:
        https://docs.aws.amazon.com/eks/latest/userguide/add-ons-iam.html
        """
        for key in ("addonVersion", "serviceAccountRoleArn", "configurationValues"):
            if self.params.get(key) is not None:
                addon[key] = self.params[key]
        wanted = self.params.get("podIdentityAssociations")
        if wanted is None:
            return
        identities = self._of_cluster("identities")
        for identity in [i for i, a in identities.items() if a.get("ownerArn") == addon["addonArn"]]:
            del identities[identity]
        addon["podIdentityAssociations"] = [
            self._identify({"namespace": "kube-system", "ownerArn": addon["addonArn"], **association})["associationArn"] for association in wanted
        ]

    def _addon(self) -> dict[str, Any]:
        name = self.params["addonName"]
        return found(self._of_cluster("addons"), name, "ResourceNotFoundException", f"No addon: {name} found in cluster: {self.params['clusterName']}")

    def describe_addon(self) -> dict[str, Any]:
        return {"addon": self._addon()}

    def list_addons(self) -> dict[str, Any]:
        return {"addons": sorted(self._of_cluster("addons"))}

    def update_addon(self) -> dict[str, Any]:
        self._configure(self._addon())
        return self._update("AddonUpdate")

    def delete_addon(self) -> dict[str, Any]:
        addon = self._addon()
        identities = self._of_cluster("identities")
        for identity in [i for i, a in identities.items() if a.get("ownerArn") == addon["addonArn"]]:
            del identities[identity]
        return {"addon": self._of_cluster("addons").pop(addon["addonName"])}

    # Access entries: https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html

    def create_access_entry(self) -> dict[str, Any]:
        p, entries, cluster = self.params, self._of_cluster("entries"), self._cluster()
        arn = p["principalArn"]
        if cluster["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
            raise Failure("InvalidRequestException", "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.")
        account, _, role = arn.removeprefix("arn:aws:iam::").partition(":role/")
        if role and role.rpartition("/")[2] not in [r.name for r in iam_backends[account]["aws"].roles.values()]:
            raise Failure("InvalidParameterException", "The specified principalArn is invalid: invalid principal.")
        if arn in entries:
            raise Failure("ResourceInUseException", "The specified access entry resource is already in use on this cluster.")
        entries[arn] = self._entry_of(cluster, arn, p)
        return {"accessEntry": entries[arn]}

    def _entry_of(self, cluster: dict[str, Any], arn: str, p: dict[str, Any]) -> dict[str, Any]:
        kind = p.get("type", "STANDARD")
        nodes = kind == "EC2_LINUX"
        return {
            "clusterName": cluster["name"], "principalArn": arn, "type": kind,
            "kubernetesGroups": ["system:nodes"] if nodes else p.get("kubernetesGroups", []),
            "username": "system:node:{{EC2PrivateDNSName}}" if nodes else p.get("username", arn),
            "accessEntryArn": self.arn(f"access-entry/{cluster['name']}/role/{self.current_account}/{arn.rpartition('/')[2]}/{uuid.uuid4()}"),
            "createdAt": utcnow(), "modifiedAt": utcnow(), "tags": dict(p.get("tags", {})),
        }

    def _entry(self) -> dict[str, Any]:
        return found(self._of_cluster("entries"), self.params["principalArn"], "ResourceNotFoundException",
                     f"The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.")

    def describe_access_entry(self) -> dict[str, Any]:
        return {"accessEntry": self._entry()}

    def update_access_entry(self) -> dict[str, Any]:
        entry = self._entry()
        for key in ("kubernetesGroups", "username"):
            if self.params.get(key) is not None:
                entry[key] = self.params[key]
        return {"accessEntry": entry}

    def list_access_entries(self) -> dict[str, Any]:
        return {"accessEntries": sorted(self._of_cluster("entries"))}

    def delete_access_entry(self) -> None:
        arn = self._entry()["principalArn"]
        del self._of_cluster("entries")[arn]
        self._of_cluster("policies").pop(arn, None)

    def associate_access_policy(self) -> dict[str, Any]:
        arn, policy = self._entry()["principalArn"], self.params["policyArn"]
        associated = {"policyArn": policy, "accessScope": self.params["accessScope"], "associatedAt": utcnow(), "modifiedAt": utcnow()}
        self._of_cluster("policies").setdefault(arn, {})[policy] = associated
        return {"clusterName": self.params["clusterName"], "principalArn": arn, "associatedAccessPolicy": associated}

    def list_associated_access_policies(self) -> dict[str, Any]:
        arn = self._entry()["principalArn"]
        return {"clusterName": self.params["clusterName"], "principalArn": arn, "associatedAccessPolicies": list(self._of_cluster("policies").get(arn, {}).values())}

    def disassociate_access_policy(self) -> None:
        arn = self._entry()["principalArn"]
        found(self._of_cluster("policies").get(arn, {}), self.params["policyArn"], "ResourceNotFoundException", "the policy is not associated")
        del self._of_cluster("policies")[arn][self.params["policyArn"]]

    # Roles of pods: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html

    def create_pod_identity_association(self) -> dict[str, Any]:
        return {"association": self._identify({k: v for k, v in self.params.items() if k != "clientRequestToken"})}

    def _identify(self, wanted: dict[str, Any]) -> dict[str, Any]:
        cluster, identities = self._cluster()["name"], self._of_cluster("identities")
        for association in identities.values():
            if (association["namespace"], association["serviceAccount"]) == (wanted["namespace"], wanted["serviceAccount"]):
                raise Failure("ResourceInUseException", f"Association already exists: {association['associationId']}")
        made = "a-" + uuid.uuid4().hex[:17]
        identities[made] = {
            **wanted, "clusterName": cluster, "associationId": made, "associationArn": self.arn(f"podidentityassociation/{cluster}/{made}"),
            "createdAt": utcnow(), "modifiedAt": utcnow(), "tags": dict(wanted.get("tags", {})),
        }
        return identities[made]

    def _identity(self) -> dict[str, Any]:
        return found(self._of_cluster("identities"), self.params["associationId"], "ResourceNotFoundException", "there is no such association")

    def describe_pod_identity_association(self) -> dict[str, Any]:
        return {"association": self._identity()}

    def update_pod_identity_association(self) -> dict[str, Any]:
        association = self._identity()
        for key in ("roleArn", "targetRoleArn", "disableSessionTags"):
            if self.params.get(key) is not None:
                association[key] = self.params[key]
        return {"association": association}

    def list_pod_identity_associations(self) -> dict[str, Any]:
        wanted = [a for a in self._of_cluster("identities").values()
                  if self.params.get("namespace") in (None, a["namespace"]) and self.params.get("serviceAccount") in (None, a["serviceAccount"])]
        return {"associations": wanted}

    def delete_pod_identity_association(self) -> dict[str, Any]:
        return {"association": self._of_cluster("identities").pop(self._identity()["associationId"])}

    # Tags, of all of these: https://docs.aws.amazon.com/eks/latest/APIReference/API_TagResource.html

    def _tags(self) -> dict[str, str]:
        arn = self.params["resourceArn"]
        for thing in [*self.kept["clusters"].values(), *(t for kind in ("nodegroups", "addons", "entries", "identities") for of in self.kept[kind].values() for t in of.values())]:
            if arn in (thing.get("arn"), thing.get("nodegroupArn"), thing.get("addonArn"), thing.get("accessEntryArn"), thing.get("associationArn")):
                return thing["tags"]
        raise Failure("NotFoundException", "Resource was not found")
