package eks

import (
	"encoding/json"
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
