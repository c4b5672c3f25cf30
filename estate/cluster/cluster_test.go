package cluster

import (
	"strings"
	"testing"
	"time"

	"hubspoke/internal/yamldoc"
)

func TestEveryKnownVersionHasExtendedSupportForAYear(t *testing.T) {
	last := time.Time{}
	for _, v := range kubernetesVersions {
		if days := daysUntil(v.standard, v.extended); days < 365 || days > 366 {
			t.Errorf("%s: extended support lasts %d days", v.name, days)
		}
		if !v.standard.After(last) {
			t.Errorf("%s is not in order", v.name)
		}
		last = v.standard
	}
	var c Config
	yamldoc.ApplyDefaults(&c)
	if v := kubernetesVersions[len(kubernetesVersions)-1]; v.name != c.Version {
		t.Errorf("the default is %s, the newest known %s", c.Version, v.name)
	}
}

func TestTheArchitectureOfAnInstanceTypeIsInItsName(t *testing.T) {
	for architecture, types := range map[Architecture]string{
		ARM64: "a1.metal t4g.medium c6gn.16xlarge c7g.large c7gd.metal c7gn.large c8gb.48xlarge c8gn.medium m6g.metal m7g.xlarge m8gd.24xlarge " +
			"m8g.metal-24xl m9g.large r6gd.large r7g.2xlarge r8gb.large r8gn.large x2gd.metal x8g.16xlarge i4g.large i8g.metal-48xl i8ge.large " +
			"im4gn.large is4gen.8xlarge g5g.metal hpc7g.16xlarge p6e-gb200.36xlarge",
		AMD64: "t2.nano t3.micro t3a.small c4.8xlarge c5.large c5a.24xlarge c5n.metal c6id.32xlarge c6in.large c7a.medium c7i.metal-48xl c7i-flex.large " +
			"c8i-flex.16xlarge m5.large m5zn.metal m7a.48xlarge m7i-flex.8xlarge m8azn.large r5dn.large r8i.96xlarge x1e.32xlarge x2iedn.metal z1d.large " +
			"i3en.24xlarge i4i.large i7ie.48xlarge d3en.12xlarge h1.2xlarge g4ad.xlarge g4dn.metal g5.48xlarge g6.xlarge g6e.12xlarge g6f.large g7e.2xlarge " +
			"gr6.4xlarge gr6f.4xlarge p3dn.24xlarge p4de.24xlarge p5en.48xlarge p6-b200.48xlarge inf2.xlarge trn1n.32xlarge dl1.24xlarge f2.6xlarge vt1.3xlarge " +
			"hpc6id.32xlarge hpc7a.96xlarge u-6tb1.56xlarge u-12tb1.112xlarge u7i-12tb.224xlarge u7in-32tb.224xlarge",
		"": "c7g large c7g.huge C7g.large c.large 7g.large c7g.large.large c7g_large mac1.metal mac2-m2.metal u-tb1.metal x7.x-large ${type} c7g.*",
	} {
		for _, name := range strings.Fields(types) {
			if got := architectureOf(name); got != architecture {
				t.Errorf("%s is %q, want %q", name, got, architecture)
			}
		}
	}
	if architectureOf("") != "" {
		t.Error("nothing is an instance type")
	}
}

func TestDefaultInstanceTypesAreOfTheirArchitecture(t *testing.T) {
	for name, p := range defaultNodePools() {
		for _, instanceType := range p.InstanceTypes {
			if got := architectureOf(instanceType); got != p.Architecture {
				t.Errorf("%s: %s is %q", name, instanceType, got)
			}
		}
	}
}

func TestTaintsAreReadAsKubectlWritesThem(t *testing.T) {
	for text, want := range map[string]Taint{
		"CriticalAddonsOnly=true:NoSchedule": {"CriticalAddonsOnly", "true", "NoSchedule"},
		"example.com/gpu:NoExecute":          {"example.com/gpu", "", "NoExecute"},
		"batch=:PreferNoSchedule":            {"batch", "", "PreferNoSchedule"},
	} {
		if got, ok := ParseTaint(text); !ok || got != want {
			t.Errorf("%s is %+v, %v", text, got, ok)
		}
	}
}
