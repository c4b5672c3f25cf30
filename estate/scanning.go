package estate

import (
	"slices"

	"hubspoke/estate/registry"
)

// OrganizationScansImages says that the organisation's Inspector scans the images of the hub's
// registry: the account that administers it switches that on, so that the hub's own stacks must
// not, also before that account is there.
func (e *Estate) OrganizationScansImages() bool {
	return e.HasSecurity() && !e.hubSuspended() &&
		slices.Contains(e.Org.Security.Inspector, "ecr") && slices.Contains(e.SecurityRegions(), e.Region)
}

func (e *Estate) hubSuspended() bool { return slices.Contains(e.SuspendedAccounts(), HubAccount) }

// ImageScanning is who scans the images of the hub's registry.
//
// It follows the organisation's Inspector where the file says nothing. The setting of the
// registry and that of Inspector are two names of one thing: whoever sets one sets the other.
// https://docs.aws.amazon.com/inspector/latest/user/activate-scans.html
func (e *Estate) ImageScanning() registry.ScanKind {
	switch {
	case e.Hub.Registry.Scanning.Kind != "":
		return e.Hub.Registry.Scanning.Kind
	case e.OrganizationScansImages():
		return registry.Enhanced
	}
	return registry.Basic
}

// ImageFindingsTopic is the topic by which people are told of what is found in images, and
// begins the names of the rules that tell them.
func (e *Estate) ImageFindingsTopic() string { return e.Prefix(HubAccount) + "-images" }

// validateScanning checks how images are scanned against who scans in the organisation.
func (e *Estate) validateScanning() {
	s := e.hub.Section("registry").Key("scanning")
	if s.Key("kind").Broken() {
		return
	}
	if e.HasSecurity() {
		e.validateScanningInOrganization()
	}
	if e.ImageScanning() == registry.Enhanced {
		return
	}
	for _, key := range []string{"frequency", "continuous", "inspector", "fixable"} {
		if at := s.Key(key); at.Has() && !at.Broken() {
			at.Errorf("this is about Inspector, and ECR itself scans, once for each push: say kind: enhanced, or leave this out")
		}
	}
}

func (e *Estate) validateScanningInOrganization() {
	scanning, s := e.Hub.Registry.Scanning, e.hub.Section("registry").Key("scanning")
	if e.org.Broken("security.inspector") || e.org.Broken("security.regions") {
		return
	}
	scans := e.OrganizationScansImages()
	switch {
	case scanning.Kind == registry.Basic && scans:
		s.Key("kind").Errorf("security.inspector of organization.yaml has Inspector scan images, which makes scanning enhanced: take ecr out there, or leave this out")
	case scanning.Kind == registry.Enhanced && !scans && !e.hubSuspended():
		s.Key("kind").Errorf("%s says for all accounts what Inspector scans, and not images: add ecr to security.inspector in organization.yaml", e.Org.Security.Account)
	}
	if !scans {
		return
	}
	if at := s.Key("inspector"); at.Has() {
		at.Errorf("security.inspector of organization.yaml says for all accounts what Inspector scans: leave this out")
	}
	if at := s.Key("notify"); at.Has() {
		at.Errorf("security.notify of organization.yaml says who is told of Inspector's findings: name them there, or they are told twice")
	}
}
