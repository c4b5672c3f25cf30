package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/internal/fakeaws"
	"hubspoke/internal/runner"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// RAM knows no second invitation that could be accepted like the first: what is destroyed
// must leave nothing that a new deployment would meet.
func TestASpokesSharesAreDeployedDestroyedAndDeployedAgain(t *testing.T) {
	installation := terraformFor(t)
	e := synthesized(t, "mesh")
	aws := withStates(t, e)
	folder, err := installation.Scratch(e.stack("blue-share"), aws.Environment(e.Accounts[estate.HubAccount]))
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Parallel()
	for _, step := range []struct {
		name    string
		destroy bool
		shares  int
	}{{"deploying", false, 2}, {"destroying", true, 0}, {"deploying again", false, 2}} {
		if err := folder.Apply(t.Context(), step.destroy); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		for _, problem := range notShared(aws, e.Accounts["blue"], step.shares) {
			t.Errorf("after %s: %s", step.name, problem)
		}
	}
	if changes, err := folder.Plan(t.Context()); err != nil || changes != (runner.Changes{}) {
		t.Errorf("after all, a plan has %s: %v", changes, err)
	}
	report(t, aws.Refused())
}

// notShared says what is wrong where a number of shares should be there, each accepted
// by an account that was invited to it once.
func notShared(aws *fakeaws.Server, account string, want int) []string {
	var problems []string
	active := 0
	for _, share := range aws.Shares() {
		if share.Status != fakeaws.Active {
			continue
		}
		active++
		if len(share.Principals) != 1 || share.Principals[account] != fakeaws.Associated {
			problems = append(problems, fmt.Sprintf("%s has the principals %v", share.Name, share.Principals))
		}
		invited := 0
		for _, invitation := range aws.Invitations() {
			if invitation.Share == share.ARN {
				invited++
			}
		}
		if invited != 1 {
			problems = append(problems, fmt.Sprintf("%s has invited %d times", share.Name, invited))
		}
	}
	if active != want {
		problems = append(problems, fmt.Sprintf("there are %d shares, want %d", active, want))
	}
	return problems
}

// An accepter whose share stays when it is destroyed never finds a pending invitation
// again, and one that leaves a share which others use cannot be invited anew.
func TestAShareLivesAndDiesWithItsAcceptance(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, s := range e.stacks {
			report(t, outlivingShares(s))
		}
	})
}

// outlivingShares are the accepters whose shares are made elsewhere, invite others as
// well, or may be accepted before they are complete.
func outlivingShares(s *stackjson.Stack) []string {
	var problems []string
	of := map[string][]stackjson.Resource{}
	made := map[string]bool{}
	for _, r := range s.Resources() {
		if r.Type == "aws_ram_resource_share" {
			made["${"+r.Address()+".arn}"] = true
		}
		arn, _ := r.Body["resource_share_arn"].(string)
		of[arn] = append(of[arn], r)
	}
	for _, r := range s.Resources() {
		if r.Type != "aws_ram_resource_share_accepter" {
			continue
		}
		arn, _ := r.Body["share_arn"].(string)
		if !made[arn] {
			problems = append(problems, fmt.Sprintf("%s: %s accepts %s, which another stack makes", s.Name, r.Address(), arn))
		}
		principals := 0
		waits, _ := r.Body["depends_on"].([]any)
		for _, association := range of[arn] {
			if association.Type == "aws_ram_principal_association" {
				principals++
			}
			if !slices.Contains(waits, any(association.Address())) {
				problems = append(problems, fmt.Sprintf("%s: %s does not wait for %s", s.Name, r.Address(), association.Address()))
			}
		}
		if principals != 1 {
			problems = append(problems, fmt.Sprintf("%s: the share that %s accepts has %d principals, want the one that accepts", s.Name, r.Address(), principals))
		}
	}
	return problems
}

func TestSharesThatOutliveTheirAcceptanceAreSeen(t *testing.T) {
	stack := func(resources map[string]any) *stackjson.Stack {
		return &stackjson.Stack{Name: "dev", JSON: map[string]any{"resource": resources}}
	}
	share := map[string]any{"x": map[string]any{"name": "x"}}
	principal := map[string]any{"resource_share_arn": "${aws_ram_resource_share.x.arn}", "principal": "222222222222"}
	accepter := func(arn string, waits ...any) map[string]any {
		return map[string]any{"x": map[string]any{"share_arn": arn, "depends_on": waits}}
	}
	const own, a, b = "${aws_ram_resource_share.x.arn}", "aws_ram_principal_association.a", "aws_ram_principal_association.b"
	for _, test := range []struct {
		name      string
		resources map[string]any
		want      string
	}{
		{"made and accepted", map[string]any{
			"aws_ram_resource_share": share, "aws_ram_principal_association": map[string]any{"a": principal},
			"aws_ram_resource_share_accepter": accepter(own, a),
		}, ""},
		{"made elsewhere", map[string]any{
			"aws_ram_resource_share_accepter": accepter("${data.terraform_remote_state.hub_network.outputs.share_arn}"),
		}, "another stack makes"},
		{"with others", map[string]any{
			"aws_ram_resource_share": share, "aws_ram_principal_association": map[string]any{"a": principal, "b": principal},
			"aws_ram_resource_share_accepter": accepter(own, a, b),
		}, "2 principals"},
		{"too early", map[string]any{
			"aws_ram_resource_share": share, "aws_ram_principal_association": map[string]any{"a": principal},
			"aws_ram_resource_share_accepter": accepter(own),
		}, "does not wait"},
	} {
		got := strings.Join(outlivingShares(stack(test.resources)), "\n")
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want one that speaks of %q", test.name, got, test.want)
		}
	}
}

// AWS knows a shared resource in an account some time after the account has accepted
// it. What uses it is in a stack that comes later, and not in the one that accepts.
func TestWhatIsSharedIsUsedInALaterStack(t *testing.T) {
	uses := []string{
		"aws_ec2_transit_gateway_vpc_attachment", "aws_route53_resolver_rule_association", "aws_route53_resolver_query_log_config_association",
		"aws_route53_resolver_firewall_rule_group_association",
	}
	for _, name := range tf.Keys(estates) {
		e := synthesized(t, name)
		if !e.InvitesSpokes() {
			continue
		}
		for _, listed := range e.list {
			for _, r := range e.stack(listed.Name).Resources() {
				if listed.Account == estate.HubAccount || !slices.Contains(uses, r.Type) {
					continue
				}
				if share := listed.Account + "-share"; !slices.Contains(listed.Earlier(), share) {
					t.Errorf("%s: %s: %s uses what %s shares, and does not come after it", name, listed.Name, r.Address(), share)
				}
			}
		}
	}
}
