package network

import (
	"net/netip"
	"slices"
	"strconv"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
	"hubspoke/proof/stackjson"
)

// waysOf are the ways of a load balancer, by its listeners. known is false unless all of
// them, and all their targets, can be read: a controller in a cluster adds listeners to load
// balancers of its own alone.
func (b *builder) waysOf(balancer *Relay) (ways []Way, known bool) {
	for _, kind := range []string{"aws_lb_target_group_attachment", "aws_alb_target_group_attachment", "aws_lb_listener_rule", "aws_alb_listener_rule"} {
		b.modelled[kind] = true
	}
	for _, listener := range b.both("aws_lb_listener", "aws_alb_listener") {
		switch of := listener.Argument("load_balancer_arn").(type) {
		case config.Ref:
			if of.Resource != balancer.Resource {
				continue
			}
		case string:
			continue // of what no stack here makes
		default:
			return nil, false
		}
		port, numbered := portOf(listener)
		protocol, _ := listener.Argument("protocol").(string)
		if !numbered || !plain(listener) || slices.Contains([]string{"UDP", "TCP_UDP", "QUIC", "TCP_QUIC"}, protocol) {
			return nil, false
		}
		way := Way{Resource: listener, Port: port}
		groups, ok := forwarding(listener, "default_action")
		for _, rule := range b.both("aws_lb_listener_rule", "aws_alb_listener_rule") {
			switch of := rule.Argument("listener_arn").(type) {
			case config.Ref:
				if of.Resource == listener {
					more, readable := forwarding(rule, "action")
					groups, ok = append(groups, more...), ok && readable && plain(rule)
				}
			case string:
			default:
				return nil, false
			}
		}
		if !ok {
			return nil, false
		}
		for _, group := range groups {
			backends, ok := b.backends(balancer, group)
			if !ok {
				return nil, false
			}
			way.Backends = append(way.Backends, backends...)
		}
		ways = append(ways, way)
	}
	return ways, len(ways) > 0
}

// both are the resources of a type that has two names.
func (b *builder) both(kind, other string) []*config.Resource {
	return slices.Concat(b.config.All(kind), b.config.All(other))
}

// plain says that a resource is all that is written in it: no dynamic block adds to it, and
// no change of it is ignored.
func plain(r *config.Resource) bool {
	return r.Argument("dynamic") == nil && len(r.Ignored()) == 0
}

// portOf is the port of a listener, a target group or an attachment.
func portOf(r *config.Resource) (uint32, bool) {
	switch v := r.Argument("port").(type) {
	case float64:
		return uint32(v), true
	case string:
		n, err := strconv.ParseUint(v, 10, 16)
		return uint32(n), err == nil
	}
	return 0, false
}

// forwarding are the target groups of the actions of a listener or a rule; ok is false if
// they cannot be read.
func forwarding(r *config.Resource, name string) (groups []*config.Resource, ok bool) {
	add := func(value any) bool {
		ref, ok := value.(config.Ref)
		if ok && !slices.Contains(groups, ref.Resource) {
			groups = append(groups, ref.Resource)
		}
		return ok && !ref.Resource.Data
	}
	for _, item := range stackjson.List(r.Argument(name)) {
		action, ok := item.(map[string]any)
		if !ok {
			return nil, false
		}
		if action["type"] != "forward" {
			if _, ok := action["type"].(string); !ok {
				return nil, false
			}
			continue
		}
		if one := action["target_group_arn"]; one != nil && one != "" && !add(one) {
			return nil, false
		}
		for _, forward := range stackjson.List(action["forward"]) {
			several, ok := forward.(map[string]any)
			if !ok {
				return nil, false
			}
			for _, item := range stackjson.List(several["target_group"]) {
				group, ok := item.(map[string]any)
				if !ok || !add(group["arn"]) {
					return nil, false
				}
			}
		}
	}
	return groups, true
}

// backends are the targets of a group; ok is false if they are not known. Who else names the
// group may register targets, such as an autoscaling group.
func (b *builder) backends(balancer *Relay, group *config.Resource) (all []Backend, ok bool) {
	if !plain(group) {
		return nil, false
	}
	v := balancer.From[0].VPC
	if of, ok := group.Argument("vpc_id").(config.Ref); !ok || b.vpcs[of.Resource] != v {
		return nil, false
	}
	attached := false
	for _, a := range b.both("aws_lb_target_group_attachment", "aws_alb_target_group_attachment") {
		of, ok := a.Argument("target_group_arn").(config.Ref)
		if !ok {
			if _, elsewhere := a.Argument("target_group_arn").(string); elsewhere {
				continue
			}
			return nil, false
		}
		if of.Resource != group {
			continue
		}
		attached = true
		one, ok := b.attachedBackend(v, group, a)
		if !ok {
			return nil, false
		}
		all = append(all, one)
	}
	if b.registered(group) {
		return nil, false
	}
	if !attached && group.Argument("target_type") == "ip" {
		return b.boundBackends(balancer)
	}
	return all, attached
}

// attachedBackend is what one attachment registers.
func (b *builder) attachedBackend(v *VPC, group, attachment *config.Resource) (one Backend, ok bool) {
	port, ok := portOf(attachment)
	if !ok && attachment.Argument("port") == nil {
		port, ok = portOf(group)
	}
	if !ok || !plain(attachment) {
		return one, false
	}
	switch id := attachment.Argument("target_id").(type) {
	case string:
		a, err := netip.ParseAddr(id)
		if err != nil {
			return one, false
		}
		if one, ok = b.withAddress(v, a); !ok {
			return one, false
		}
	case config.Ref:
		if one.Interfaces = b.interfacesOf(id.Resource); len(one.Interfaces) == 0 {
			return one, false
		}
	default:
		return one, false
	}
	one.Resource, one.Ports = attachment, packet.One(port)
	return one, true
}

// watchers name a target group and register nothing.
var watchers = []string{
	"aws_lb_listener", "aws_alb_listener", "aws_lb_listener_rule", "aws_alb_listener_rule", "aws_lb_target_group_attachment",
	"aws_alb_target_group_attachment", "aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm", "aws_cloudwatch_dashboard",
}

// registered says whether anything may register targets beside attachments.
func (b *builder) registered(group *config.Resource) bool {
	for _, s := range b.config.Stacks {
		for _, r := range s.Resources {
			if !slices.Contains(watchers, r.Type) && slices.Contains(r.References(), group) {
				return true
			}
		}
	}
	return false
}

// boundBackends are the targets that a controller registers in a group without any of the
// stacks': pods, which are at nodes' interfaces with nodes' groups. The load balancer
// reaches those that its own groups lead to. If they lead elsewhere too, it is not known
// what the controller takes: it adds the pods that somebody in the cluster names.
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/targetgroupbinding/
func (b *builder) boundBackends(balancer *Relay) (all []Backend, ok bool) {
	for _, g := range balancer.From[0].Groups {
		if len(g.Unknown) > 0 {
			return nil, false
		}
		for _, rule := range g.Egress {
			if rule.Group == nil || rule.Traffic.Protocol != packet.One(packet.TCP) {
				return nil, false
			}
			to := Backend{Resource: rule.Resource, Group: rule.Group, Ports: rule.Traffic.Port}
			for _, i := range b.Interfaces {
				if i.Kind == Nodes && slices.Contains(i.Groups, rule.Group) {
					to.Interfaces = append(to.Interfaces, i)
				}
			}
			if len(to.Interfaces) == 0 {
				return nil, false
			}
			all = append(all, to)
		}
	}
	return all, len(all) > 0
}

// MayBe says whether an interface may be what the backend is.
func (b Backend) MayBe(i *Interface) bool {
	return slices.Contains(b.Interfaces, i) || b.Subnet == i.Subnet && b.Subnet != nil && i.Addresses.Overlaps(packet.One(packet.Address(b.Address)))
}
