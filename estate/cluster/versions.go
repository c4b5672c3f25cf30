package cluster

import (
	"slices"
	"strings"
	"time"

	"hubspoke/internal/yamldoc"
)

// kubernetesVersion is a version of Kubernetes that EKS offers. Support ends as
// the day begins, in UTC. Past standard support EKS charges extra, and past
// extended support it upgrades clusters by itself.
type kubernetesVersion struct {
	name               string
	standard, extended time.Time
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

func date(text string) time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic("cluster: " + err.Error())
	}
	return day
}

// daysUntil is how many days a day is ahead of another one.
func daysUntil(from, to time.Time) int { return int(to.Sub(from) / (24 * time.Hour)) }

// noticeDays is how long before its end a version's standard support is warned
// about. EKS itself announces the end 60 days ahead.
const noticeDays = 90

// validateVersion checks how long EKS supports a version, if there is a day by which to
// judge it.
func validateVersion(s yamldoc.Section, name string, asOf time.Time) {
	i := slices.IndexFunc(kubernetesVersions, func(v kubernetesVersion) bool { return v.name == name })
	if i < 0 || asOf.IsZero() {
		return
	}
	v, better := kubernetesVersions[i], ""
	if names := versionNames(func(v kubernetesVersion) bool { return daysUntil(asOf, v.standard) > noticeDays }); len(names) > 0 {
		better = "; longer in standard support: " + strings.Join(names, ", ")
	}
	standard, extended := v.standard.Format(time.DateOnly), v.extended.Format(time.DateOnly)
	switch days := daysUntil(asOf, v.standard); {
	case daysUntil(asOf, v.extended) <= 0:
		s.Errorf("extended support of Kubernetes %s ended on %s, and EKS upgrades such clusters by itself%s", name, extended, better)
	case days <= 0:
		s.Warnf("standard support of Kubernetes %s ended on %s: EKS charges extra, and upgrades the cluster by itself on %s%s", name, standard, extended, better)
	case days <= noticeDays:
		s.Warnf("standard support of Kubernetes %s ends soon, on %s%s", name, standard, better)
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

// InExtendedSupport says that EKS charges extra for a version of Kubernetes on a day; of
// no day, and of a version that is not in the table, it says no.
func InExtendedSupport(version string, on time.Time) bool {
	i := slices.IndexFunc(kubernetesVersions, func(v kubernetesVersion) bool { return v.name == version })
	return i >= 0 && !on.IsZero() && !on.Before(kubernetesVersions[i].standard)
}

// SupportEnds are the days on which standard and extended support of a version of Kubernetes end;
// ok is false for a version that is not in the table.
func SupportEnds(version string) (standard, extended time.Time, ok bool) {
	i := slices.IndexFunc(kubernetesVersions, func(v kubernetesVersion) bool { return v.name == version })
	if i < 0 {
		return time.Time{}, time.Time{}, false
	}
	return kubernetesVersions[i].standard, kubernetesVersions[i].extended, true
}
