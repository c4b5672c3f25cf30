package incident

import (
	"fmt"
	"maps"
	"slices"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// instance is the section on isolating an instance.
//
// Security groups let connections that they follow go on after a change, and network ACLs do not:
// https://docs.aws.amazon.com/vpc/latest/userguide/security-group-connection-tracking.html
//
// Neither stops a query to the VPC's resolver:
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
//
// A group of Auto Scaling replaces an instance that does not answer, protected or not:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html
func instance(s *source.Source, d *document.Document) {
	section := d.Section("Isolate an instance",
		"It loses its security groups for one that admits nothing and lets nothing out, and its role; it goes on running, so that its memory and disks can be looked at. `instance` is its id. "+
			"Session Manager does not reach it any more either. Connections that are open may go on until they end, and no group stops its queries to the VPC's resolver: to cut those too, isolate its spoke, or stop it after the snapshots.")
	vpcs := s.Made("aws_vpc")
	if len(vpcs) == 0 {
		section.Text = []string{"The estate makes no VPC."}
		return
	}
	for _, r := range vpcs {
		section.Do(s.Account(r.Account), fmt.Sprintf("If it is in the VPC %s:", source.Name(r)), "region="+r.Region, vpc(r))
	}
	section.Do("", "See what it is, and keep that.",
		`aws ec2 describe-instances --region "$region" --instance-ids "$instance" > "instance-$instance.json"`)
	section.Do("", "Keep it from being deleted, before it stops to answer: a group of Auto Scaling would replace it then, protected or not, and goes on without it.",
		`aws ec2 modify-instance-attribute --region "$region" --instance-id "$instance" --disable-api-termination`,
		`for scaling in $(aws autoscaling describe-auto-scaling-instances --region "$region" --instance-ids "$instance" --query 'AutoScalingInstances[].AutoScalingGroupName' --output text); do`,
		`  aws autoscaling detach-instances --region "$region" --instance-ids "$instance" --auto-scaling-group-name "$scaling" --no-should-decrement-desired-capacity`,
		`done`)
	section.Do("", "Make the group that it gets. No stack makes it, and a second incident finds it there: then only the first command is needed.",
		lookUp("group", fmt.Sprintf(`ec2 describe-security-groups --region "$region" --filters Name=vpc-id,Values="$vpc" Name=group-name,Values=%s`, quarantine(s)), "SecurityGroups[0].GroupId"),
		lookUp("group", fmt.Sprintf(`ec2 create-security-group --region "$region" --vpc-id "$vpc" --group-name %s --description "Isolates instances in an incident"`, quarantine(s)), "GroupId"),
		`aws ec2 revoke-security-group-egress --region "$region" --group-id "$group" --ip-permissions 'IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}]'`)
	section.Do("", "Take each of its network interfaces out of its groups. A node of a cluster has several.",
		`for interface in $(aws ec2 describe-network-interfaces --region "$region" --filters Name=attachment.instance-id,Values="$instance" --query 'NetworkInterfaces[].NetworkInterfaceId' --output text); do`,
		`  aws ec2 modify-network-interface-attribute --region "$region" --network-interface-id "$interface" --groups "$group"`,
		`done`)
	section.Do("", "Take its role away, and see \"Isolate a role\" for what it has sessions of.",
		lookUp("association", `ec2 describe-iam-instance-profile-associations --region "$region" --filters Name=instance-id,Values="$instance"`, "IamInstanceProfileAssociations[0].AssociationId"),
		`aws ec2 disassociate-iam-instance-profile --region "$region" --association-id "$association"`)
	section.Do("", "Copy its disks.",
		`aws ec2 create-snapshots --region "$region" --instance-specification InstanceId="$instance" --description "Evidence of $instance" --tag-specifications 'ResourceType=snapshot,Tags=[{Key=Name,Value=evidence}]'`)
	section.Do("", "Back: an instance that a stack makes is replaced, not cleaned. Let it be deleted again, and have the stack make a new one.",
		`aws ec2 modify-instance-attribute --region "$region" --instance-id "$instance" --no-disable-api-termination`,
		`aws ec2 terminate-instances --region "$region" --instance-ids "$instance"`)
}

// quarantine is the name of the group of isolated instances.
func quarantine(s *source.Source) string { return s.Estate.Project + "-quarantine" }

// nodes is the section on nodes of clusters.
func nodes(s *source.Source, d *document.Document) {
	clusters := s.Made("aws_eks_cluster")
	if len(clusters) == 0 {
		return
	}
	section := d.Section("Isolate a node or a pod of a cluster",
		"Kubernetes moves nothing more onto the node, and Karpenter leaves it; what runs there stays, to be looked at. Then isolate its instance, as above. `node`, `namespace` and `pod` are Kubernetes' names.")
	for _, r := range clusters {
		section.Do(s.Account(r.Account), fmt.Sprintf("Reach the cluster %s. Its API has the addresses that its endpoint has: from outside of the network, go through whoever may.", source.Name(r)),
			fmt.Sprintf("aws eks update-kubeconfig --region %s --name %s", r.Region, source.Name(r)))
	}
	section.Do("", "Keep others off the node, and see which instance it is.",
		`kubectl cordon "$node"`,
		`kubectl annotate node "$node" --overwrite karpenter.sh/do-not-disrupt=true`,
		`kubectl get node "$node" --output jsonpath='{.spec.providerID}'`)
	section.Do("", "Or cut off one pod: a label of its own takes it out of its Service and its controller, and a policy stops its packets. Policies add up, so what those of the namespace allow to all pods, as DNS, is still allowed: the last command lists them. To stop that too, isolate the node.",
		`kubectl label pod --namespace "$namespace" "$pod" --overwrite app.kubernetes.io/name=quarantine incident=isolated`,
		`printf '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"isolated"},"spec":{"podSelector":{"matchLabels":{"incident":"isolated"}},"policyTypes":["Ingress","Egress"]}}' | kubectl apply --namespace "$namespace" --filename -`,
		`kubectl get networkpolicies --namespace "$namespace" --output custom-columns=NAME:.metadata.name,PODS:.spec.podSelector,EGRESS:.spec.egress`)
	section.Do("", "Take away what a workload may in AWS: its role, below. Its pods get new credentials of it every hour, so the role has to refuse.",
		`kubectl get pod --namespace "$namespace" "$pod" --output jsonpath='{.spec.serviceAccountName}'`)
	section.Do("", "Back: the node goes, and its group or Karpenter makes another.",
		`kubectl drain "$node" --ignore-daemonsets --delete-emptydir-data`)
}
