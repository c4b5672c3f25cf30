// Package estate reads an estate: the folder of YAML that describes a
// company's AWS network across its accounts.
//
// An estate is estate.yaml (what holds for every account), hub.yaml (the shared
// network, DNS and registry) and one file for each spoke account. [Load] reads
// and validates all of them, and reports everything that is wrong with them in
// one go. Nothing in this package calls AWS, Terraform or CDKTF: it takes
// milliseconds, and what it accepts is what the stacks are made from.
package estate
