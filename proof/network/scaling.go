package network

import "hubspoke/proof/config"

// makeScaling adds the instances that others than a stack start, by what they are told: a
// group's instances in each of its subnets, whether or not there is one now.
func (b *builder) makeScaling() {
	// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/autoscaling_group
	b.each("aws_autoscaling_group", func(r *config.Resource, in block) {
		subnets := b.subnetsOf(in, "vpc_zone_identifier")
		if len(subnets) == 0 {
			in.note("vpc_zone_identifier names no subnet that is known: in zones alone, instances are in the account's default VPC")
			return
		}
		b.attachedBalancers(in)
		for _, from := range b.groupTemplates(in) {
			all := b.addInterfaces(from.block, Instance, r.Name, subnets, from.groups)
			b.checkVersion(r, from.launchTemplate, all)
			for _, i := range all {
				i.Public = from.public(i.Subnet)
			}
		}
	})
	b.each("aws_spot_instance_request", b.makeInstance)
	b.each("aws_spot_fleet_request", b.makeSpotFleet)
	b.each("aws_ec2_fleet", func(r *config.Resource, in block) {
		for _, config := range in.blocks("launch_template_config") {
			template := b.specified(config)
			overrides := config.blocks("override")
			for _, override := range overrides {
				all := b.addInterfaces(in, Instance, r.Name, b.subnetsOf(override, "subnet_id"), template.groups)
				b.checkVersion(r, template, all)
				for _, i := range all {
					i.Public = template.public(i.Subnet)
				}
			}
			if len(overrides) == 0 {
				in.note("the subnets of a fleet are those of its overrides, and it has none")
			}
		}
	})
}

// attachedBalancers reads what a group's instances are targets of. Whom a load balancer
// passes on to is not looked at, but that it can be told is.
func (b *builder) attachedBalancers(in block) {
	for _, name := range []string{"target_group_arns", "load_balancers", "traffic_source"} {
		in.list(name)
	}
}

// started is what an instance is started with: the groups that it has, and where it has a
// public address.
type started struct {
	block
	launchTemplate
}

// groupTemplates are the templates of an autoscaling group: one, or those of a mixed policy,
// each of which may start any of its instances.
func (b *builder) groupTemplates(in block) []started {
	switch {
	case in.isSet("launch_template"):
		return []started{{in, b.template(in)}}
	case in.isSet("launch_configuration"):
		return []started{{in, b.launchConfiguration(in)}}
	}
	var all []started
	for _, template := range in.first("mixed_instances_policy").blocks("launch_template") {
		all = append(all, started{in, b.specified(template)})
		for _, override := range template.blocks("override") {
			if override.isSet("launch_template_specification") {
				all = append(all, started{in, b.specified(override)})
			}
		}
	}
	if len(all) == 0 {
		in.note("what its instances are started with is not known")
	}
	return all
}

// specified is the launch template of a block launch_template_specification, whose
// arguments are called otherwise than those of launch_template.
func (b *builder) specified(in block) launchTemplate {
	spec := in.first("launch_template_specification")
	return b.template(block{resource: in.resource, get: func(name string) any {
		if name != "launch_template" {
			return nil
		}
		named := map[string]any{"id": spec.get("launch_template_id"), "name": spec.get("launch_template_name"), "version": spec.get("version")}
		if named["id"] == nil {
			named["id"] = spec.get("id")
		}
		if named["name"] == nil {
			named["name"] = spec.get("name")
		}
		return []any{named}
	}, unknown: in.unknown})
}

// launchConfiguration is the launch configuration that a group names. Its argument
// associate_public_ip_address overrides what the subnet says.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/create-launch-config.html
func (b *builder) launchConfiguration(in block) launchTemplate {
	t := launchTemplate{public: func(s *Subnet) bool { return s.PublicOnLaunch }}
	value := in.get("launch_configuration")
	ref, _ := value.(config.Ref)
	for _, r := range b.config.All("aws_launch_configuration") {
		if r != ref.Resource && (r.Argument("name") != value || r.Account != in.resource.Account) {
			continue
		}
		from := blockOf(r, in.unknown)
		t.groups = b.groupsOf(from, "security_groups")
		if from.isSet("associate_public_ip_address") {
			public := from.bool("associate_public_ip_address", false)
			t.public = func(*Subnet) bool { return public }
		}
		return t
	}
	in.note("the launch configuration is not known")
	return t
}

// makeSpotFleet adds what a spot fleet starts, by specifications of its own or by launch
// templates.
func (b *builder) makeSpotFleet(r *config.Resource, in block) {
	found := false
	for _, spec := range in.blocks("launch_specification") {
		found = true
		for _, i := range b.addInterfaces(spec, Instance, r.Name, b.subnetList(spec, "subnet_id"), b.groupsOf(spec, "vpc_security_group_ids")) {
			i.Public = spec.bool("associate_public_ip_address", i.Subnet.PublicOnLaunch)
		}
	}
	for _, c := range in.blocks("launch_template_config") {
		found = true
		template := b.specified(c)
		for _, override := range c.blocks("overrides") {
			all := b.addInterfaces(in, Instance, r.Name, b.subnetsOf(override, "subnet_id"), template.groups)
			b.checkVersion(r, template, all)
			for _, i := range all {
				i.Public = template.public(i.Subnet)
			}
		}
		if !c.isSet("overrides") {
			in.note("the subnets of a fleet with launch templates are those of its overrides, and it has none")
		}
	}
	if !found {
		in.note("what its instances are started with is not known")
	}
}
