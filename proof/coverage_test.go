package proof

// publicVPC is a stack of its own with a subnet that has a way to the internet.
var publicVPC = map[string]any{
	"provider": map[string]any{"aws": map[string]any{"region": "eu-central-1", "allowed_account_ids": []any{"222222222222"}}},
	"resource": map[string]any{
		"aws_vpc":              map[string]any{"out": map[string]any{"cidr_block": "10.8.0.0/16"}},
		"aws_subnet":           map[string]any{"edge": map[string]any{"vpc_id": "${aws_vpc.out.id}", "cidr_block": "10.8.0.0/24", "availability_zone": "eu-central-1a"}},
		"aws_internet_gateway": map[string]any{"out": map[string]any{"vpc_id": "${aws_vpc.out.id}"}},
		"aws_route_table":      map[string]any{"edge": map[string]any{"vpc_id": "${aws_vpc.out.id}", "route": []any{map[string]any{"cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.out.id}"}}}},
		"aws_route_table_association": map[string]any{
			"edge": map[string]any{"subnet_id": "${aws_subnet.edge.id}", "route_table_id": "${aws_route_table.edge.id}"},
		},
	},
}
