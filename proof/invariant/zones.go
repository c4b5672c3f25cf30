package invariant

import (
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// What is found here.
var (
	zoneVPCsInTwoForms = catalogue.Add("zone-vpcs-in-two-forms",
		"A private zone names VPCs within itself, and others are associated with it by `aws_route53_zone_association`. Each "+
			"apply of the zone takes those associations away again.",
		"Add `ignore_changes = [vpc]` to the zone's `lifecycle`, or choose one form.")
	zoneVPCOfOtherRegion = catalogue.Add("zone-vpc-of-other-region",
		"A zone, an association or an authorization names a region for a VPC that is not the VPC's own. AWS finds no such "+
			"VPC there (InvalidVPCId).",
		"Set `vpc_region` to the VPC's region; where it is not set, it is the provider's.")
)

// checkHostedZones checks how VPCs are associated with private zones:
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/route53_zone
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/route53_zone_association
func (k *checker) checkHostedZones() {
	for _, z := range k.Zones {
		if !z.Private {
			continue
		}
		// A state lists all VPCs of a zone, and does not say which of them somebody has written there, or ignores.
		ignored := z.Resource.Listed("vpc") || slices.ContainsFunc(z.Resource.Ignored(), func(path string) bool { return path == "all" || path == "vpc" })
		for _, a := range z.Associations {
			if a.Resource != z.Resource && !ignored {
				k.Violation(zoneVPCsInTwoForms, about(z.Resource, a.Resource),
					"%s names VPCs within it, and %s is apart from it: each apply of the zone removes that; ignore changes of vpc in the zone", z.Resource, a.Resource)
			}
			k.checkZoneRegion(a.Resource, a.VPC.Resource)
		}
		for _, a := range z.Authorizations {
			k.checkZoneRegion(a.Resource, a.VPC.Resource)
		}
	}
}

// checkZoneRegion checks the region that a resource names for a VPC, in itself or in the
// block about that VPC.
func (k *checker) checkZoneRegion(r, vpc *config.Resource) {
	bodies := []any{map[string]any{"vpc_id": r.Argument("vpc_id"), "vpc_region": r.Argument("vpc_region")}}
	if r.Type == "aws_route53_zone" {
		bodies = stackjson.List(r.Argument("vpc"))
	}
	for _, item := range bodies {
		body, _ := item.(map[string]any)
		if id, _ := body["vpc_id"].(config.Ref); r.Type == "aws_route53_zone" && id.Resource != vpc {
			continue
		}
		region := r.Region
		if set := body["vpc_region"]; set != nil && set != "" {
			region, _ = set.(string)
		}
		if region != "" && vpc.Region != "" && !strings.EqualFold(region, vpc.Region) {
			k.Violation(zoneVPCOfOtherRegion, about(r, vpc), "%s looks for %s in %s, which is in %s: correct vpc_region", r, vpc, region, vpc.Region)
		}
	}
}
