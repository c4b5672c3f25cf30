package estate

import (
	"slices"
	"strings"

	"hubspoke/internal/yamldoc"
)

// regionZones are the availability zones of a region, by zone id. The position
// of a zone is its slot in every address plan, so this table only ever grows at
// the end of a line. A zone that new accounts cannot use stands last. Zone ids
// name the same zone in every account:
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
var regionZones = map[string][]string{
	"af-south-1":     {"afs1-az1", "afs1-az2", "afs1-az3"},
	"ap-east-1":      {"ape1-az1", "ape1-az2", "ape1-az3"},
	"ap-east-2":      {"ape2-az1", "ape2-az2", "ape2-az3"},
	"ap-northeast-1": {"apne1-az1", "apne1-az2", "apne1-az4", "apne1-az3"},
	"ap-northeast-2": {"apne2-az1", "apne2-az2", "apne2-az3", "apne2-az4"},
	"ap-northeast-3": {"apne3-az1", "apne3-az2", "apne3-az3"},
	"ap-south-1":     {"aps1-az1", "aps1-az2", "aps1-az3"},
	"ap-south-2":     {"aps2-az1", "aps2-az2", "aps2-az3"},
	"ap-southeast-1": {"apse1-az1", "apse1-az2", "apse1-az3"},
	"ap-southeast-2": {"apse2-az1", "apse2-az2", "apse2-az3"},
	"ap-southeast-3": {"apse3-az1", "apse3-az2", "apse3-az3"},
	"ap-southeast-4": {"apse4-az1", "apse4-az2", "apse4-az3"},
	"ap-southeast-5": {"apse5-az1", "apse5-az2", "apse5-az3"},
	"ap-southeast-6": {"apse6-az1", "apse6-az2", "apse6-az3"},
	"ap-southeast-7": {"apse7-az1", "apse7-az2", "apse7-az3"},
	"ca-central-1":   {"cac1-az1", "cac1-az2", "cac1-az4"},
	"ca-west-1":      {"caw1-az1", "caw1-az2", "caw1-az3"},
	"eu-central-1":   {"euc1-az1", "euc1-az2", "euc1-az3"},
	"eu-central-2":   {"euc2-az1", "euc2-az2", "euc2-az3"},
	"eu-north-1":     {"eun1-az1", "eun1-az2", "eun1-az3"},
	"eu-south-1":     {"eus1-az1", "eus1-az2", "eus1-az3"},
	"eu-south-2":     {"eus2-az1", "eus2-az2", "eus2-az3"},
	"eu-west-1":      {"euw1-az1", "euw1-az2", "euw1-az3"},
	"eu-west-2":      {"euw2-az1", "euw2-az2", "euw2-az3", "euw2-az4"},
	"eu-west-3":      {"euw3-az1", "euw3-az2", "euw3-az3"},
	"il-central-1":   {"ilc1-az1", "ilc1-az2", "ilc1-az3"},
	"me-central-1":   {"mec1-az1", "mec1-az2", "mec1-az3"},
	"me-south-1":     {"mes1-az1", "mes1-az2", "mes1-az3"},
	"mx-central-1":   {"mxc1-az1", "mxc1-az2", "mxc1-az3"},
	"sa-east-1":      {"sae1-az1", "sae1-az2", "sae1-az3"},
	"us-east-1":      {"use1-az1", "use1-az2", "use1-az3", "use1-az4", "use1-az5", "use1-az6"},
	"us-east-2":      {"use2-az1", "use2-az2", "use2-az3"},
	"us-west-1":      {"usw1-az1", "usw1-az2", "usw1-az3"},
	"us-west-2":      {"usw2-az1", "usw2-az2", "usw2-az3", "usw2-az4"},
}

// notForControlPlanes are the zones in which EKS takes no subnets for a control plane.
// Nodes may be there.
// https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
var notForControlPlanes = []string{"cac1-az3", "use1-az3", "usw1-az2"}

// optInRegions are the regions that an account has only after somebody has enabled them.
// https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
var optInRegions = []string{
	"af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
	"ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
}

// OptIn says that a region has to be enabled in an account before it is used.
func OptIn(region string) bool { return slices.Contains(optInRegions, region) }

// validateRegion checks that a region is one of AWS's, and says whether it is.
func validateRegion(at yamldoc.Section, region string) bool {
	_, ok := regionZones[region]
	if !ok {
		at.Errorf("%s is not a region%s", region, yamldoc.Suggest(region, Regions()))
	}
	return ok
}

// Regions are the regions that the address plan knows, sorted.
func Regions() []string { return sortedKeys(regionZones) }

// RegionZones are the availability zones of a region, by zone id, in the order of
// their slots; none if the region is not known.
func RegionZones(region string) []string { return slices.Clone(regionZones[region]) }

// maxZones is the number of slots that a tier of small subnets reserves: more
// than any region has zones.
const (
	maxZones = 1 << slotBits
	slotBits = 3
)

// Partition is the first part of every ARN in the estate's region.
func (e *Estate) Partition() string {
	switch {
	case strings.HasPrefix(e.Region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(e.Region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// UsedZones are the zones that a VPC uses, by zone id, lowest slot first. Where
// the subnets are named one by one, they are those of the private ones.
func (e *Estate) UsedZones(n Network) []string {
	zones := e.zonesBySlot()
	if n.Explicit() {
		return slices.DeleteFunc(zones, func(z string) bool { return !slices.Contains(n.privateZones(), z) })
	}
	return zones[:min(max(n.AZCount, 0), len(zones))]
}

// zonesBySlot are the estate's zones in the order of their slots, whatever the
// order in the file.
func (e *Estate) zonesBySlot() []string {
	var zones []string
	for _, z := range regionZones[e.Region] {
		if slices.Contains(e.Zones, z) {
			zones = append(zones, z)
		}
	}
	return zones
}
