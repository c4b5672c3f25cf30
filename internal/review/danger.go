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
	if c.Is == nil || everybody(c.Type, c.Was) || !everybody(c.Type, c.Is) || c.Was == nil && !newHole(c) {
		return ""
	}
	return "admits 0.0.0.0/0"
}

// newHole says of a new resource that it admits what comes in: a rule for what goes out is no hole.
func newHole(c compare.Change) bool { return c.Type == "aws_vpc_security_group_ingress_rule" }

// everybody says that a block lets in, or leads to, all addresses.
func everybody(kind string, body map[string]any) bool {
	all := func(value any) bool { return strings.Contains(fmt.Sprint(value), "0.0.0.0/0") }
	switch kind {
	case "aws_vpc_security_group_ingress_rule":
		return all(body["cidr_ipv4"])
	case "aws_security_group_rule":
		return body["type"] == "ingress" && all(body["cidr_blocks"])
	case "aws_security_group":
		return all(body["ingress"])
	case "aws_eks_cluster":
		for _, block := range list(body["vpc_config"]) {
			config, _ := block.(map[string]any)
			if config["endpoint_public_access"] == true && (config["public_access_cidrs"] == nil || all(config["public_access_cidrs"])) {
				return true
			}
		}
	}
	return false
}
