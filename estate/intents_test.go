package estate

import (
	"fmt"
	"testing"
)

func TestIntentsMayNameTheTiersThatNetworksHave(t *testing.T) {
	for folder, want := range map[string]string{
		"piksel": "map[dev:[public attachment private] hub:[public attachment private] prod:[public attachment private] staging:[public attachment private]]",
		"artos":  "map[dev:[database private] existing:[database private] hub:[] production:[database private]]",
	} {
		e, err := Load("../environments/" + folder)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(e.intentNames().Tiers); got != want {
			t.Errorf("%s: the tiers are %s", folder, got)
		}
	}
}

func TestTheTiersOfABrokenNetworkAreNotKnown(t *testing.T) {
	e, err := Load("../environments/piksel")
	if err != nil {
		t.Fatal(err)
	}
	e.spokes["dev"].Reject(1, "network.private_only", "broken")
	if tiers, known := e.intentNames().Tiers["dev"]; known {
		t.Errorf("the tiers of dev are %v", tiers)
	}
}

func TestASpokeWithoutAnAccountNumberMayBeNamedInIntents(t *testing.T) {
	e, err := Load("../environments/piksel")
	if err != nil {
		t.Fatal(err)
	}
	delete(e.Accounts, "dev")
	if _, err := e.intentNames().Party("dev.private"); err != nil {
		t.Error(err)
	}
}
