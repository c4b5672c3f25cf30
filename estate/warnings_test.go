package estate

import (
	"testing"
)

// What is not wrong yet, with all that is said about it.
func TestWhatMayGoWrongIsWarnedAbout(t *testing.T) {
	const prod = "warning: acme/prod.yaml:"
	nodes := func(group string) []edit {
		return []edit{{"prod.yaml", "", "cluster:\n  system_nodes: " + group + "\n  access: {admin: {role: admin, policy: AmazonEKSClusterAdminPolicy}}\n"}}
	}
	for _, test := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"system nodes of two types", nodes("{instance_types: [m7g.large, m6g.large]}"), ""},
		{"system nodes of spot capacity", nodes("{instance_types: [m7g.large, m6g.large], capacity: spot, min_size: 3}"),
			prod + "10: cluster.system_nodes.capacity: the 3 nodes that carry CoreDNS, Karpenter and the load balancer controller are spot instances: EC2 may take all of them back at once, two minutes ahead, and then nobody launches others: make these on-demand, and leave spot to node pools\n"},
		{"system nodes of one type, which is the default", nodes("{max_size: 5}"),
			prod + "10: cluster.system_nodes.instance_types: 2 to 5 nodes can be m7g.large alone, and a zone that has none left gets no node: name another one of the same size too\n"},
		{"a spot group of one type", nodes("{instance_types: [m7g.large, m6g.large]}\n  node_groups: {batch: {capacity: spot}, web: {}}"),
			prod + "11: cluster.node_groups.batch.instance_types: 2 to 3 nodes can be m7g.large alone, and a zone that has none left gets no node: name another one of the same size too\n"},
		{"nodes where no secrets are mounted", nodes("{instance_types: [m7g.large, m6g.large]}\n  secrets: true\n  node_groups: {web: {instance_types: [m7g.large, m6g.large], taints: [\"web:PreferNoSchedule\", \"web:NoExecute\"]}}"),
			prod + "12: cluster.node_groups.web.taints[1]: pods on these nodes mount no secrets: the driver that secrets installs does not tolerate the taint\n"},
		{"pools that grow out of their subnets", append(nodes("{instance_types: [m7g.large, m6g.large]}"), edit{"prod.yaml", "  az_count: 3\n", "  az_count: 3\n  prefix_lengths: {public: 28, private: 23, database: 28}\n"}),
			prod + "10: cluster.node_pools: as large as they may be, node groups and node pools hold 11310 to 30060 addresses, and the private subnets have 1521: give the subnets more room, or the node pools cpu_limits of 146 to 389 in all, not 3000\n"},
		{"node groups that grow out of their subnets", append(nodes("{instance_types: [m7g.large, m6g.large], max_size: 80}\n  node_groups: {web: {}}\n  node_pools: {}"), edit{"prod.yaml", "  az_count: 3\n", "  az_count: 3\n  prefix_lengths: {public: 28, private: 23, database: 28}\n"}),
			prod + "12: cluster.node_groups: as large as they may be, node groups and node pools hold 1660 to 1660 addresses, and the private subnets have 1521: give the subnets more room, or lower max_size\n"},
		{"an account called like a service", []edit{{"estate.yaml", "  audit:", "  logs:"}, {"estate.yaml", "account: audit", "account: hub"}},
			"warning: acme/estate.yaml:8: accounts.logs: intents that name logs mean this account, and can say nothing of the AWS service of that name\n"},
		{"a policy that nears IAM's limit", nodes("{instance_types: [m7g.large, m6g.large]}\n  identities: {shop: {namespace: shop, service_account: shop, allow: {read: {actions: ['s3:GetObject'], resources: " + manyResources(270) + "}}}}\n  namespaces: {shop: {}}"),
			prod + "11: cluster.identities.shop: 9024 of 10240 characters of a role's inline policies are used (what the workload is allowed): AWS gives nobody more: name several actions or resources by one with a wildcard, or make a managed policy of your own and name it under managed_policies\n"},
		{"alarms that tell nobody", append(nodes("{instance_types: [m7g.large, m6g.large]}"), edit{"prod.yaml", "", "database: {read_replicas: {reports: {}}}\n"}),
			prod + "12: database.alarms: 6 alarms tell nobody, and are seen in CloudWatch alone: name SNS topics under database.alarms.topics\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := loadEdited(t, test.edits...).Warnings.Warning(); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}
