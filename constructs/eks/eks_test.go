package eks

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestTheVPCCNIIsToldWhatIsNotItsDefault(t *testing.T) {
	for want, options := range map[string]AddOns{
		`{"enableNetworkPolicy":"true"}`: {},
		`{}`:                             {IgnoreNetworkPolicies: true},
		`{"enableNetworkPolicy":"true","env":{"ENABLE_PREFIX_DELEGATION":"true","WARM_PREFIX_TARGET":"1"}}`: {PrefixDelegation: true},
	} {
		text, err := json.Marshal(options.vpcCNI())
		if err != nil {
			t.Fatal(err)
		}
		if string(text) != want {
			t.Errorf("got %s, want %s", text, want)
		}
	}
}

// CoreDNS keeps AWS's own Corefile unless it must not choose its servers at random.
func TestCoreDNSAsksTheNamedServersInTheirOrder(t *testing.T) {
	if configuration := (AddOns{}).coreDNS(); configuration["corefile"] != nil {
		t.Errorf("without name servers it has the Corefile %s", configuration["corefile"])
	}
	text, _ := AddOns{NameServers: []string{"10.0.64.20", VPCResolver}}.coreDNS()["corefile"].(string)
	var forwards []string
	depth := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "forward ") || strings.HasPrefix(line, "policy ") {
			forwards = append(forwards, line)
		}
		depth += strings.Count(line, "{") - strings.Count(line, "}")
	}
	want := []string{"forward . 10.0.64.20 169.254.169.253 {", "policy sequential"}
	if !slices.Equal(forwards, want) || depth != 0 {
		t.Errorf("it forwards by %q, want %q, in\n%s", forwards, want, text)
	}
}

// The system nodes are the only ones at first, so whatever a cluster needs before
// others come must tolerate their taint.
func TestAddOnsTolerateTheTaintOfSystemNodes(t *testing.T) {
	for _, toleration := range tolerate {
		if toleration["key"] == CriticalAddOns.Key && toleration["operator"] == "Exists" {
			return
		}
	}
	t.Errorf("%v do not tolerate %s", tolerate, CriticalAddOns.Key)
}

func TestEveryVolumeIsEncrypted(t *testing.T) {
	for image, size := range map[string]float64{"al2023": 50, "bottlerocket": 50} {
		volumes := NodeGroup{Image: image, DiskGiB: int(size)}.volumes()
		for _, v := range volumes {
			if v.Ebs == nil || *v.Ebs.Encrypted != "true" {
				t.Errorf("%s: %s is not encrypted", image, *v.DeviceName)
			}
		}
		if last := volumes[len(volumes)-1]; last.Ebs.VolumeSize == nil || *last.Ebs.VolumeSize != size {
			t.Errorf("%s: the last volume, %s, does not have the size asked for", image, *last.DeviceName)
		}
	}
}

func TestTaintsHaveEKSNames(t *testing.T) {
	taints, err := NodeGroup{Taints: []Taint{CriticalAddOns}}.taints()
	if err != nil {
		t.Fatal(err)
	}
	if *taints[0].Effect != "NO_SCHEDULE" {
		t.Errorf("got %s", *taints[0].Effect)
	}
	if _, err := (NodeGroup{Taints: []Taint{{Key: "a", Effect: "Never"}}}).taints(); err == nil {
		t.Error("an effect that Kubernetes does not have is no error")
	}
}
