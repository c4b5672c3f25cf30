package estate

import (
	"hubspoke/internal/yamldoc"

	"slices"
	"strings"
)

// DefaultKubernetesVersion is the version of a cluster that names none.
const DefaultKubernetesVersion = "1.35"

// kubernetesVersion is a version of Kubernetes that EKS offers. Support ends as
// the day begins, in UTC. Past standard support EKS charges extra, and past
// extended support it upgrades clusters by itself.
type kubernetesVersion struct {
	name               string
	standard, extended Date
}

// kubernetesVersions are the versions with their dates, oldest first. One that is
// newer than the table is not known until it stands here with its dates:
// https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html#kubernetes-release-calendar
var kubernetesVersions = []kubernetesVersion{
	{"1.30", date("2025-07-23"), date("2026-07-23")},
	{"1.31", date("2025-11-26"), date("2026-11-26")},
	{"1.32", date("2026-03-23"), date("2027-03-23")},
	{"1.33", date("2026-07-29"), date("2027-07-29")},
	{"1.34", date("2026-12-02"), date("2027-12-02")},
	{"1.35", date("2027-03-27"), date("2028-03-27")},
}

func date(text string) Date {
	var d Date
	if err := d.UnmarshalText([]byte(text)); err != nil {
		panic("estate: " + err.Error())
	}
	return d
}

// noticeDays is how long before its end a version's standard support is warned
// about. EKS itself announces the end 60 days ahead.
const noticeDays = 90

// validateVersion checks that EKS offers a version and, if the estate says of
// which day it speaks, how long.
func (e *Estate) validateVersion(d *yamldoc.Document, at, name string) {
	i := slices.IndexFunc(kubernetesVersions, func(v kubernetesVersion) bool { return v.name == name })
	if i < 0 {
		names := versionNames(func(kubernetesVersion) bool { return true })
		d.Errorf(at, "%q is not a Kubernetes version that EKS is known to support%s: those are %s", name, yamldoc.Suggest(name, names), strings.Join(names, ", "))
		return
	}
	if e.AsOf.IsZero() {
		return
	}
	v, better := kubernetesVersions[i], ""
	if names := versionNames(func(v kubernetesVersion) bool { return e.AsOf.daysUntil(v.standard) > noticeDays }); len(names) > 0 {
		better = "; longer in standard support: " + strings.Join(names, ", ")
	}
	switch days := e.AsOf.daysUntil(v.standard); {
	case e.AsOf.daysUntil(v.extended) <= 0:
		d.Errorf(at, "extended support of Kubernetes %s ended on %s, and EKS upgrades such clusters by itself%s", name, v.extended, better)
	case days <= 0:
		e.warn(d, at, "standard support of Kubernetes %s ended on %s: EKS charges extra, and upgrades the cluster by itself on %s%s", name, v.standard, v.extended, better)
	case days <= noticeDays:
		e.warn(d, at, "standard support of Kubernetes %s ends soon, on %s%s", name, v.standard, better)
	}
}

func versionNames(which func(kubernetesVersion) bool) []string {
	var names []string
	for _, v := range kubernetesVersions {
		if which(v) {
			names = append(names, v.name)
		}
	}
	return names
}
