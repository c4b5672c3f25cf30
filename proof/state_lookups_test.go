package proof

import "testing"

// A VPC that somebody else has made is looked up, by one root or by several. What roots make in it concerns nobody else's network,
// in states as in what is written; without the lookup nobody knows which VPC it is.
func TestAVPCThatStatesLookUpIsSetAside(t *testing.T) {
	t.Parallel()
	const existing = "333333333333"
	vpc := fields{"id": "vpc-0old", "arn": "arn:aws:ec2:eu-central-1:" + existing + ":vpc/vpc-0old", "owner_id": existing, "cidr_block": "10.9.0.0/16"}
	states := func() map[string]map[string]fields {
		all := map[string]map[string]fields{
			"hub": {"aws_vpc.main": {"id": "vpc-0hub", "arn": "arn:aws:ec2:eu-central-1:111111111111:vpc/vpc-0hub", "owner_id": hubNumber, "cidr_block": "10.0.0.0/16"}},
			"existing": {
				"data.aws_vpc.main":    vpc,
				"data.aws_subnet.main": {"id": "subnet-0old", "arn": "arn:aws:ec2:eu-central-1:" + existing + ":subnet/subnet-0old", "owner_id": existing, "vpc_id": "vpc-0old", "cidr_block": "10.9.0.0/24"},
				"aws_security_group.main": {"id": "sg-0new", "arn": "arn:aws:ec2:eu-central-1:" + existing + ":security-group/sg-0new", "owner_id": existing, "name": "new", "vpc_id": "vpc-0old",
					"ingress": []any{}, "egress": []any{}},
			},
			"database": {
				"data.aws_vpc.main": vpc,
				"aws_security_group.main": {"id": "sg-0data", "arn": "arn:aws:ec2:eu-central-1:" + existing + ":security-group/sg-0data", "owner_id": existing, "name": "data", "vpc_id": "vpc-0old",
					"ingress": []any{}, "egress": []any{}},
			},
		}
		return all
	}
	found := func(all map[string]map[string]fields) map[string]int {
		in := Input{Stacks: stacksOf(t, all), Accounts: map[string]string{"hub": hubNumber, "existing": existing}, Tiers: &Tiers{}}
		count := map[string]int{}
		for _, f := range Of(in).Prove().Invariants {
			count[f.Kind.Code()]++
			t.Log(f)
		}
		return count
	}
	if got := found(states()); got["not-understood"] != 0 || got["vpc-looked-up"] != 2 {
		t.Errorf("what is in the VPC that is looked up is %v", got)
	}
	unknown := states()
	for _, root := range []string{"existing", "database"} {
		delete(unknown[root], "data.aws_vpc.main")
		delete(unknown[root], "data.aws_subnet.main")
	}
	if got := found(unknown); got["not-understood"] == 0 || got["vpc-looked-up"] != 0 {
		t.Errorf("what is in a VPC that nobody looks up is %v", got)
	}
}
