// Package incident writes what to do when something has happened, with the names that an estate
// has in AWS. Ids that only AWS knows are looked up by the commands themselves.
package incident

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/logs"
	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
)

// Of is the runbook of an estate.
func Of(s *source.Source) *document.Document {
	d := &document.Document{
		Title: "Incident response for " + s.Estate.Name,
		About: []string{
			"What to do, by what has happened. Each section stands for itself: read its first line, then go down. Commands are for the AWS CLI in a POSIX shell, with credentials " +
				"for the account that a step names. Names are those of the synthesized stacks; a word with a dollar sign is set by an earlier step, or by you where the step says so.",
			"What is done here by hand is a difference that the next plan shows: `make diff` lists it, and `make deploy` with the stacks that a section names takes it back. Keep the pipeline from doing so too early.",
		},
	}
	told(s, d)
	entry(s, d)
	evidence(s, d)
	instance(s, d)
	nodes(s, d)
	role(s, d)
	person(s, d)
	github(s, d)
	spoke(s, d)
	account(s, d)
	keys(s, d)
	images(s, d)
	return d
}

// told is the section on who hears of it.
func told(s *source.Source, d *document.Document) {
	section := d.Section("Who is told", "Alarms and findings go to these topics. The first command says who is subscribed to one, the second tells them something.")
	section.Table("topic", "what for", "subscribers that stacks make")
	var topics []string
	for _, t := range s.Estate.Alarms.Topics {
		topics = append(topics, t)
		section.Row(t, "alarms", "made elsewhere")
	}
	for _, t := range s.Made("aws_sns_topic") {
		var who []string
		for _, sub := range s.Made("aws_sns_topic_subscription") {
			if source.Target(sub.Argument("topic_arn")) == t {
				who = append(who, source.Text(sub.Argument("protocol"))+": "+source.Text(sub.Argument("endpoint")))
			}
		}
		name := s.Estate.Account(s.Account(t.Account)).In(t.Region).ARN("sns", source.Name(t))
		topics = append(topics, name)
		section.Row(name, t.Stack.Name, strings.Join(who, "\n"))
	}
	if s.Estate.Org != nil {
		for _, kind := range sorted(s.Estate.Org.Contacts) {
			c := s.Estate.Org.Contacts[kind]
			section.Row("AWS writes to "+c.Email, "alternate contact: "+strings.ToLower(kind), c.Name+", "+c.Phone)
		}
	}
	if len(section.Rows) == 0 {
		section.Text = []string{"Nobody: the estate has no topic. `alarms.topics` in estate.yaml names one."}
	}
	for _, t := range slices.Compact(topics) {
		region := strings.Split(t, ":")[3]
		section.Do(s.Account(config.AccountOf(t)), "Ask and tell.",
			fmt.Sprintf("aws sns list-subscriptions-by-topic --region %s --topic-arn %s --query 'Subscriptions[].[Protocol,Endpoint]' --output text", region, t),
			fmt.Sprintf(`aws sns publish --region %s --topic-arn %s --subject "Incident" --message "$message"`, region, t))
	}
}

// entry is the section on how somebody who responds gets into an account.
func entry(s *source.Source, d *document.Document) {
	section := d.Section("How you come in", "Who may stop something in an account. A role is assumed with `aws sts assume-role`; break glass is for when nothing else works.").
		Table("account", "by", "of whom")
	for _, set := range s.Made("aws_ssoadmin_permission_set") {
		for _, a := range s.Made("aws_ssoadmin_account_assignment") {
			if source.Target(a.Argument("permission_set_arn")) == set {
				section.Row(s.Account(source.Text(a.Argument("target_id"))), "permission set "+source.Name(set), strings.ToLower(source.Text(a.Argument("principal_type")))+" "+source.Text(a.Argument("principal_id")))
			}
		}
	}
	for _, r := range s.Made("aws_iam_role") {
		name := source.Name(r)
		if name != s.Estate.BreakGlassRole() && name != s.Estate.ApplyRole() {
			continue
		}
		statements, err := source.Policy(r.Argument("assume_role_policy"))
		who := strings.Join(s.Allowed(statements, "sts:AssumeRole"), "\n")
		if err != nil {
			who = err.Error()
		}
		section.Row(s.Account(r.Account), "role "+name, who)
	}
	slices.SortStableFunc(section.Rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	number := s.Estate.Account("hub")
	role := number.Role(s.Estate.ApplyRole())
	text := "Assume it; the account's number is in the ARN."
	if len(s.Made("aws_iam_user")) > 0 {
		role, text = number.Role(s.Estate.BreakGlassRole()), "Break glass: as one of its users, with the code of the second factor."
		section.Do("management", text, fmt.Sprintf(`aws sts assume-role --role-arn %s --role-session-name "$who" --serial-number "$device" --token-code "$code"`, role))
		return
	}
	section.Do("", text, fmt.Sprintf(`aws sts assume-role --role-arn %s --role-session-name "$who"`, role))
}

// evidence is the section on what says what happened.
func evidence(s *source.Source, d *document.Document) {
	all := logs.Sources(s)
	section := d.Section("What happened",
		"Look before you change much, and copy what expires soon. A saved query is run on its log group; `report logs` has every place and prefix. `query` is one of the names below.").
		Table("question", "account", "where", "kept", "queries")
	for _, one := range all {
		question := questions[strings.Split(one.What, ",")[0]]
		if question == "" || one.To == nil {
			continue
		}
		if one.What == "configuration" {
			// There is a place for each account and region, all alike.
			one.Of, one.Prefix = "any account", "AWSLogs/$number/Config/$region/"
		}
		where, queries := source.Name(one.To), ""
		if one.To.Type == "aws_s3_bucket" {
			where = "s3://" + where + "/" + one.Prefix
		} else {
			queries = strings.Join(logs.SavedQueries(s, one.To), "\n")
		}
		section.Row(question+" "+one.Of, s.Where(one.To), where, logs.Kept(s, one.To), queries)
	}
	slices.SortStableFunc(section.Rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	section.Rows = slices.CompactFunc(section.Rows, slices.Equal)
	region := s.Estate.Region
	section.Do("", "Run a saved query on the last day of its log group.",
		fmt.Sprintf(`text=$(aws logs describe-query-definitions --region %s --query-definition-name-prefix "$query" --query 'queryDefinitions[0].queryString' --output text)`, region),
		fmt.Sprintf(`id=$(aws logs start-query --region %s --log-group-name "$group" --start-time $(($(date +%%s) - 86400)) --end-time $(date +%%s) --query-string "$text" --query queryId --output text)`, region),
		fmt.Sprintf(`aws logs get-query-results --region %s --query-id "$id"  # again, until its status is Complete`, region))
	section.Do("", "Ask the event history of an account, which is there without a trail: ninety days of what one user did, or one session of a role, by its name.",
		fmt.Sprintf(`aws cloudtrail lookup-events --region %s --lookup-attributes AttributeKey=Username,AttributeValue="$who" --max-results 50`, region))
	for _, bucket := range s.Made("aws_s3_bucket") {
		if slices.ContainsFunc(all, func(one logs.Source) bool { return one.To == bucket && one.What == "trail" }) {
			section.Do(s.Account(bucket.Account), "Copy the trail out, before it expires there, to a bucket that is not in this estate.",
				fmt.Sprintf(`aws s3 sync --region %s "s3://%s/$prefix" "s3://$evidence/$prefix"`, bucket.Region, source.Name(bucket)))
		}
	}
}

// questions are what a kind of log answers.
var questions = map[string]string{
	"trail": "Who called AWS?", "flow log": "Who talked to whom?", "DNS queries": "Which names were asked for?", "firewall": "What did the firewall see?",
	"cluster: api": "Who called Kubernetes?", "API": "Who called the API?", "web ACL": "What did the web ACL stop?", "sessions": "Who typed what?",
	"database": "What did the database do?", "requests to a bucket": "Who read the bucket?", "configuration": "What was configured how, and when?", "VPN tunnels": "Were the tunnels up?",
}

// lookUp is a command that puts the one id that a query finds into a variable.
func lookUp(variable, command, query string) string {
	return fmt.Sprintf(`%s=$(aws %s --query '%s' --output text)`, variable, command, query)
}

// vpc sets the variable `vpc`.
func vpc(r *config.Resource) string {
	return lookUp("vpc", fmt.Sprintf("ec2 describe-vpcs --region %s --filters Name=tag:Name,Values=%s", r.Region, source.Name(r)), "Vpcs[0].VpcId")
}
