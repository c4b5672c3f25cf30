package spokeeks

import (
	"slices"
	"testing"

	"hubspoke/constructs/eks"
	"hubspoke/estate"
)

// Pods do not choose among servers that give different answers.
func TestPodsAskInTheOrderOfTheEstate(t *testing.T) {
	e, err := estate.Load("../../test/testdata/estates/mesh")
	if err != nil {
		t.Fatal(err)
	}
	var inbound []string
	for _, a := range e.InboundAddresses() {
		inbound = append(inbound, a.String())
	}
	for order, want := range map[estate.ResolverOrder][]string{
		estate.AmazonOnly:  nil,
		estate.AmazonFirst: {eks.VPCResolver},
		estate.HubFirst:    append(inbound, eks.VPCResolver),
	} {
		e.DNS.ResolverOrder = order
		if got := nameServers(e, "blue"); !slices.Equal(got, want) {
			t.Errorf("%s: CoreDNS asks %q, want %q", order, got, want)
		}
	}
}

func TestPodsOfASpokeThatDoesNotReachTheHubDoNotAskIt(t *testing.T) {
	e, err := estate.Load("../../test/testdata/estates/mesh")
	if err != nil {
		t.Fatal(err)
	}
	e.Segmentation, e.DNS.ResolverOrder = estate.Segments, estate.HubFirst
	e.Spokes[0].Segment = "alone"
	if got := nameServers(e, e.Spokes[0].Name); got != nil {
		t.Errorf("CoreDNS asks %q", got)
	}
}
