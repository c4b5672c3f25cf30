package test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

func TestDatabasesAreGuarded(t *testing.T) {
	eachStack(t, weakDatabases)
}

// A read replica of a database whose password RDS manages is refused, by an error
// that comes when it is created:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
func TestNoReplicaCopiesADatabaseWithAManagedPassword(t *testing.T) {
	replicas := 0
	eachStack(t, func(s *stackjson.Stack) []string {
		for _, r := range databases(s) {
			if r.Body["replicate_source_db"] != nil {
				replicas++
			}
		}
		return refusedReplicas(s)
	})
	if replicas == 0 {
		t.Error("no estate under test has a replica")
	}
}

func databases(s *stackjson.Stack) []stackjson.Resource {
	return slices.DeleteFunc(s.Resources(), func(r stackjson.Resource) bool { return r.Type != "aws_db_instance" })
}

// weakDatabases says what of the stack's databases is not encrypted, not kept or
// open to too many.
func weakDatabases(s *stackjson.Stack) []string {
	var problems []string
	for _, r := range databases(s) {
		want := map[string]any{"storage_encrypted": true, "publicly_accessible": false, "iam_database_authentication_enabled": true, "copy_tags_to_snapshot": true, "performance_insights_enabled": true}
		if r.Body["replicate_source_db"] == nil {
			want["deletion_protection"], want["delete_automated_backups"], want["skip_final_snapshot"] = true, false, false
			if days, _ := r.Body["backup_retention_period"].(float64); days < 1 {
				problems = append(problems, r.Address()+" has no backups")
			}
			if r.Body["manage_master_user_password"] != true && r.Body["password_wo"] == nil {
				problems = append(problems, r.Address()+" has no password that is kept secret")
			}
		}
		for _, key := range tf.Keys(want) {
			if r.Body[key] != want[key] {
				problems = append(problems, fmt.Sprintf("%s: %s is %v, want %v", r.Address(), key, r.Body[key], want[key]))
			}
		}
		if r.Body["password"] != nil {
			problems = append(problems, r.Address()+" has a password that its state shows")
		}
		problems = append(problems, unwatched(s, r)...)
	}
	for _, r := range s.Resources() {
		if r.Type == "aws_db_parameter_group" && !strings.Contains(compact(r.Body["parameter"]), `{"name":"rds.force_ssl","value":"1"}`) {
			problems = append(problems, r.Address()+" does not force TLS")
		}
	}
	if len(databases(s)) > 0 {
		problems = append(problems, wideGroups(s)...)
	}
	return problems
}

// unwatched says which logs of a database have no log group with a key and an end,
// and what of it raises no alarm.
func unwatched(s *stackjson.Stack, database stackjson.Resource) []string {
	var problems []string
	groups, alarms := map[string]bool{}, map[string]bool{}
	for _, r := range s.Resources() {
		switch name, _ := r.Body["name"].(string); r.Type {
		case "aws_cloudwatch_log_group":
			groups[name] = r.Body["kms_key_id"] != nil && r.Body["retention_in_days"] != nil
		case "aws_cloudwatch_metric_alarm":
			if strings.Contains(compact(r.Body["dimensions"]), `"${`+database.Address()+`.identifier}"`) {
				alarms[fmt.Sprint(r.Body["metric_name"])] = true
			}
		}
	}
	exports, _ := database.Body["enabled_cloudwatch_logs_exports"].([]any)
	if len(exports) == 0 {
		problems = append(problems, database.Address()+" publishes no logs")
	}
	for _, kind := range exports {
		if group := fmt.Sprintf("/aws/rds/instance/%v/%v", database.Body["identifier"], kind); !groups[group] {
			problems = append(problems, fmt.Sprintf("%s: no log group %s with a key and an end", database.Address(), group))
		}
	}
	for _, metric := range []string{"CPUUtilization", "DatabaseConnections", "FreeStorageSpace"} {
		if !alarms[metric] {
			problems = append(problems, fmt.Sprintf("%s: no alarm on %s", database.Address(), metric))
		}
	}
	return problems
}

// wideGroups says which rules of a stack with a database are for something else than
// PostgreSQL from another group.
func wideGroups(s *stackjson.Stack) []string {
	var problems []string
	for _, r := range s.Resources() {
		switch r.Type {
		case "aws_vpc_security_group_ingress_rule":
			from, _ := r.Body["referenced_security_group_id"].(string)
			if r.Body["from_port"] != 5432.0 || r.Body["to_port"] != 5432.0 || r.Body["ip_protocol"] != "tcp" || !strings.Contains(from, ".nodes_group_id}") {
				problems = append(problems, r.Address()+" admits more than PostgreSQL from nodes")
			}
		case "aws_vpc_security_group_egress_rule":
			problems = append(problems, r.Address()+" lets a database send")
		}
	}
	return problems
}

// refusedReplicas are the replicas whose source has a password that RDS manages.
func refusedReplicas(s *stackjson.Stack) []string {
	var problems []string
	for _, r := range databases(s) {
		for _, source := range databases(s) {
			if r.Body["replicate_source_db"] == "${"+source.Address()+".identifier}" && source.Body["manage_master_user_password"] != nil {
				problems = append(problems, r.Address()+" copies "+source.Address()+", whose password RDS manages: RDS refuses that")
			}
		}
	}
	return problems
}

// The tests above are worth what they see.
func TestWeakDatabasesAreSeen(t *testing.T) {
	e := synthesized(t, "options")
	good := string(e.stack("apps-one-data").Text)
	for name, change := range map[string][2]string{
		"storage is not encrypted":       {`"storage_encrypted": true`, `"storage_encrypted": false`},
		"it has a public address":        {`"publicly_accessible": false`, `"publicly_accessible": true`},
		"it can be deleted":              {`"deletion_protection": true`, `"deletion_protection": false`},
		"it leaves no snapshot":          {`"skip_final_snapshot": false`, `"skip_final_snapshot": true`},
		"it has no backups":              {`"backup_retention_period": 35`, `"backup_retention_period": 0`},
		"its state shows the password":   {`"password_wo":`, `"password":`},
		"TLS is a choice":                {`"name": "rds.force_ssl"`, `"name": "rds.force_tls"`},
		"another port is open":           {`"to_port": 5432`, `"to_port": 5433`},
		"another group is admitted":      {`outputs.nodes_group_id}`, `outputs.vpc_id}`},
		"it publishes a log more":        {`"enabled_cloudwatch_logs_exports": [`, `"enabled_cloudwatch_logs_exports": ["iam-db-auth-error",`},
		"nobody sees that it is full":    {`"FreeStorageSpace"`, `"FreeableMemory"`},
		"RDS manages a copied password":  {`"password_wo":`, `"manage_master_user_password": true, "password_wo":`},
		"a replica's logs have no group": {`/aws/rds/instance/options-apps-one-reports/postgresql`, `/aws/rds/instance/reports/postgresql`},
	} {
		text := strings.ReplaceAll(good, change[0], change[1])
		if text == good {
			t.Errorf("apps-one-data has no %s any more: mend this test", change[0])
			continue
		}
		s := &stackjson.Stack{Name: "apps-one-data", Text: []byte(text)}
		if err := json.Unmarshal(s.Text, &s.JSON); err != nil {
			t.Fatal(err)
		}
		if slices.Concat(weakDatabases(s), refusedReplicas(s)) == nil {
			t.Errorf("%s: not seen", name)
		}
	}
}

func TestADatabaseOnlyAdds(t *testing.T) {
	before := synthesized(t, "piksel")
	after := piksel(t, edit{"dev.yaml", `\ncluster:\n`, "\ndatabase: {}$0"})
	stays(t, before, after)
	for _, s := range before.stacks {
		for _, problem := range shrunk(stackjson.Strip(s.JSON), stackjson.Strip(after.stack(s.Name).JSON)) {
			t.Errorf("%s: %s", s.Name, problem)
		}
	}
	for stack, want := range map[string]int{"dev-network": 2, "staging-network": 0} {
		if got := count(after, stack, "aws_subnet") - count(before, stack, "aws_subnet"); got != want {
			t.Errorf("%s has %d subnets more, want %d", stack, got, want)
		}
	}
	for _, r := range after.stack("dev-network").Resources() {
		if strings.HasPrefix(r.Type, "aws_route") && strings.HasPrefix(r.Name, "database_") && r.Type != "aws_route_table" && r.Type != "aws_route_table_association" {
			t.Errorf("database subnets have a route beside the local one: %s", r.Address())
		}
	}
	if got := count(after, "dev-data", "aws_db_instance"); got != 1 {
		t.Errorf("%d database instances, want 1", got)
	}
}

// A replica changes who manages the password of the database, and else nothing of it.
func TestAReplicaMovesNothing(t *testing.T) {
	before := piksel(t, edit{"dev.yaml", `\ncluster:\n`, "\ndatabase: {}$0"})
	after := piksel(t, edit{"dev.yaml", `\ncluster:\n`, "\ndatabase:\n  read_replicas:\n    reports: {}$0"})
	further := piksel(t, edit{"dev.yaml", `\ncluster:\n`, "\ndatabase:\n  read_replicas:\n    audit: {}\n    reports: {}$0"})
	stays(t, before, after)
	stays(t, after, further)
	was, is := databases(before.stack("dev-data")), databases(after.stack("dev-data"))
	for _, key := range tf.Keys(was[0].Body) {
		if password := strings.Contains(key, "master_user"); !password && key != "//" && key != "depends_on" && compact(was[0].Body[key]) != compact(is[0].Body[key]) {
			t.Errorf("%s: %s changed from %v to %v", is[0].Address(), key, was[0].Body[key], is[0].Body[key])
		}
	}
	for i, want := range []int{2, 3} {
		if got := count([]*synthesis{after, further}[i], "dev-data", "aws_db_instance"); got != want {
			t.Errorf("%d database instances, want %d", got, want)
		}
	}
}

// A third zone joins the subnet group, and the database stays where it is.
func TestAZoneMoreMovesNoDatabase(t *testing.T) {
	database := edit{"dev.yaml", `\ncluster:\n`, "\ndatabase: {}$0"}
	before, after := piksel(t, database), piksel(t, database, edit{"dev.yaml", `az_count: 2`, `az_count: 3`})
	stays(t, before, after)
	for _, problem := range shrunk(stackjson.Strip(before.stack("dev-data").JSON), stackjson.Strip(after.stack("dev-data").JSON)) {
		t.Error(problem)
	}
}

// What a removal leaves must not keep its successor from being made: the secret goes
// and comes with the first read replica, the parameter group of the old major version
// stays as long as the instance has it.
func TestASuccessorFindsTheNameFreeAndThePredecessorInUse(t *testing.T) {
	seen := map[string]bool{}
	eachStack(t, func(s *stackjson.Stack) []string {
		var problems []string
		for _, r := range s.Resources() {
			switch r.Type {
			case "aws_secretsmanager_secret":
				if !strings.HasSuffix(s.Name, "-data") {
					continue // what people put into it is hard to lose
				}
				seen[r.Type] = true
				if r.Body["recovery_window_in_days"] != 0.0 || r.Body["lifecycle"] != nil {
					problems = append(problems, r.Address()+" would keep its name for a month, or could not be removed")
				}
			case "aws_db_parameter_group":
				seen[r.Type] = true
				if r.Body["skip_destroy"] != true {
					problems = append(problems, r.Address()+" would be deleted while an instance has it")
				}
			}
		}
		return problems
	})
	if len(seen) != 2 {
		t.Errorf("only %v seen", seen)
	}
}
