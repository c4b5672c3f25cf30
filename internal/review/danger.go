package review

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/compare"
	"hubspoke/proof"
)

// dangers gathers what nobody should overlook: first what is lost, then what lets somebody in.
func (r *Review) dangers(c *compare.Comparison, changes []compare.Change) {
	r.Dangerous = []Danger{}
	told := map[string]bool{}
	for _, f := range c.Findings {
		foundation := f.Kind == compare.Deleted || f.Kind == compare.Weaker
		if !f.Kind.Refused() && !foundation || f.Follows != "" && f.Kind != compare.Stopped {
			continue
		}
		told[f.Where()] = true
		r.Dangerous = append(r.Dangerous, Danger{f.Where(), string(f.Kind) + ": " + masked(f, changes), f.Advice})
	}
	for _, why := range c.Split {
		r.Dangerous = append(r.Dangerous, Danger{Where: "order", Why: "cannot be deployed in one go: " + why})
	}
	r.replacedByPlan(told)
	for _, one := range changes {
		if why := unprotected(one); why != "" {
			r.Dangerous = append(r.Dangerous, Danger{Where: one.Where(), Why: why})
		}
		for _, why := range switchedOff(one) {
			r.Dangerous = append(r.Dangerous, Danger{Where: one.Where(), Why: why})
		}
		if why := opened(one); why != "" {
			r.Dangerous = append(r.Dangerous, Danger{Where: one.Where(), Why: why})
		}
	}
	for _, p := range r.Reachability.Opened {
		if p.From == "internet" && !p.New {
			r.Dangerous = append(r.Dangerous, Danger{Where: p.Because, Why: fmt.Sprintf("the internet reaches %s: %s", p.To, p.Packets)})
		}
	}
	for _, p := range r.Permissions {
		if p.Dangerous {
			r.Dangerous = append(r.Dangerous, Danger{Where: p.Where, Why: p.String()})
		}
	}
	for _, b := range r.Beside {
		if b.Danger != "" {
			r.Dangerous = append(r.Dangerous, Danger{Where: b.Where(), Why: b.Danger})
		}
	}
	for _, f := range r.Findings {
		if !f.Gone && slices.Contains(strangers, f.Kind) {
			r.Dangerous = append(r.Dangerous, Danger{Why: f.Kind + ": " + f.Sentence})
		}
	}
	for _, i := range r.Intents {
		if i.What == string(proof.Violated) || i.What == "removed" || i.Weaker {
			what := i.What
			if i.Weaker && i.What == "changed" {
				what = "may promise less than before"
			}
			r.Dangerous = append(r.Dangerous, Danger{Where: at(i), Why: what + ": " + clipped(i.Intent)})
		}
	}
}

// strangers are the codes of what the proof finds of those who may come in from outside of the estate.
var strangers = []string{"open-to-everybody", "foreign-account"}

func at(i Intent) string {
	if i.File == "" {
		return "intents.yaml"
	}
	return fmt.Sprintf("%s:%d", i.File, i.Line)
}

// masked is why something is found, without values that are sensitive.
func masked(f compare.Finding, changes []compare.Change) string {
	for _, c := range changes {
		if c.Where() != f.Where() {
			continue
		}
		for _, a := range c.Arguments {
			if sensitive(c.Type, a.Path) && (a.Before != "" && strings.Contains(f.Why, a.Before) || a.After != "" && strings.Contains(f.Why, a.After)) {
				return a.Path + " changes"
			}
		}
	}
	return f.Why
}

// replacedByPlan are replacements of what holds data or identity that only a plan knows of.
func (r *Review) replacedByPlan(told map[string]bool) {
	for _, s := range r.Stacks {
		for _, one := range s.Resources {
			kind, _, _ := strings.Cut(one.Address, ".")
			where := s.Name + "/" + one.Address
			if s.Certain && !told[where] && slices.Contains(holding, kind) && (one.Effect == compare.Replace || one.Effect == compare.Delete) {
				r.Dangerous = append(r.Dangerous, Danger{Where: where, Why: "the plan would " + string(one.Effect) + " it: " + one.Why})
			}
		}
	}
}

// holding are the types of resources that hold data, or an identity that others know.
var holding = []string{
	"aws_cloudwatch_log_group", "aws_db_instance", "aws_dynamodb_table", "aws_ec2_transit_gateway", "aws_ec2_transit_gateway_vpc_attachment",
	"aws_ecr_repository", "aws_eip", "aws_eks_cluster", "aws_kms_key", "aws_nat_gateway", "aws_ram_resource_share", "aws_route53_resolver_endpoint",
	"aws_route53_zone", "aws_s3_bucket", "aws_secretsmanager_secret", "aws_subnet", "aws_vpc",
}

// unprotected says that something is not protected against deletion any more.
func unprotected(c compare.Change) string {
	if c.Was == nil || c.Is == nil {
		return ""
	}
	for _, a := range c.Arguments {
		if a.Before == "true" && a.After != "true" && (a.Path == "lifecycle.prevent_destroy" || strings.HasSuffix(a.Path, "deletion_protection") || strings.HasSuffix(a.Path, "deletion_protection_enabled") || a.Path == "delete_protection") {
			return a.Path + " is taken away: the next change can delete it"
		}
	}
	return ""
}

// opened says that a resource begins to name everybody's addresses.
func opened(c compare.Change) string {
	net := everybody(c.Type, c.Is)
	if net == "" || everybody(c.Type, c.Was) != "" || c.Was == nil && !newHole(c) {
		return ""
	}
	return "admits " + net
}

// newHole says of a new resource that it admits what comes in: a rule for what goes out is no hole.
func newHole(c compare.Change) bool { return c.Type == "aws_vpc_security_group_ingress_rule" }

// everywhere are blocks of every address. Two halves are all of it as well, and who writes one means to
// get past a look for the whole.
var everywhere = []string{"0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"}

// everybody is the block of all addresses that a resource lets in, "" for none.
func everybody(kind string, body map[string]any) string {
	in := func(values ...any) string {
		for _, value := range values {
			for _, net := range everywhere {
				if slices.ContainsFunc(list(value), func(one any) bool { return one == net }) {
					return net
				}
			}
		}
		return ""
	}
	switch kind {
	case "aws_vpc_security_group_ingress_rule":
		return in(body["cidr_ipv4"], body["cidr_ipv6"])
	case "aws_security_group_rule":
		if body["type"] == "ingress" {
			return in(body["cidr_blocks"], body["ipv6_cidr_blocks"])
		}
	case "aws_security_group":
		for _, rule := range list(body["ingress"]) {
			one, _ := rule.(map[string]any)
			if net := in(one["cidr_blocks"], one["ipv6_cidr_blocks"]); net != "" {
				return net
			}
		}
	case "aws_eks_cluster":
		for _, item := range list(body["vpc_config"]) {
			config, _ := item.(map[string]any)
			if config["endpoint_public_access"] == true {
				if config["public_access_cidrs"] == nil {
					return "0.0.0.0/0"
				}
				return in(config["public_access_cidrs"])
			}
		}
	}
	return ""
}
