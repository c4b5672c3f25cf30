// Package estate reads an estate: the folder of YAML that describes a
// company's AWS network across its accounts.
//
// An estate is estate.yaml (what holds for every account), hub.yaml (the shared
// network, DNS and registry) and one file for each spoke account. [Load] reads
// and validates all of them, and reports everything that is wrong with them in
// one go. Nothing in this package calls AWS, Terraform or CDKTF: it takes
// milliseconds, and what it accepts is what the stacks are made from.
//
// What is where:
//
//   - schema.go has the types that the files are decoded into. Their tags say what a
//     key may hold, what it is if it is left out, and what an editor offers: decoding
//     enforces it, and environments/schema is made from it. Their comments are what
//     editors show.
//   - formats.go and internal/format have what texts look like, by the names that tags
//     give them.
//   - organization.go has the organisation that an estate may be, and its units; members.go
//     its accounts, and what is left out of an estate while one has no number; the package
//     organization has the sections of organization.yaml.
//   - guardrails.go has its policies, and reads those that the estate brings itself.
//   - security.go has where its security services are on, and who administers them,
//     shield.go the contract about Shield Advanced, scanning.go who scans the images of the hub's registry.
//   - identity.go has who may do what in which accounts, and billing.go who is told of costs.
//   - backup.go has what is backed up of that organisation, and where copies are kept.
//   - The packages cluster, database and registry are sections that are subjects of
//     their own: types, defaults, and a Validate that is told what it needs to know of
//     the rest. A new section of that kind is a new package, and a line in sections.go.
//   - egress.go has the VPC that others reach the internet through, firewall.go the
//     firewall in it, whose rules it reads and writes, and firewallneeds.go what that would
//     keep from the VPCs.
//   - privatelink.go has what spokes serve to one another through AWS PrivateLink, api.go
//     the APIs that spokes put before it, restapi.go what those of kind rest have of their
//     own.
//   - sessions.go has in which accounts session preferences are made.
//   - secrets.go has the secrets that people put in and workloads read.
//   - hybrid.go has the ways to on-premises: VPNs and Direct Connect.
//   - dnsfirewall.go has what the VPCs resolve and what they do not.
//   - images.go has whose images clusters verify, and what that takes.
//   - load.go and defaults.go turn files into an [Estate]: defaults that are always the
//     same stand in tags, those that follow from other keys are here.
//   - validate*.go, settings.go and sections.go check what tags cannot say: what one key
//     has to do with another, and one file with another. date.go has the days that some of
//     that is checked against.
//   - quotas.go counts what the estate uses of AWS's quotas, which internal/quota has a
//     table of, and measures the policies that grow with it.
//   - history.go has what Terraform forgets or moves, by `retire` and `renamed`.
//   - addressplan.go, subnets.go and regions.go lay out the VPCs.
//   - names.go, accounts.go, logs.go, workloads.go, endpoints.go and services.go have the
//     names that two stacks must agree on before either exists; intents.go those that
//     intents.yaml may name.
//   - overlays.go has where in Git a cluster's images are named.
//   - deploytrust.go and workflows.go have who may deploy: roles, and runs of GitHub's;
//     owner.go checks those of the account that owns the organisation.
package estate
