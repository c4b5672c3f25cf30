package estate

import (
	"fmt"
	"strings"
	"testing"
)

// Every way in which an estate can be wrong, with all that is said about it.
var badInput = []struct {
	name  string
	edits []edit
	want  string
}{
	// Files.
	{"estate.yaml is missing", []edit{{"estate.yaml", "", ""}}, `acme/estate.yaml: cannot read the file: it does not exist`},
	{"hub.yaml is missing", []edit{{"hub.yaml", "", ""}}, `acme/hub.yaml: cannot read the file: it does not exist`},
	{"an empty file", []edit{{"dev.yaml", acme["dev.yaml"], " "}}, `acme/dev.yaml: the file is empty: write something into it, or remove it`},
	{"a file of comments", []edit{{"dev.yaml", acme["dev.yaml"], "# later\n"}}, `acme/dev.yaml: the file is empty: write something into it, or remove it`},
	{"not YAML, with a tab", []edit{{"dev.yaml", "  az_count: 2", "\taz_count: 2"}}, `acme/dev.yaml:4: not YAML: the line is indented with a tab, and YAML takes spaces alone`},
	{"not text", []edit{{"dev.yaml", "segment: dev", "segment: \xff\xfe"}}, `acme/dev.yaml:1: not UTF-8 text`},
	{"a second document", []edit{{"dev.yaml", "", "---\nsegment: dev\n"}}, `acme/dev.yaml:15: a second YAML document: one file holds one document`},
	{"a list at the top", []edit{{"dev.yaml", acme["dev.yaml"], "- dev\n"}}, "acme/dev.yaml:1: want keys and values (`key: value`) at the top of the file, not a list"},
	{"the British spelling", []edit{{"organisation.yaml", "", "id: o-abcdefghij\n"}}, `acme/organisation.yaml: would be the file of a spoke: AWS and the estate write organization.yaml, so rename it`},
	{"an account that is yet to be made, in capitals", []edit{{"estate.yaml", `"222222222222"`, `New`}}, `acme/estate.yaml:6: accounts.dev: New is not an account number: for an account that is yet to be made, write new`},
	{"a file that would be ignored", []edit{{"qa.yml", "", "segment: dev\n"}}, `acme/qa.yml: would be ignored: rename it to end in .yaml`},

	{"a file with its ending in capitals", []edit{{"qa.YAML", "", "segment: dev\n"}}, `acme/qa.YAML: would be ignored: rename it to end in .yaml`},
	{"a file with an ending too many", []edit{{"qa.yaml.txt", "", "segment: dev\n"}}, `acme/qa.yaml.txt: would be ignored: rename it to end in .yaml`},
	{"a file in a folder", []edit{{"spokes/qa.yaml", "", "segment: dev\n"}}, `acme/spokes: a folder in an estate is ignored, and this one has spokes/qa.yaml: spokes stand beside estate.yaml`},
	{"a file in a folder of a folder", []edit{{"spokes/eu/qa.yml", "", "segment: dev\n"}}, `acme/spokes: a folder in an estate is ignored, and this one has spokes/eu/qa.yml: spokes stand beside estate.yaml`},

	{"a spoke's file with another ending", []edit{{"dev.yml", "", acme["dev.yaml"]}, {"dev.yaml", "", ""}}, `acme/dev.yml: would be ignored: rename it to end in .yaml`},
	{"a spoke's file in capitals", []edit{{"Dev.yaml", "", acme["dev.yaml"]}, {"dev.yaml", "", ""}}, `acme/Dev.yaml:1: the file's name is the account's: up to 20 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen`},
	{"a file that is no spoke's", []edit{{"notes.yaml", "", "todo: everything\n"}}, `acme/notes.yaml:1: every .yaml file here is a spoke's, and this one has neither an account in estate.yaml nor a network: move it out of the folder`},

	{"a hub whose network was forgotten", []edit{{"hub.yaml", "network:\n  cidr: 10.0.0.0/16\n", "# network\n"}, {"hub.yaml", "  az_count: 3\n", ""}, {"hub.yaml", "  nat: single\n", ""}}, `acme/hub.yaml:1: network: missing: endpoints, inbound_resolver, probe, segment, transit_gateway here, and segments in estate.yaml, say something about the hub's network: give it one, or leave them out`},

	// What YAML can do, and an estate cannot.
	{"an anchor and an alias", []edit{{"estate.yaml", "  dev:\n    reaches: [shared]", "  dev: &dev\n    reaches: [shared]"}, {"estate.yaml", "  prod:\n    reaches: [shared]", "  prod: *dev"}}, `
acme/estate.yaml:13: segments.dev: anchors and aliases (& and *) are not read: write the value out
acme/estate.yaml:15: segments.prod: anchors and aliases (& and *) are not read: write the value out
`},

	// Keys.
	{"an unknown key", []edit{{"estate.yaml", "tags:", "colour: red\ntags:"}}, `acme/estate.yaml:47: colour: unknown key: those here are accounts, address_space, alarms, as_of, dns, endpoint_names, github, logs, on_premises, organization, project, quotas, region, renamed, retire, segmentation, segments, state, tags, zones`},
	{"a misspelt key", []edit{{"dev.yaml", "az_count: 2", "az_cuont: 3"}}, `acme/dev.yaml:4: network.az_cuont: unknown key (did you mean "az_count"?)`},
	{"a key one level too high", []edit{{"dev.yaml", "  cidr: 10.1.0.0/16\n", ""}, {"dev.yaml", "", "cidr: 10.1.0.0/16\n"}}, `acme/dev.yaml:14: cidr: unknown key here: it belongs under network`},
	{"a key one level too deep", []edit{{"dev.yaml", "segment: dev\n", ""}, {"dev.yaml", "  az_count: 2", "  az_count: 2\n  segment: dev"}}, `acme/dev.yaml:4: network.segment: unknown key here: it belongs at the top of the file`},
	{"a key of the section beside it", []edit{{"prod.yaml", "  az_count: 3\n", ""}, {"prod.yaml", "  external-dns:\n", "  external-dns:\n    az_count: 3\n"}}, `acme/prod.yaml:7: record_roles.external-dns.az_count: unknown key here: it belongs under network`},
	{"a truth value for one of several words", []edit{{"dev.yaml", "  nat: none", "  nat: true"}}, `acme/dev.yaml:5: network.nat: want one of single, one_per_az, central, none, not the truth value true`},
	{"a zone that is visible to nobody of that name", []edit{{"estate.yaml", "visible_to: [hub, dev]", "visible_to: [hub, devv]"}}, `acme/estate.yaml:24: dns.private_zones["dev.acme.internal"].visible_to[1]: there is no spoke "devv": visible_to names hub and spokes (did you mean "dev"?)`},
	{"a section without its heading", []edit{{"prod.yaml", "network:\n  cidr: 10.2.0.0/16\n  az_count: 3\n  nat: one_per_az\n", "cidr: 10.2.0.0/16\naz_count: 3\nnat: one_per_az\n"}}, `acme/prod.yaml:2: cidr: unknown key here, like az_count (line 3) and nat (line 4): they belong under network`},
	{"a key of another file", []edit{{"dev.yaml", "segment: dev", "segment: dev\nregion: eu-central-1"}}, `acme/dev.yaml:2: region: unknown key here: it belongs in estate.yaml`},
	{"keys in the place of a name", []edit{{"prod.yaml", "  external-dns:\n    zones: [app.acme.example]", "  zones: [app.acme.example]"}}, `acme/prod.yaml:7: record_roles.zones: stands where a name does: put it under one, indented deeper`},
	{"a beginning of a value", []edit{{"dev.yaml", "  nat: none", "  nat: one"}}, `acme/dev.yaml:5: network.nat: "one" is not one of single, one_per_az, central, none (did you mean "one_per_az"?)`},
	{"a misspelt key that must be there", []edit{{"dev.yaml", "segment: dev", "segement: dev"}}, `acme/dev.yaml:1: segement: unknown key (did you mean "segment"?)`},
	{"a key stated twice", []edit{{"estate.yaml", "tags:", "region: eu-west-1\ntags:"}}, `acme/estate.yaml:47: region: stated twice, first on line 2`},
	{"an account stated twice", []edit{{"estate.yaml", "  dev: \"222222222222\"", "  dev: \"222222222222\"\n  dev: \"555555555555\""}}, `acme/estate.yaml:7: accounts.dev: stated twice, first on line 6`},
	{"a missing key at the top", []edit{{"estate.yaml", "project: acme\n", ""}}, `acme/estate.yaml:1: project: missing: write one, such as project: piksel`},
	{"missing keys in a group", []edit{{"hub.yaml", "          repository: acme/app\n          ref: refs/heads/main", "          {}"}}, `acme/hub.yaml:15: registry.repositories["acme/app"].push.app.repository: missing: write one, such as repository: owner/name`},
	{"a group without anything", []edit{{"prod.yaml", "  cidr: 10.2.0.0/16\n  az_count: 3\n  nat: one_per_az\n", ""}}, `acme/prod.yaml:2: network: nothing stands here: it needs cidr`},

	// Types.
	{"an unquoted account number", []edit{{"estate.yaml", `"222222222222"`, `222222222222`}}, `acme/estate.yaml:6: accounts.dev: want a text, not the number 222222222222: put it in quotes`},
	{"a text for a truth value", []edit{{"dev.yaml", "probe: true", "probe: \"true\""}}, `acme/dev.yaml:14: probe: want true or false, not "true"`},
	{"empty strings in lists", []edit{{"estate.yaml", "visible_to: [hub, dev, prod]", `visible_to: [hub, dev, ""]`}, {"hub.yaml", "[sts,", `["  ",`}}, `
acme/estate.yaml:22: dns.private_zones["acme.internal"].visible_to[2]: empty: give it a value, or leave the key out
acme/hub.yaml:8: endpoints[0]: empty: give it a value, or leave the key out
`},
	{"not a range", []edit{{"dev.yaml", "10.1.0.0/16", "10.1.0.0"}}, `acme/dev.yaml:3: network.cidr: "10.1.0.0" is not an IPv4 address range like 10.1.0.0/16`},
	{"not an address", []edit{{"estate.yaml", "[192.168.0.10]", "[ns.corp.example]"}}, `acme/estate.yaml:28: on_premises.domains["corp.example"][0]: "ns.corp.example" is not an IPv4 address like 192.168.0.10`},
	{"a value that is none of the known", []edit{{"prod.yaml", "one_per_az", "one-per-az"}, {"estate.yaml", "amazon-first", "first"}, {"estate.yaml", "backend: s3", "backend: S3"}, {"estate.yaml", "segmentation: segments", "segmentation: none"}}, `
acme/estate.yaml:10: segmentation: "none" is not one of segments, mesh
acme/estate.yaml:18: dns.resolver_order: "first" is not one of amazon-only, amazon-first, hub-first
acme/estate.yaml:33: state.backend: "S3" is not one of s3, local (did you mean "s3"?)
acme/prod.yaml:5: network.nat: "one-per-az" is not one of single, one_per_az, central, none (did you mean "one_per_az"?)
`},

	// Names, region, zones.
	{"a project in capitals", []edit{{"estate.yaml", "project: acme", "project: Acme"}}, `acme/estate.yaml:1: project: "Acme" is not a name of 2 to 20 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen`},
	{"a region that is none", []edit{{"estate.yaml", "region: ap-southeast-3", "region: ap-southeast-33"}}, `acme/estate.yaml:2: region: "ap-southeast-33" is not a region that the address plan knows (did you mean "ap-southeast-3"?): those are af-south-1, ap-east-1, ap-east-2, ap-northeast-1, ap-northeast-2, ap-northeast-3, ap-south-1, ap-south-2, ap-southeast-1, ap-southeast-2, ap-southeast-3, ap-southeast-4, ap-southeast-5, ap-southeast-6, ap-southeast-7, ca-central-1, ca-west-1, eu-central-1, eu-central-2, eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-2, eu-west-3, il-central-1, me-central-1, me-south-1, mx-central-1, sa-east-1, us-east-1, us-east-2, us-west-1, us-west-2`},
	{"a zone of another region", []edit{{"estate.yaml", "apse3-az3]", "apse2-az3]"}}, `acme/estate.yaml:3: zones[2]: "apse2-az3" is not a zone id of ap-southeast-3: those are apse3-az1, apse3-az2, apse3-az3`},
	{"a zone name for a zone id", []edit{{"estate.yaml", "apse3-az3]", "ap-southeast-3c]"}}, `acme/estate.yaml:3: zones[2]: "ap-southeast-3c" is not a zone id of ap-southeast-3: those are apse3-az1, apse3-az2, apse3-az3`},
	{"a zone named twice", []edit{{"estate.yaml", "apse3-az3]", "apse3-az1]"}}, `acme/estate.yaml:3: zones[2]: "apse3-az1" is named twice, first on line 3`},
	{"one zone", []edit{{"estate.yaml", "[apse3-az1, apse3-az2, apse3-az3]", "[apse3-az1]"}}, `acme/estate.yaml:3: zones: want 2 or more, not 1: EKS, RDS subnet groups and resolver endpoints all need two`},

	{"a project that begins as no group or bucket does", []edit{{"estate.yaml", "project: acme", "project: sg-acme"}}, `acme/estate.yaml:1: project: "sg-acme" begins as no name of a security group (sg-) or of a bucket (xn--, sthree-, amzn-s3-demo-) may`},

	// Accounts.
	{"an account number of the wrong length", []edit{{"estate.yaml", `"222222222222"`, `"22222222222"`}}, `acme/estate.yaml:6: accounts.dev: "22222222222" is not an account number: those have 12 digits`},
	{"an account number used twice", []edit{{"estate.yaml", `"222222222222"`, `"111111111111"`}}, `acme/estate.yaml:6: accounts.dev: account number 111111111111 is that of hub already`},
	{"an account name in capitals", []edit{{"estate.yaml", "  audit:", "  Audit:"}, {"estate.yaml", "account: audit", "account: hub"}}, `acme/estate.yaml:8: accounts.Audit: "Audit" is not an account name of up to 20 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen`},
	{"an account called like the hub's things", []edit{{"estate.yaml", "  audit:", "  hub-audit:"}, {"estate.yaml", "account: audit", "account: hub"}}, `acme/estate.yaml:8: accounts.hub-audit: "hub-audit" begins like the hub's own names: choose one that does not begin with ci, hub, plan, push or state`},
	{"an account called like what is in none", []edit{{"estate.yaml", "  audit:", "  internet:"}, {"estate.yaml", "account: audit", "account: hub"}}, `acme/estate.yaml:8: accounts.internet: "internet" is what routes and intents call what is in no account: choose another name`},
	{"an account called like the roles that plan", []edit{{"estate.yaml", "  audit:", "  plan:"}, {"estate.yaml", "account: audit", "account: hub"}}, `acme/estate.yaml:8: accounts.plan: "plan" begins like the hub's own names: choose one that does not begin with ci, hub, plan, push or state`},
	{"no hub account", []edit{{"estate.yaml", "  hub: \"111111111111\"\n", ""}}, "acme/estate.yaml:4: accounts.hub: no account is named \"hub\": add `hub: \"<12 digits>\"`"},
	{"a spoke without an account", []edit{{"qa.yaml", "", "segment: dev\nnetwork:\n  cidr: 10.3.0.0/16\n"}}, "acme/estate.yaml:4: accounts.qa: acme/qa.yaml has no account number here: add `qa: \"<12 digits>\"`"},
	{"an account that intents name, too", []edit{{"estate.yaml", "  prod: \"333333333333\"\n", ""}, {"intents.yaml", "", "- deny: {from: dev, to: [prod, prod.private]}\n- deny: {from: prod, to: dev}\n"}}, "acme/estate.yaml:4: accounts.prod: acme/prod.yaml has no account number here: add `prod: \"<12 digits>\"`"},
	{"a spoke file with a name that is none", []edit{{"Q A.yaml", "", "segment: dev\nnetwork:\n  cidr: 10.3.0.0/16\n"}}, `acme/Q A.yaml:1: the file's name is the account's: up to 20 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen`},

	// Ranges.
	{"two spokes overlap", []edit{{"prod.yaml", "10.2.0.0/16", "10.1.0.0/16"}}, `acme/prod.yaml:3: network.cidr: 10.1.0.0/16 overlaps dev (10.1.0.0/16, dev.yaml:3)`},
	{"a spoke overlaps the hub", []edit{{"dev.yaml", "10.1.0.0/16", "10.0.0.0/16"}}, `acme/dev.yaml:3: network.cidr: 10.0.0.0/16 overlaps hub (10.0.0.0/16, hub.yaml:3)`},
	{"a spoke overlaps on-premises", []edit{{"estate.yaml", "[192.168.0.0/16]", "[192.168.0.0/16, 10.1.128.0/17]"}}, `acme/dev.yaml:3: network.cidr: 10.1.0.0/16 overlaps on-premises 10.1.128.0/17 (on_premises.cidrs in estate.yaml)`},
	{"the hub overlaps on-premises and spokes", []edit{{"hub.yaml", "10.0.0.0/16", "10.1.0.0/16"}, {"estate.yaml", "[192.168.0.0/16]", "[192.168.0.0/16, 10.1.128.0/17]"}}, `
acme/dev.yaml:3: network.cidr: 10.1.0.0/16 overlaps hub (10.1.0.0/16, hub.yaml:3)
acme/dev.yaml:3: network.cidr: 10.1.0.0/16 overlaps on-premises 10.1.128.0/17 (on_premises.cidrs in estate.yaml)
acme/hub.yaml:3: network.cidr: 10.1.0.0/16 overlaps on-premises 10.1.128.0/17 (on_premises.cidrs in estate.yaml)
`},
	{"a range with host bits", []edit{{"dev.yaml", "10.1.0.0/16", "10.1.2.3/16"}}, `acme/dev.yaml:3: network.cidr: 10.1.2.3/16 has host bits set: write 10.1.0.0/16`},
	{"a public range", []edit{{"dev.yaml", "10.1.0.0/16", "11.1.0.0/16"}}, `acme/dev.yaml:3: network.cidr: 11.1.0.0/16 is not private address space (RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)`},
	{"a range that is half private", []edit{{"dev.yaml", "10.1.0.0/16", "172.0.0.0/8"}}, `acme/dev.yaml:3: network.cidr: 172.0.0.0/8 is not private address space (RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)`},
	{"an IPv6 range", []edit{{"dev.yaml", "10.1.0.0/16", "fd00::/48"}, {"estate.yaml", "[10.0.0.0/8]", "[10.0.0.0/8, fd00::/8]"}, {"estate.yaml", "[192.168.0.0/16]", "[192.168.0.0/16, fd01::/16]"}}, `
acme/dev.yaml:3: network.cidr: "fd00::/48" is not an IPv4 address range like 10.1.0.0/16
acme/estate.yaml:9: address_space[1]: "fd00::/8" is not an IPv4 address range like 10.1.0.0/16
acme/estate.yaml:26: on_premises.cidrs[1]: "fd01::/16" is not an IPv4 address range like 10.1.0.0/16
`},
	{"a range larger than a VPC", []edit{{"dev.yaml", "10.1.0.0/16", "10.128.0.0/9"}}, `acme/dev.yaml:3: network.cidr: 10.128.0.0/9 is not a VPC size: AWS takes /16 to /28`},
	{"a range smaller than a VPC", []edit{{"dev.yaml", "10.1.0.0/16", "10.1.0.0/29"}}, `acme/dev.yaml:3: network.cidr: 10.1.0.0/29 is not a VPC size: AWS takes /16 to /28`},
	{"a range outside the address space", []edit{{"estate.yaml", "[10.0.0.0/8]", "[10.0.0.0/15]"}}, `acme/prod.yaml:3: network.cidr: 10.2.0.0/16 lies outside the estate's address_space (10.0.0.0/15)`},
	{"address space that overlaps itself", []edit{{"estate.yaml", "[10.0.0.0/8]", "[10.0.0.0/8, 10.2.0.0/16]"}}, `acme/estate.yaml:9: address_space[1]: 10.2.0.0/16 overlaps address_space[0] (10.0.0.0/8)`},
	{"on-premises ranges that overlap", []edit{{"estate.yaml", "[192.168.0.0/16]", "[192.168.0.0/16, 192.168.0.0/24]"}}, `acme/estate.yaml:26: on_premises.cidrs[1]: 192.168.0.0/24 overlaps on_premises.cidrs[0] (192.168.0.0/16)`},
	{"on-premises range with host bits", []edit{{"estate.yaml", "[192.168.0.0/16]", "[192.168.0.10/16]"}}, `acme/estate.yaml:26: on_premises.cidrs[0]: 192.168.0.10/16 has host bits set: write 192.168.0.0/16`},
	{"too many ranges for an ACL", []edit{{"estate.yaml", "[192.168.0.0/16]", "[" + ranges(10) + "]"}, {"estate.yaml", "[192.168.0.10]", "[172.16.0.10]"}}, `acme/estate.yaml:26: on_premises.cidrs: address_space and on_premises.cidrs are 11 ranges, and the network ACLs of the hub VPC can name 10: put neighbouring ranges together`},
	{"an on-premises server in no range", []edit{{"estate.yaml", "  cidrs: [192.168.0.0/16]\n", ""}}, `acme/estate.yaml:27: on_premises.domains["corp.example"][0]: 192.168.0.10 lies in none of on_premises.cidrs`},
	{"too much address space for an ACL", []edit{{"estate.yaml", "[10.0.0.0/8]", "[10.0.0.0/8, " + ranges(10) + "]"}, {"estate.yaml", "  cidrs: [192.168.0.0/16]\n", ""}}, `acme/estate.yaml:9: address_space: address_space and on_premises.cidrs are 11 ranges, and the network ACLs of the hub VPC can name 10: put neighbouring ranges together
acme/estate.yaml:27: on_premises.domains["corp.example"][0]: 192.168.0.10 lies in none of on_premises.cidrs`},

	{"records in a zone that the spoke does not see", []edit{{"prod.yaml", "zones: [app.acme.example]", "zones: [dev.acme.internal]"}}, `acme/prod.yaml:8: record_roles.external-dns.zones[0]: dev.acme.internal is not visible to prod: name prod under its visible_to in estate.yaml, or name a zone of prod's own`},

	// Subnets.
	{"az_count 1", []edit{{"prod.yaml", "az_count: 3", "az_count: 1"}}, `acme/prod.yaml:4: network.az_count: 1 is not 2 or 3: one zone is no availability, and EKS and RDS subnet groups need two`},
	{"az_count 4", []edit{{"prod.yaml", "az_count: 3", "az_count: 4"}}, `acme/prod.yaml:4: network.az_count: want a number from 1 to 3, not 4: a VPC uses two or three zones, and one only if it is private_only`},
	{"az_count 0", []edit{{"prod.yaml", "az_count: 3", "az_count: 0"}}, `acme/prod.yaml:4: network.az_count: want a number from 1 to 3, not 0: a VPC uses two or three zones, and one only if it is private_only`},
	{"az_count -1", []edit{{"prod.yaml", "az_count: 3", "az_count: -1"}}, `acme/prod.yaml:4: network.az_count: want a number from 1 to 3, not -1: a VPC uses two or three zones, and one only if it is private_only`},
	{"az_count beyond the zones", []edit{{"estate.yaml", "apse3-az2, apse3-az3]", "apse3-az2]"}}, `
acme/hub.yaml:4: network.az_count: 3 zones are more than the 2 that zones in estate.yaml names
acme/prod.yaml:4: network.az_count: 3 zones are more than the 2 that zones in estate.yaml names
`},
	{"subnets of no size", []edit{{"dev.yaml", "public: 24", "public: 29"}, {"dev.yaml", "private: 18", "private: 27"}, {"dev.yaml", "database: 24", "database: 15"}}, `
acme/dev.yaml:8: network.prefix_lengths.public: want a number from 16 to 28, not 29: AWS has subnets of these sizes
acme/dev.yaml:9: network.prefix_lengths.private: want a number from 16 to 26, not 27: AWS has these sizes, and a private subnet reserves a /28 for addresses that are given by hand
acme/dev.yaml:10: network.prefix_lengths.database: want a number from 16 to 28, not 15: AWS has subnets of these sizes
`},
	{"too small for a private subnet", []edit{{"prod.yaml", "10.2.0.0/16", "10.2.0.0/20"}}, `acme/prod.yaml:3: network.cidr: 10.2.0.0/20 is too small for its tiers: a private /18 does not fit; prefix_lengths of public: 27, private: 22, database: 27 would fit`},
	{"too small for its zones", []edit{{"prod.yaml", "10.2.0.0/16", "10.2.0.0/17"}}, `acme/prod.yaml:3: network.cidr: 10.2.0.0/17 is too small for its tiers: there is no room for the private /18 of zone apse3-az2; prefix_lengths of public: 24, private: 19, database: 24 would fit`},
	{"too small for any sizes", []edit{{"prod.yaml", "10.2.0.0/16", "10.2.0.0/24"}}, `acme/prod.yaml:3: network.cidr: 10.2.0.0/24 is too small for its tiers: a private /18 does not fit; it takes a /21, where prefix_lengths of public: 28, private: 23, database: 28 would fit`},
	{"too small for eight small subnets", []edit{{"dev.yaml", "private: 18", "private: 22"}}, `acme/dev.yaml:3: network.cidr: 10.1.0.0/16 is too small for its tiers: the first private /22, which holds 8 slots of each small tier, has no room for the public /24; prefix_lengths of public: 24, private: 18, database: 24 would fit`},
	{"small tiers larger than the VPC", []edit{{"dev.yaml", "10.1.0.0/16", "10.1.0.0/20"}, {"dev.yaml", "public: 24", "public: 18"}, {"dev.yaml", "private: 18", "private: 22"}}, `acme/dev.yaml:3: network.cidr: 10.1.0.0/20 is too small for its tiers: a public /18 does not fit; prefix_lengths of public: 27, private: 22, database: 27 would fit`},

	// Segments.
	{"a segment in capitals", []edit{{"estate.yaml", "  shared: {}", "  shared: {}\n  QA: {}"}}, `acme/estate.yaml:13: segments.QA: "QA" is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen`},
	{"a segment that reaches an unknown one", []edit{{"estate.yaml", "  dev:\n    reaches: [shared]", "  dev:\n    reaches: [shared, sharde]"}}, `acme/estate.yaml:14: segments.dev.reaches[1]: there is no segment "sharde" in estate.yaml: it has dev, prod, shared (did you mean "shared"?)`},
	{"a segment that reaches one twice", []edit{{"estate.yaml", "  dev:\n    reaches: [shared]", "  dev:\n    reaches: [shared, shared]"}}, `acme/estate.yaml:14: segments.dev.reaches[1]: "shared" is named twice, first on line 14`},
	{"a spoke in an unknown segment", []edit{{"prod.yaml", "segment: prod", "segment: production"}}, `acme/prod.yaml:1: segment: there is no segment "production" in estate.yaml: it has dev, prod, shared`},
	{"a spoke without a segment", []edit{{"dev.yaml", "segment: dev\n", ""}}, `acme/dev.yaml:1: segment: missing: name one of those in estate.yaml, dev, prod, shared`},
	{"an unknown segment that all name", []edit{{"estate.yaml", "  shared: {}", "  core: {}"}}, `acme/estate.yaml:14: segments.dev.reaches[0]: there is no segment "shared" in estate.yaml: it has core, dev, prod; so do acme/estate.yaml:16, acme/hub.yaml:1`},
	{"the hub in an unknown segment", []edit{{"hub.yaml", "segment: shared", "segment: share"}}, `acme/hub.yaml:1: segment: there is no segment "share" in estate.yaml: it has dev, prod, shared (did you mean "shared"?)`},

	// DNS.
	{"a public zone with a final dot", []edit{{"estate.yaml", "[acme.example,", "[acme.example.,"}}, `acme/estate.yaml:19: dns.public_zones[0]: "acme.example." is not a domain name in lower case and without a final dot`},
	{"a public zone named twice", []edit{{"estate.yaml", "[acme.example, app.acme.example]", "[acme.example, app.acme.example, acme.example]"}}, `acme/estate.yaml:19: dns.public_zones[2]: "acme.example" is named twice, first on line 19`},
	{"public zones with the same address", []edit{{"estate.yaml", "[acme.example, app.acme.example]", "[acme.example, app.acme.example, app-acme.example]"}}, `acme/estate.yaml:19: dns.public_zones[2]: app-acme.example and app.acme.example would have the same Terraform address`},
	{"a private zone in capitals", []edit{{"estate.yaml", "    dev.acme.internal:", "    Dev.acme.internal:"}, {"dev.yaml", "dev.acme.internal, ", ""}}, `acme/estate.yaml:23: dns.private_zones["Dev.acme.internal"]: "Dev.acme.internal" is not a domain name in lower case and without a final dot`},
	{"private zones with the same address", []edit{{"estate.yaml", "    dev.acme.internal:", "    dev-acme.internal:\n      visible_to: [hub]\n    dev.acme.internal:"}}, `acme/estate.yaml:25: dns.private_zones["dev.acme.internal"]: dev.acme.internal and dev-acme.internal would have the same Terraform address`},
	{"a private zone of an endpoint", []edit{{"estate.yaml", "    dev.acme.internal:", "    sts.ap-southeast-3.amazonaws.com:\n      visible_to: [hub]\n    dev.acme.internal:"}}, `acme/estate.yaml:23: dns.private_zones["sts.ap-southeast-3.amazonaws.com"]: sts.ap-southeast-3.amazonaws.com is the zone of the central endpoint of sts already`},
	{"a private zone visible to an unknown spoke", []edit{{"estate.yaml", "[hub, dev, prod]", "[hub, dev, prd]"}}, `acme/estate.yaml:22: dns.private_zones["acme.internal"].visible_to[2]: there is no spoke "prd": visible_to names hub and spokes (did you mean "prod"?)`},
	{"a private zone visible to an account without a VPC", []edit{{"estate.yaml", "[hub, dev, prod]", "[hub, dev, audit]"}}, `acme/estate.yaml:22: dns.private_zones["acme.internal"].visible_to[2]: there is no spoke "audit": visible_to names hub and spokes`},
	{"a private zone visible twice", []edit{{"estate.yaml", "[hub, dev, prod]", "[hub, dev, dev]"}}, `acme/estate.yaml:22: dns.private_zones["acme.internal"].visible_to[2]: "dev" is named twice, first on line 22`},
	{"a private zone invisible to the hub", []edit{{"estate.yaml", "[hub, dev, prod]", "[dev, prod]"}}, `acme/estate.yaml:22: dns.private_zones["acme.internal"].visible_to: name hub too: Route 53 makes a private zone with a VPC of the zone's own account`},

	{"a private zone above a public one", []edit{{"estate.yaml", "    dev.acme.internal:", "    acme.example.com:\n      visible_to: [hub]\n    dev.acme.internal:"}, {"estate.yaml", "[acme.example,", "[www.acme.example.com, acme.example,"}}, `acme/estate.yaml:23: dns.private_zones["acme.example.com"]: it would hide the public zone www.acme.example.com in the VPCs of visible_to: name a zone that no public one is below`},
	{"a private zone of AWS's names", []edit{{"estate.yaml", "    dev.acme.internal:", "    ap-southeast-3.amazonaws.com:\n      visible_to: [hub]\n    dev.acme.internal:"}}, `acme/estate.yaml:23: dns.private_zones["ap-southeast-3.amazonaws.com"]: ap-southeast-3.amazonaws.com would hide access-analyzer.ap-southeast-3.amazonaws.com, by which clients know access-analyzer: a service of AWS gets a private zone by an endpoint in hub.yaml`},

	// On-premises.
	{"an on-premises domain in capitals", []edit{{"estate.yaml", "corp.example:", "Corp.example:"}}, `acme/estate.yaml:28: on_premises.domains["Corp.example"]: "Corp.example" is not a domain name in lower case and without a final dot`},
	{"on-premises domains with the same address", []edit{{"estate.yaml", "    corp.example: [192.168.0.10]", "    a-b.example: [192.168.0.10]\n    a.b.example: [192.168.0.10]"}}, `acme/estate.yaml:29: on_premises.domains["a.b.example"]: a.b.example and a-b.example would have the same Terraform address`},
	{"an on-premises domain that is a zone", []edit{{"estate.yaml", "corp.example:", "acme.internal:"}}, `acme/estate.yaml:28: on_premises.domains["acme.internal"]: acme.internal is a zone of this estate: a forwarding rule would hide it`},
	{"an on-premises domain without servers", []edit{{"estate.yaml", "[192.168.0.10]", "[]"}}, `acme/estate.yaml:28: on_premises.domains["corp.example"]: names nothing: want 1 or more: a rule forwards the domain to its servers, six at most`},
	{"a server with an IPv6 address", []edit{{"estate.yaml", "[192.168.0.10]", "[\"fd00::1\"]"}}, `acme/estate.yaml:28: on_premises.domains["corp.example"][0]: "fd00::1" is not an IPv4 address like 192.168.0.10`},
	{"a server in a VPC", []edit{{"estate.yaml", "[192.168.0.10]", "[10.1.0.10]"}}, `acme/estate.yaml:28: on_premises.domains["corp.example"][0]: 10.1.0.10 lies in the VPC of dev (10.1.0.0/16): queries forwarded there would loop`},
	{"a server elsewhere", []edit{{"estate.yaml", "[192.168.0.10]", "[172.16.0.10]"}}, `acme/estate.yaml:28: on_premises.domains["corp.example"][0]: 172.16.0.10 lies in none of on_premises.cidrs`},
	{"seven servers", []edit{{"estate.yaml", "[192.168.0.10]", "[192.168.0.1, 192.168.0.2, 192.168.0.3, 192.168.0.4, 192.168.0.5, 192.168.0.6, 192.168.0.7]"}}, `acme/estate.yaml:28: on_premises.domains["corp.example"]: want at most 6, not 7: a rule forwards the domain to its servers, six at most`},
	{"a server named twice", []edit{{"estate.yaml", "[192.168.0.10]", "[192.168.0.10, 192.168.0.10]"}}, `acme/estate.yaml:28: on_premises.domains["corp.example"][1]: "192.168.0.10" is named twice, first on line 28`},

	// Organisation, state, logs.
	{"an organisation's id for its ARN", []edit{{"estate.yaml", "arn: arn:aws:organizations::444444444444:organization/o-abcdefghij", "arn: o-abcdefghij"}}, `acme/estate.yaml:30: organization.arn: "o-abcdefghij" is not an organisation's ARN, arn:aws:organizations::<management account>:organization/o-…`},
	{"sharing without an organisation", []edit{{"estate.yaml", "  arn: arn:aws:organizations::444444444444:organization/o-abcdefghij\n", ""}}, `acme/estate.yaml:30: organization.resource_sharing: sharing within the organisation needs organization.arn`},
	{"a bucket in capitals", []edit{{"estate.yaml", "bucket: acme-state", "bucket: Acme_State"}}, `acme/estate.yaml:34: state.bucket: "Acme_State" is not a bucket name of 3 to 63 lower-case letters, digits and hyphens, in parts with a dot between them`},
	{"buckets that S3 keeps for itself", []edit{{"estate.yaml", "bucket: acme-state", "bucket: acme-state--x-s3"}}, `acme/estate.yaml:34: state.bucket: "acme-state--x-s3" is a name that S3 keeps for itself, or an address`},
	{"a bucket that is an address", []edit{{"estate.yaml", "bucket: acme-state", "bucket: 192.168.0.1"}}, `acme/estate.yaml:34: state.bucket: "192.168.0.1" is a name that S3 keeps for itself, or an address`},
	{"a bucket with two dots", []edit{{"estate.yaml", "bucket: acme-state", "bucket: acme..state"}}, `acme/estate.yaml:34: state.bucket: "acme..state" is not a bucket name of 3 to 63 lower-case letters, digits and hyphens, in parts with a dot between them`},
	{"an organisation of another partition", []edit{{"estate.yaml", "arn: arn:aws:organizations", "arn: arn:aws-cn:organizations"}}, `acme/estate.yaml:30: organization.arn: "arn:aws-cn:organizations::444444444444:organization/o-abcdefghij" is not an organisation's ARN, arn:aws:organizations::<management account>:organization/o-…`},
	{"what is forgotten and moved", []edit{{"estate.yaml", "tags:", "retire: [dev_network, dev-network/aws_vpc, dev-network/aws_vpc.a, organization/aws_organizations_account.log-archive]\nrenamed: {aws_vpc.a: b, dev-network/aws_vpc.a: aws_vpc.b}\ntags:"}}, `
acme/estate.yaml:47: retire[0]: "dev_network" is not a resource of a stack, <stack>/<type>.<name>, with _ in the name and no hyphen, or a stack
acme/estate.yaml:47: retire[1]: "dev-network/aws_vpc" is not a resource of a stack, <stack>/<type>.<name>, with _ in the name and no hyphen, or a stack
acme/estate.yaml:47: retire[3]: "organization/aws_organizations_account.log-archive" is not a resource of a stack, <stack>/<type>.<name>, with _ in the name and no hyphen, or a stack
acme/estate.yaml:48: renamed["aws_vpc.a"]: "aws_vpc.a" is not a resource of a stack, <stack>/<type>.<name>, with _ in the name and no hyphen
acme/estate.yaml:48: renamed["dev-network/aws_vpc.a"]: "aws_vpc.b" is not the last part of a resource's address, what stands behind the dot, with _ and no hyphen
`},
	{"names that lead nowhere", []edit{{"estate.yaml", "tags:", "retire: [dev-eks/aws_eip.a]\nrenamed:\n  dev-eks/aws_eip.a: b\n  dev-eks/aws_eip.b: a\n  dev-eks/aws_eip.c: c\n  dev-eks/aws_eip.d: b\ntags:"}}, `
acme/estate.yaml:49: renamed["dev-eks/aws_eip.a"]: retire names it as well: Terraform can move it or forget it, not both
acme/estate.yaml:49: renamed["dev-eks/aws_eip.a"]: the names lead back to the first one
acme/estate.yaml:50: renamed["dev-eks/aws_eip.b"]: the names lead back to the first one
acme/estate.yaml:51: renamed["dev-eks/aws_eip.c"]: it has this name already
acme/estate.yaml:52: renamed["dev-eks/aws_eip.d"]: dev-eks/aws_eip.a gets this name too: two resources cannot become one
`},
	{"a state folder elsewhere", []edit{{"estate.yaml", "path: .state", "path: ../state"}}, `acme/estate.yaml:35: state.path: "../state" is not a folder below the one that holds cdktf.out, written with /`},
	{"an absolute state folder", []edit{{"estate.yaml", "path: .state", "path: /tmp/state"}}, `acme/estate.yaml:35: state.path: "/tmp/state" is not a folder below the one that holds cdktf.out, written with /`},
	{"a state folder that Terraform would evaluate", []edit{{"estate.yaml", "path: .state", `path: "${path.root}"`}}, `acme/estate.yaml:35: state.path: "${path.root}" is not a folder below the one that holds cdktf.out, written with /`},
	{"a bootstrap role's ARN", []edit{{"estate.yaml", "bootstrap_role: Bootstrap", "bootstrap_role: role/Bootstrap"}}, `acme/estate.yaml:36: state.bootstrap_role: "role/Bootstrap" is not the name of an IAM role`},
	{"a bootstrap profile of an unknown account", []edit{{"estate.yaml", "bootstrap_role: Bootstrap", "bootstrap_profiles: {prd: acme-prod}"}}, `acme/estate.yaml:36: state.bootstrap_profiles.prd: there is no account "prd" in estate.yaml: it has audit, dev, hub, prod (did you mean "prod"?)`},
	{"a bootstrap profile with a space", []edit{{"estate.yaml", "bootstrap_role: Bootstrap", "bootstrap_profiles: {prod: acme prod}"}}, `acme/estate.yaml:36: state.bootstrap_profiles.prod: "acme prod" is not the name of a profile of the AWS CLI's configuration, without spaces`},
	{"an administrator who is a user", []edit{{"estate.yaml", "role/admin-*", "user/admin"}}, `acme/estate.yaml:37: state.administrators[0]: "arn:aws:iam::111111111111:user/admin" is not the ARN of a role, arn:aws:iam::<account>:role/…`},
	{"an administrator of another account", []edit{{"estate.yaml", "arn:aws:iam::111111111111:role", "arn:aws:iam::222222222222:role"}}, `acme/estate.yaml:37: state.administrators[0]: arn:aws:iam::222222222222:role/admin-* is in account 222222222222: administrators come through the hub account, 111111111111`},
	{"every role an administrator", []edit{{"estate.yaml", "role/admin-*", "role/*"}}, `acme/estate.yaml:37: state.administrators[0]: arn:aws:iam::111111111111:role/* is every role of the hub account: name those of administrators`},
	{"nobody who could deploy", []edit{{"estate.yaml", "github:\n  repository: acme/infra\n  apply_ref: refs/heads/main\n", ""}, {"estate.yaml", "  administrators: [\"arn:aws:iam::111111111111:role/admin-*\"]\n", ""}}, `acme/estate.yaml:32: state: nobody could assume the deploy roles: name github.repository or state.administrators`},
	{"logs in an unknown account", []edit{{"estate.yaml", "account: audit", "account: adit"}}, `acme/estate.yaml:39: logs.account: there is no account "adit" in estate.yaml: it has audit, dev, hub, prod (did you mean "audit"?)`},
	{"a retention that CloudWatch does not know", []edit{{"estate.yaml", "retention_days: 90", "retention_days: 100"}}, `acme/estate.yaml:40: logs.retention_days: 100 is not a number of days that CloudWatch Logs knows: those are 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653`},
	{"locked for too long", []edit{{"estate.yaml", "object_lock_days: 30", "object_lock_days: 40000"}, {"estate.yaml", "expire_after_days: 400", "expire_after_days: 50000"}}, `acme/estate.yaml:43: logs.object_lock_days: want a number from 1 to 36500, not 40000`},
	{"expired before archived", []edit{{"estate.yaml", "expire_after_days: 400", "expire_after_days: 90"}}, `acme/estate.yaml:42: logs.expire_after_days: objects expire after 90 days, so they cannot be archived after 90`},
	{"archived after the default end", []edit{{"estate.yaml", "  expire_after_days: 400\n", ""}, {"estate.yaml", "archive_after_days: 90", "archive_after_days: 500"}}, `acme/estate.yaml:38: logs.expire_after_days: objects expire after 400 days, so they cannot be archived after 500`},
	{"expired after an unknown archive", []edit{{"estate.yaml", "expire_after_days: 400", "expire_after_days: 60"}, {"estate.yaml", "archive_after_days: 90", "archive_after_days: late"}}, `acme/estate.yaml:41: logs.archive_after_days: want a whole number, not "late"`},
	{"expired while locked", []edit{{"estate.yaml", "object_lock_days: 30", "object_lock_days: 401"}}, `acme/estate.yaml:43: logs.object_lock_days: objects are locked for 401 days but expire after 400`},

	// Quotas.
	{"a quota that AWS never raises", []edit{{"estate.yaml", "tags:", "quotas: {bucket-policy: 40000}\ntags:"}}, `acme/estate.yaml:47: quotas.bucket-policy: "bucket-policy" is not a quota that AWS raises for who asks, and that an estate meets: those are account-permission-sets, accounts, api-routes, elastic-ips, firewall-policy-rules, hosted-zones, interface-endpoints, network-load-balancers, node-groups, permission-sets, query-log-vpcs, resolver-rules, role-managed-policies, roles, route-table-routes, security-group-rules, transit-gateway-route-tables, transit-gateway-routes, trust-policy, usage-plans, vpn-connections, zone-vpcs`},
	{"quotas that AWS has not given", []edit{{"estate.yaml", "tags:", "quotas: {route-table-routes: 2000, roles: 500}\ntags:"}}, `
acme/estate.yaml:47: quotas.roles: every account has 1000 roles of an account without asking: state more, or leave this out
acme/estate.yaml:47: quotas.route-table-routes: AWS gives nobody more than 1000 routes of a VPC's route table
`},
	{"flows that are recorded nowhere", []edit{{"estate.yaml", "  account: audit\n", "  account: audit\n  flow_logs: {bucket: none, log_group: none}\n"}}, `acme/estate.yaml:40: logs.flow_logs: flows would be recorded nowhere: say rejected of one of the two`},
	{"days of a log group that there is not", []edit{{"estate.yaml", "  account: audit\n", "  account: audit\n  flow_logs: {log_group: none}\n  flow_log_days: 14\n"}}, `acme/estate.yaml:41: logs.flow_log_days: flow_logs.log_group is none, so there is no log group that would keep them: leave the key out`},
	{"an interval that AWS does not have", []edit{{"estate.yaml", "  account: audit\n", "  account: audit\n  flow_logs: {interval_seconds: 300}\n"}}, `acme/estate.yaml:40: logs.flow_logs.interval_seconds: 300 is not an interval that flow logs know: those are 60, 600`},

	// GitHub and tags.
	{"a GitHub sub with a wildcard repository", []edit{{"estate.yaml", "repository: acme/infra", "repository: acme/*"}, {"hub.yaml", "repository: acme/app", `repository: "*"`}}, `
acme/estate.yaml:45: github.repository: "acme/*" is not one GitHub repository, owner/name or owner@<id>/name@<id>: a wildcard would admit repositories of others
acme/hub.yaml:16: registry.repositories["acme/app"].push.app.repository: "*" is not one GitHub repository, owner/name or owner@<id>/name@<id>: a wildcard would admit repositories of others
`},
	{"a GitHub repository with one number", []edit{{"estate.yaml", "repository: acme/infra", "repository: acme@12/infra"}, {"hub.yaml", "repository: acme/app", "repository: acme/app@34"}}, `
acme/estate.yaml:45: github.repository: "acme@12/infra" is not one GitHub repository, owner/name or owner@<id>/name@<id>: a wildcard would admit repositories of others
acme/hub.yaml:16: registry.repositories["acme/app"].push.app.repository: "acme/app@34" is not one GitHub repository, owner/name or owner@<id>/name@<id>: a wildcard would admit repositories of others
`},
	{"the address of a GitHub repository", []edit{{"estate.yaml", "repository: acme/infra", "repository: acme/infra.git"}, {"hub.yaml", "repository: acme/app", "repository: acme@12/app.wiki@34"}}, `
acme/estate.yaml:45: github.repository: "acme/infra.git" ends in .git, which no repository's name does: leave it out
acme/hub.yaml:16: registry.repositories["acme/app"].push.app.repository: "acme@12/app.wiki@34" ends in .wiki, which no repository's name does: leave it out
`},
	{"a GitHub repository without a name", []edit{{"estate.yaml", "repository: acme/infra", "repository: acme/.."}}, `acme/estate.yaml:45: github.repository: "acme/.." names no repository`},
	{"GitHub without a repository", []edit{{"estate.yaml", "  repository: acme/infra\n", ""}}, `acme/estate.yaml:44: github.repository: missing: write one, such as repository: owner/name`},
	{"a branch's name for a reference", []edit{{"estate.yaml", "apply_ref: refs/heads/main", "apply_ref: main"}}, `acme/estate.yaml:46: github.apply_ref: "main" is not a git reference such as refs/heads/main or refs/tags/v*`},
	{"a wildcard that may apply", []edit{{"estate.yaml", "apply_ref: refs/heads/main", "apply_ref: refs/heads/release-*"}}, `acme/estate.yaml:46: github.apply_ref: "refs/heads/release-*" has a wildcard: name the one branch or tag that may apply`},
	{"every branch may push", []edit{{"hub.yaml", "refs/heads/main", "refs/heads/**"}}, `acme/hub.yaml:17: registry.repositories["acme/app"].push.app.ref: "refs/heads/**" is every branch: name one`},
	{"a tag that every resource has", []edit{{"estate.yaml", "Owner: platform", "project: mine"}}, `acme/estate.yaml:48: tags.project: "Project" is set on every resource already`},
	{"tags that differ in case", []edit{{"estate.yaml", "Owner: platform", "Owner: platform\n  owner: platform"}}, `acme/estate.yaml:49: tags.owner: "owner" and "Owner" differ in case only, which IAM ignores`},
	{"a tag of AWS", []edit{{"estate.yaml", "Owner: platform", "aws:owner: platform"}}, `acme/estate.yaml:48: tags["aws:owner"]: "aws:owner" begins with aws:, which AWS keeps for itself`},
	{"a value of AWS", []edit{{"estate.yaml", "Owner: platform", "Owner: AWS:platform"}}, `acme/estate.yaml:48: tags.Owner: the value "AWS:platform" begins with aws:, which AWS keeps for itself`},
	{"tags that controllers act on", []edit{{"estate.yaml", "Owner: platform", "karpenter.sh/discovery: acme-dev\n  kubernetes.io/role/elb: '1'\n  eks:team: a\n  Kubernetes-Namespace: odc"}}, `
acme/estate.yaml:48: tags["karpenter.sh/discovery"]: Karpenter acts on what has the tag "karpenter.sh/discovery", and these tags are on everything: leave it out, it is set where it belongs
acme/estate.yaml:49: tags["kubernetes.io/role/elb"]: Kubernetes acts on what has the tag "kubernetes.io/role/elb", and these tags are on everything: leave it out, it is set where it belongs
acme/estate.yaml:50: tags["eks:team"]: EKS acts on what has the tag "eks:team", and these tags are on everything: leave it out, it is set where it belongs
acme/estate.yaml:51: tags.Kubernetes-Namespace: EKS Pod Identity acts on what has the tag "Kubernetes-Namespace", and these tags are on everything: leave it out, it is set where it belongs`},
	{"a tag that Terraform would evaluate", []edit{{"estate.yaml", "Owner: platform", `Owner: "${var.owner}"`}}, `acme/estate.yaml:48: tags.Owner: "${var.owner}" is not the value of an AWS tag: up to 256 letters, digits, spaces and _ . : / = + - @`},
	{"keys that begin alike", []edit{{"estate.yaml", "Owner: platform", "own: 1\n  owner: \"${x}\""}}, `
acme/estate.yaml:48: tags.own: want a text, not the number 1: put it in quotes
acme/estate.yaml:49: tags.owner: "${x}" is not the value of an AWS tag: up to 256 letters, digits, spaces and _ . : / = + - @
`},
	{"a long tag", []edit{{"estate.yaml", "Owner: platform", "Owner: " + strings.Repeat("x", 257)}}, `acme/estate.yaml:48: tags.Owner: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"… (257 characters) is not the value of an AWS tag: up to 256 letters, digits, spaces and _ . : / = + - @`},
	{"too many tags", []edit{{"estate.yaml", "  Owner: platform\n", tags(41)}}, `acme/estate.yaml:47: tags: want at most 40, not 41: AWS takes 50 for a resource, and stacks add some`},

	// The hub.
	{"a public ASN", []edit{{"hub.yaml", "asn: 64512", "asn: 64511"}}, `acme/hub.yaml:7: transit_gateway.asn: want a number from 64512 to 4294967294, not 64511: private numbers are 64512 to 65534, and 4200000000 to 4294967294`},
	{"an endpoint of an unknown service", []edit{{"hub.yaml", "[sts,", "[stss,"}}, `acme/hub.yaml:8: endpoints[0]: "stss" is not an AWS service whose endpoint has a private DNS name that is known here (did you mean "sts"?): those are access-analyzer, application-autoscaling, athena, autoscaling, backup, bedrock, bedrock-runtime, cloudformation, cloudtrail, codebuild, config, ec2, ec2messages, ecr.api, ecr.dkr, ecs, eks, eks-auth, elasticfilesystem, elasticloadbalancing, events, glue, kinesis-firehose, kms, lambda, logs, monitoring, rds, sagemaker.api, sagemaker.runtime, secretsmanager, servicediscovery, sns, sqs, ssm, ssmmessages, states, sts, xray; state the name of another one under endpoint_names in estate.yaml`},
	{"an endpoint that is a route, and one of private APIs in a spoke", []edit{{"hub.yaml", "[sts,", "[dynamodb, sts,"}, {"dev.yaml", "network:\n", "network:\n  endpoints: [execute-api]\n"}}, `acme/dev.yaml:3: network.endpoints: the VPC has no endpoints of its own: set enable_vpc_endpoints: true, or leave this out
acme/dev.yaml:3: network.endpoints[0]: private APIs are called by the hub's endpoint: name execute-api under endpoints in hub.yaml, and not here
acme/hub.yaml:8: endpoints[0]: dynamodb gets no interface endpoint here: it has a gateway endpoint`},
	{"names of endpoints that are known, shared, and hide others", []edit{{"hub.yaml", "[sts,", "[a, b, c, sts,"}, {"estate.yaml", "tags:", "endpoint_names:\n  sts: sts.ap-southeast-3.amazonaws.com\n  a: a.ap-southeast-3.amazonaws.com\n  b: \"*.a.ap-southeast-3.amazonaws.com\"\n  c: ecr.ap-southeast-3.amazonaws.com\ntags:"}}, `
acme/estate.yaml:48: endpoint_names.sts: the names of sts are known here: leave this out
acme/estate.yaml:50: endpoint_names.b: a.ap-southeast-3.amazonaws.com is the name of a already
acme/estate.yaml:51: endpoint_names.c: a zone ecr.ap-southeast-3.amazonaws.com would hide api.ecr.ap-southeast-3.amazonaws.com, by which clients know ecr.api
`},
	{"a name of an endpoint that is none", []edit{{"hub.yaml", "[sts,", "[a, sts,"}, {"estate.yaml", "tags:", "endpoint_names: {a: amazonaws.com}\ntags:"}}, `acme/estate.yaml:47: endpoint_names.a: "amazonaws.com" is not the name by which clients know a service, such as api.sagemaker.eu-central-1.amazonaws.com, or *. and what all its names end in`},
	{"an endpoint named twice", []edit{{"hub.yaml", "[sts,", "[sts, sts,"}}, `acme/hub.yaml:8: endpoints[1]: "sts" is named twice, first on line 8`},
	{"an interface endpoint for S3", []edit{{"hub.yaml", "[sts,", "[s3,"}}, `acme/hub.yaml:8: endpoints[0]: s3 needs no interface endpoint: every VPC has its own gateway endpoint, which is free`},
	{"an inbound endpoint in one zone", []edit{{"hub.yaml", "zone_count: 2", "zone_count: 1"}}, `acme/hub.yaml:10: inbound_resolver.zone_count: want a number from 2 to 3, not 1: an inbound endpoint has addresses in two zones or more`},
	{"an inbound endpoint in more zones than the VPC", []edit{{"hub.yaml", "az_count: 3", "az_count: 2"}, {"hub.yaml", "zone_count: 2", "zone_count: 3"}}, `acme/hub.yaml:10: inbound_resolver.zone_count: 3 zones are more than the 2 that network.az_count gives the hub VPC`},
	{"a probe without a way out", []edit{{"hub.yaml", "[sts, logs, ssm, ssmmessages]", "[sts, logs, ssm]"}}, `acme/dev.yaml:14: probe: without NAT the probe reaches Session Manager and its log only through endpoints: add ssm, ssmmessages, logs to endpoints in hub.yaml`},
	{"a probe in a segment alone", []edit{{"estate.yaml", "  dev:\n    reaches: [shared]", "  dev: {}"}}, `acme/dev.yaml:14: probe: without NAT the probe reaches Session Manager and its log only through the hub, which segment "dev" does not reach`},

	// The registry.
	{"a repository in capitals", []edit{{"hub.yaml", "    acme/web:", "    acme/Web:"}}, `acme/hub.yaml:26: registry.repositories["acme/Web"]: "acme/Web" is not a repository name: 2 to 256 lower-case letters and digits, parted by . _ - and /`},
	{"repositories with the same address", []edit{{"hub.yaml", "    acme/web:", "    acme-app: {}\n    acme/web:"}}, `acme/hub.yaml:13: registry.repositories["acme/app"]: acme/app and acme-app would have the same Terraform address`},
	{"a push role with a name that is none", []edit{{"hub.yaml", "        web:\n", "        WEB:\n"}}, `acme/hub.yaml:28: registry.repositories["acme/web"].push.WEB: "WEB" is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen`},
	{"a push role named twice", []edit{{"hub.yaml", "        web:\n", "        app:\n"}}, `acme/hub.yaml:28: registry.repositories["acme/web"].push.app: a push role "app" stands at registry.repositories["acme/app"].push.app already`},
	{"a push from one reference and several", []edit{{"hub.yaml", "ref: refs/heads/main", "ref: refs/heads/main\n          refs: [refs/tags/v*]"}}, `acme/hub.yaml:15: registry.repositories["acme/app"].push.app: choose one of ref, refs and environment: the tokens of a job that names an environment name no reference`},
	{"pushes of which one is of every branch", []edit{{"hub.yaml", "ref: refs/heads/main", `refs: [refs/tags/v*, "refs/heads/*"]`}}, `acme/hub.yaml:17: registry.repositories["acme/app"].push.app.refs[1]: "refs/heads/*" is every branch: name one`},
	{"a tag prefix that takes another one's images", []edit{{"hub.yaml", "release_tags: [v]", "release_tags: [v1, v]"}, {"hub.yaml", "branch_tags: [main]", "branch_tags: [dev, developers]"}}, `
acme/hub.yaml:21: registry.repositories["acme/app"].lifecycle.release_tags[1]: "v" and "v1" begin alike: the shorter one's rule is for both
acme/hub.yaml:23: registry.repositories["acme/app"].lifecycle.branch_tags[1]: "developers" and "dev" begin alike: the shorter one's rule is for both
`},
	{"a push from a branch without refs/heads", []edit{{"hub.yaml", "ref: refs/heads/main", "ref: main"}}, `acme/hub.yaml:17: registry.repositories["acme/app"].push.app.ref: "main" is not a git reference such as refs/heads/main or refs/tags/v*`},
	{"a push from anywhere", []edit{{"hub.yaml", "          ref: refs/heads/main\n", ""}}, `acme/hub.yaml:15: registry.repositories["acme/app"].push.app: say which workflows may push: name ref or refs, git references, or environment, which their job names`},
	{"a push from two places", []edit{{"hub.yaml", "          ref: refs/heads/main\n", "          ref: refs/heads/main\n          environment: production\n"}}, `acme/hub.yaml:15: registry.repositories["acme/app"].push.app: choose one of ref, refs and environment: the tokens of a job that names an environment name no reference`},
	{"a push from any environment", []edit{{"hub.yaml", "          ref: refs/heads/main\n", "          environment: prod-*\n"}}, `acme/hub.yaml:17: registry.repositories["acme/app"].push.app.environment: "prod-*" is not the name of a GitHub environment: letters, digits, spaces and . _ / -, without wildcards`},
	{"a repository among those of a cache", []edit{{"hub.yaml", "    acme/web:", "    quay.io/web: {}\n    acme/web:"}}, `acme/hub.yaml:26: registry.repositories["quay.io/web"]: quay.io/web is where the registry caches images of quay.io: choose another name`},
	{"more lifecycle rules than ECR takes", []edit{{"hub.yaml", "branch_tags: [main]", "branch_tags: [" + prefixes(48) + "]"}}, `acme/hub.yaml:19: registry.repositories["acme/app"].lifecycle: each prefix is a rule of its own, which makes 51 with those for untagged and for other images: ECR takes 50`},
	{"a prefix of tags named twice", []edit{{"hub.yaml", "branch_tags: [main]", "branch_tags: [main, dev, main]"}}, `acme/hub.yaml:23: registry.repositories["acme/app"].lifecycle.branch_tags[2]: "main" is named twice, first on line 23`},
	{"a registry that ECR does not cache", []edit{{"hub.yaml", "quay.io]", "quai.io]"}}, `acme/hub.yaml:31: registry.pull_through_cache[1]: "quai.io" is not a registry that ECR caches without credentials (did you mean "quay.io"?): those are public.ecr.aws, quay.io, registry.k8s.io`},
	{"a way of signing that there is not", []edit{{"hub.yaml", "  pull_through_cache", "  signing: cosign\n  pull_through_cache"}}, `acme/hub.yaml:31: registry.signing: "cosign" is not one of none, keyless, signer`},
	{"signatures that would be deleted", []edit{{"hub.yaml", "  pull_through_cache", "  signing: keyless\n  pull_through_cache"}}, `acme/hub.yaml:24: registry.repositories["acme/app"].lifecycle.untagged_days: signatures are images without a tag, and would be deleted before what they sign: leave the key out, ECR deletes them with what they sign`},
	{"a cached registry named twice", []edit{{"hub.yaml", "quay.io]", "public.ecr.aws]"}}, `acme/hub.yaml:31: registry.pull_through_cache[1]: "public.ecr.aws" is named twice, first on line 31`},
	{"a tag prefix that Terraform would evaluate", []edit{{"hub.yaml", "release_tags: [v]", `release_tags: ["${v}"]`}}, `acme/hub.yaml:21: registry.repositories["acme/app"].lifecycle.release_tags[0]: "${v}" is not what an image tag begins with: letters, digits, and then . _ - too`},
	{"tags of branches and releases alike", []edit{{"hub.yaml", "branch_tags: [main]", "branch_tags: [main, vnext]"}}, `acme/hub.yaml:23: registry.repositories["acme/app"].lifecycle.branch_tags: "vnext" (a branch) and "v" (a release) begin alike: some tags would be both`},

	{"tags of branches that cannot be read", []edit{{"hub.yaml", "branch_tags: [main]", "branch_tags: [main, 1]"}}, `acme/hub.yaml:23: registry.repositories["acme/app"].lifecycle.branch_tags[1]: want a text, not the number 1: put it in quotes`},

	// Spokes.
	{"a workload in capitals", []edit{{"prod.yaml", "  external-dns:", "  External:"}}, `acme/prod.yaml:7: record_roles.External: "External" is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen`},
	{"a record role for no zone", []edit{{"prod.yaml", "[app.acme.example]", "[]"}}, `acme/prod.yaml:8: record_roles.external-dns.zones: names nothing: want 1 or more: a role for no zone has no use`},
	{"a record role for an unknown zone", []edit{{"prod.yaml", "[app.acme.example]", "[app.acme.exmple]"}}, `acme/prod.yaml:8: record_roles.external-dns.zones[0]: there is no zone "app.acme.exmple" in estate.yaml (did you mean "app.acme.example"?)`},
	{"a record role for a zone named twice", []edit{{"prod.yaml", "[app.acme.example]", "[app.acme.example, app.acme.example]"}}, `acme/prod.yaml:8: record_roles.external-dns.zones[1]: "app.acme.example" is named twice, first on line 8`},
	{"two spokes with the same record role", []edit{
		{"estate.yaml", "  audit:", "  dev-external: \"555555555555\"\n  audit:"},
		{"dev-external.yaml", "", "segment: dev\nnetwork:\n  cidr: 10.3.0.0/16\nrecord_roles:\n  dns:\n    zones: [app.acme.example]\n"},
	}, `acme/dev-external.yaml:5: record_roles.dns: the role would be called acme-dev-external-dns, like that of acme/dev.yaml`},
	{"a role name that is too long", []edit{
		{"estate.yaml", "project: acme", "project: acme-and-daughters-1"},
		{"estate.yaml", "  audit:", "  quality-assurance-01: \"555555555555\"\n  audit:"},
		{"quality-assurance-01.yaml", "", "segment: dev\nnetwork:\n  cidr: 10.3.0.0/16\nrecord_roles:\n  external-dns-and-certificates:\n    zones: [app.acme.example]\n"},
	}, `acme/quality-assurance-01.yaml:5: record_roles.external-dns-and-certificates: the role would be called acme-and-daughters-1-quality-assurance-01-external-dns-and-certificates, which has 71 characters: IAM takes 64`},

	// Several mistakes in several files, all told in one run.
	{"all at once", []edit{
		{"estate.yaml", "project: acme", "project: Acme\ncolour: red"},
		{"estate.yaml", `"222222222222"`, `222222222222`},
		{"estate.yaml", "retention_days: 90", "retention_days: 91"},
		{"hub.yaml", "asn: 64512", "asn: 1"},
		{"hub.yaml", "[sts,", "[s3,"},
		{"dev.yaml", "10.1.0.0/16", "10.0.0.1/16"},
		{"dev.yaml", "probe: true", "probe: 1"},
		{"prod.yaml", "10.2.0.0/16", "10.0.0.0/16"},
		{"prod.yaml", "[app.acme.example]", `["", nowhere.example]`},
		{"qa.yaml", "", "segment: [\n"},
	}, "acme/dev.yaml:3: network.cidr: 10.0.0.1/16 has host bits set: write 10.0.0.0/16\nacme/dev.yaml:14: probe: want true or false, not the number 1\nacme/estate.yaml:1: project: \"Acme\" is not a name of 2 to 20 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen\nacme/estate.yaml:2: colour: unknown key: those here are accounts, address_space, alarms, as_of, dns, endpoint_names, github, logs, on_premises, organization, project, quotas, region, renamed, retire, segmentation, segments, state, tags, zones\nacme/estate.yaml:5: accounts.qa: acme/qa.yaml has no account number here: add `qa: \"<12 digits>\"`\nacme/estate.yaml:7: accounts.dev: want a text, not the number 222222222222: put it in quotes\nacme/estate.yaml:41: logs.retention_days: 91 is not a number of days that CloudWatch Logs knows: those are 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653\nacme/hub.yaml:7: transit_gateway.asn: want a number from 64512 to 4294967294, not 1: private numbers are 64512 to 65534, and 4200000000 to 4294967294\nacme/hub.yaml:8: endpoints[0]: s3 needs no interface endpoint: every VPC has its own gateway endpoint, which is free\nacme/prod.yaml:3: network.cidr: 10.0.0.0/16 overlaps hub (10.0.0.0/16, hub.yaml:3)\nacme/prod.yaml:8: record_roles.external-dns.zones[0]: empty: give it a value, or leave the key out\nacme/prod.yaml:8: record_roles.external-dns.zones[1]: there is no zone \"nowhere.example\" in estate.yaml\nacme/qa.yaml:2: not YAML: a value is missing here, or a bracket before is not closed"},
}

// prefixes are so many prefixes of image tags.
func prefixes(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("b%02d", i))
	}
	return strings.Join(list, ", ")
}

// ranges are so many /24 of 172.16.0.0/12.
func ranges(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("172.16.%d.0/24", i))
	}
	return strings.Join(list, ", ")
}

func tags(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  tag%d: x\n", i)
	}
	return b.String()
}

func TestBadInputIsToldWithFileAndLine(t *testing.T) {
	for _, test := range badInput {
		t.Run(test.name, func(t *testing.T) {
			e, err := load(edited(t, test.edits...), "acme", "acme")
			if err == nil {
				t.Fatalf("loads, want:\n%s", test.want)
			}
			if e != nil {
				t.Error("the estate is there in spite of the error")
			}
			if got := err.Error(); got != strings.TrimSpace(test.want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestTheEditedEstateIsGood(t *testing.T) {
	loadEdited(t)
}

// What looks odd and is right.
func TestGoodInputIsTaken(t *testing.T) {
	for name, edits := range map[string][]edit{
		"administrators of the Identity Center":    {{"estate.yaml", "role/admin-*", "role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_*"}},
		"administrators without GitHub":            {{"estate.yaml", "github:\n  repository: acme/infra\n  apply_ref: refs/heads/main\n", ""}},
		"GitHub without administrators":            {{"estate.yaml", "  administrators: [\"arn:aws:iam::111111111111:role/admin-*\"]\n", ""}},
		"a repository by its numbers":              {{"estate.yaml", "repository: acme/infra", "repository: acme@12/infra@34"}},
		"every tag may push":                       {{"hub.yaml", "refs/tags/v*", "refs/tags/*"}},
		"release branches may push":                {{"hub.yaml", "refs/heads/main", "refs/heads/release/*"}},
		"a tag in another script":                  {{"estate.yaml", "Owner: platform", "Pemilik: tim ëkosistem 5 @jkt"}},
		"a date for a tag":                         {{"estate.yaml", "Owner: platform", "Since: 2026-01-31"}},
		"a group with nothing in it":               {{"estate.yaml", "  shared: {}", "  shared:"}},
		"ten ranges":                               {{"estate.yaml", "[192.168.0.0/16]", "[" + ranges(9) + "]"}, {"estate.yaml", "[192.168.0.10]", "[172.16.1.10]"}},
		"forty tags":                               {{"estate.yaml", "  Owner: platform\n", tags(40)}},
		"the same domain public and private":       {{"estate.yaml", "    dev.acme.internal:", "    acme.example:\n      visible_to: [hub]\n    dev.acme.internal:"}},
		"an endpoint that is always there":         {{"hub.yaml", "[sts,", "[ecr.api, sts,"}},
		"a long private ASN":                       {{"hub.yaml", "asn: 64512", "asn: 4294967294"}},
		"a repository in a repository":             {{"hub.yaml", "    acme/web:", "    acme/web/front-end_v2.x:"}},
		"the bootstrap's state in the bucket":      {{"estate.yaml", "  backend: s3", "  backend: s3\n  bootstrap_in_bucket: true"}},
		"an account that begins with hub's letter": {{"estate.yaml", "  audit:", "  hubble:"}, {"estate.yaml", "account: audit", "account: hubble"}},
		"line ends of another system":              {{"dev.yaml", acme["dev.yaml"], strings.ReplaceAll(acme["dev.yaml"], "\n", "\r\n")}},
	} {
		t.Run(name, func(t *testing.T) { loadEdited(t, edits...) })
	}
}
