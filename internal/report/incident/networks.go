package incident

import (
	"fmt"
	"strings"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
)

// spoke is the section on a VPC that nothing else is to reach.
func spoke(s *source.Source, d *document.Document) {
	attachments := s.Made("aws_ec2_transit_gateway_vpc_attachment")
	section := d.Section("Isolate a spoke",
		"First the transit gateway: an attachment without a route table has nowhere to send to, and one that no table knows gets nothing. Then, if it must be, every subnet: a network ACL without rules denies all, "+
			"also connections that are open, and with them endpoints and nodes' way to their control plane. No ACL stops queries to the VPC's own resolver, by which data gets out as well: the VPC's DNS is switched off with them.")
	if len(attachments) == 0 {
		section.Text = []string{"No VPC of the estate is attached to a transit gateway: the subnets are what there is to close."}
	}
	for _, a := range attachments {
		of := s.Find("aws_vpc", a.Argument("vpc_id"), a)
		if of == nil {
			continue
		}
		section.Do(s.Account(a.Account), fmt.Sprintf("The VPC %s. Find it,", source.Name(of)), vpc(of))
		commands, stacks, where := detach(s, a)
		if len(commands) > 0 {
			section.Do(where, fmt.Sprintf("and take it off the transit gateway. Back: `make deploy STACKS=\"%s\"`.", strings.Join(stacks, " ")), commands...)
		}
	}
	for _, r := range s.Made("aws_vpc") {
		section.Do(s.Account(r.Account), fmt.Sprintf("Close the subnets of %s. Back: `make deploy STACKS=%s`, then delete the ACL.", source.Name(r), r.Stack.Name),
			vpc(r),
			lookUp("acl", fmt.Sprintf(`ec2 create-network-acl --region %s --vpc-id "$vpc" --tag-specifications 'ResourceType=network-acl,Tags=[{Key=Name,Value=%s}]'`, r.Region, quarantine(s)), "NetworkAcl.NetworkAclId"),
			fmt.Sprintf(`for association in $(aws ec2 describe-network-acls --region %s --filters Name=vpc-id,Values="$vpc" --query 'NetworkAcls[].Associations[].NetworkAclAssociationId' --output text); do`, r.Region),
			fmt.Sprintf(`  aws ec2 replace-network-acl-association --region %s --association-id "$association" --network-acl-id "$acl"`, r.Region),
			"done",
			// AWS changes one attribute in a call, and there are no host names without DNS.
			fmt.Sprintf(`aws ec2 modify-vpc-attribute --region %s --vpc-id "$vpc" --no-enable-dns-hostnames`, r.Region),
			fmt.Sprintf(`aws ec2 modify-vpc-attribute --region %s --vpc-id "$vpc" --no-enable-dns-support`, r.Region))
	}
}

// detach are the commands that take an attachment off its transit gateway, the stacks that put it
// back, and the account in which they run.
func detach(s *source.Source, a *config.Resource) (commands, stacks []string, where string) {
	add := func(r *config.Resource, command string) {
		table := source.Target(r.Argument("transit_gateway_route_table_id"))
		if source.Target(r.Argument("transit_gateway_attachment_id")) != a || table == nil {
			return
		}
		if len(commands) == 0 {
			where = s.Account(r.Account)
			commands = append(commands, fmt.Sprintf(`attachment=$(aws ec2 describe-transit-gateway-attachments --region %s --filters Name=resource-type,Values=vpc Name=resource-id,Values="$vpc" --query "TransitGatewayAttachments[?State=='available'].TransitGatewayAttachmentId|[0]" --output text)`, r.Region))
		}
		if len(stacks) == 0 || stacks[len(stacks)-1] != r.Stack.Name {
			stacks = append(stacks, r.Stack.Name)
		}
		commands = append(commands,
			routeTable(table, r.Region),
			command)
	}
	for _, r := range s.Made("aws_ec2_transit_gateway_route_table_association") {
		add(r, fmt.Sprintf(`aws ec2 disassociate-transit-gateway-route-table --region %s --transit-gateway-route-table-id "$table" --transit-gateway-attachment-id "$attachment"`, r.Region))
	}
	for _, r := range s.Made("aws_ec2_transit_gateway_route_table_propagation") {
		add(r, fmt.Sprintf(`aws ec2 disable-transit-gateway-route-table-propagation --region %s --transit-gateway-route-table-id "$table" --transit-gateway-attachment-id "$attachment"`, r.Region))
	}
	for _, r := range s.Made("aws_ec2_transit_gateway_route") {
		add(r, fmt.Sprintf(`aws ec2 replace-transit-gateway-route --region %s --transit-gateway-route-table-id "$table" --destination-cidr-block %s --blackhole`, r.Region, source.Text(r.Argument("destination_cidr_block"))))
	}
	return commands, stacks, where
}

// routeTable puts the id of a transit gateway's route table into the variable `table`. EC2 has no
// filter by tag for these: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTransitGatewayRouteTables.html
func routeTable(table *config.Resource, region string) string {
	return fmt.Sprintf(`table=$(aws ec2 describe-transit-gateway-route-tables --region %s --query "TransitGatewayRouteTables[?Tags[?Key=='Name'&&Value=='%s']].TransitGatewayRouteTableId|[0]" --output text)`, region, source.Name(table))
}

// account is the section on an account that somebody else has.
func account(s *source.Source, d *document.Document) {
	if !s.Estate.IsOrganization() {
		d.Section("Freeze an account", "The estate is no organisation, so no policy above the account stops it: isolate its roles, one by one, and its VPC. Whoever owns the organisation can do more.")
		return
	}
	unit := s.Estate.Org.SuspendedUnit()
	section := d.Section("Freeze an account",
		fmt.Sprintf("In the unit `%s` a service control policy denies everything to everybody in the account, its root user too, but to the roles that the policy exempts. What runs goes on running. It does not bind the management account.", unit)).
		Table("account", "number")
	for _, name := range s.Estate.MemberAccounts() {
		section.Row(name, s.Estate.Accounts[name])
	}
	if unit == "" {
		section.Text = []string{"The organisation has no unit in which everything is denied: `suspended` under `units` in organization.yaml is one."}
		return
	}
	const number = `"$number"`
	move := []string{"unit=$(aws organizations list-roots --query 'Roots[0].Id' --output text)"}
	for part := range strings.SplitSeq(unit, "/") {
		move = append(move, fmt.Sprintf(`unit=$(aws organizations list-organizational-units-for-parent --parent-id "$unit" --query "OrganizationalUnits[?Name=='%s'].Id" --output text)`, part))
	}
	section.Do("management", "Move it. `number` is the account's.", append(move,
		"parent=$(aws organizations list-parents --child-id "+number+" --query 'Parents[0].Id' --output text)",
		"aws organizations move-account --account-id "+number+` --source-parent-id "$parent" --destination-parent-id "$unit"`)...)
	section.Do("management", "See that the unit's policies bind it.",
		`aws organizations list-policies-for-target --target-id "$unit" --filter SERVICE_CONTROL_POLICY --query 'Policies[].Name' --output text`)
	section.Do("management", "Back. `make deploy STACKS=organization` does the same, for the account is in its unit there.",
		"aws organizations move-account --account-id "+number+` --source-parent-id "$unit" --destination-parent-id "$parent"`)
}
