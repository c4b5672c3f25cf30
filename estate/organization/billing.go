package organization

import (
	"maps"
	"slices"

	"hubspoke/internal/yamldoc"
)

// Billing is who is told of costs, and when. All amounts are US dollars a month.
//
// A person ticks "Receive CloudWatch billing alerts" in the billing preferences of the
// management account first: no API does.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
type Billing struct {
	// Notify are the addresses that are told.
	Notify []string `yaml:"notify" jsonschema:"required,minItems=1,maxItems=10,uniqueItems=true" format:"email" why:"somebody has to be told, and AWS Budgets tells 10 at most"`
	// Budget is what the whole organisation is to cost at most. Of 50, 80 and 100 percent of it, and of a forecast above it, people are told.
	Budget int `yaml:"budget" jsonschema:"required" example:"10000"`
	// Accounts are budgets of single accounts, beside that of the organisation. Default: none.
	Accounts map[string]AccountBudget `yaml:"accounts" keys:"account-name" example:"{prod: {budget: 6000}, dev: {budget: 800, stop: true}}"`
	// Alarm is the charges of the month above which an alarm of CloudWatch rings, a second way beside the budgets. Default: a fifth more than the budget.
	Alarm int `yaml:"alarm" example:"12000"`
	// Anomaly is what is told of costs that are not as usual.
	Anomaly Anomaly `yaml:"anomaly"`
	// CostTags are tags by which costs can be told apart. Billing has to have seen a tag first, a day after something had it: leave this out of the first deployment. Default: none.
	CostTags []string `yaml:"cost_tags" jsonschema:"uniqueItems=true" format:"cost-tag" example:"[Project, Environment]"`
}

// AccountBudget is what an account is to cost at most.
type AccountBudget struct {
	// Budget is the amount.
	Budget int `yaml:"budget" jsonschema:"required" example:"800"`
	// Stop prepares a policy that lets nobody make what costs money in the account. AWS Budgets attaches it when the budget is spent and a person has approved it.
	Stop bool `yaml:"stop"`
}

// Anomaly is what is told of costs that are not as usual, every day.
// https://docs.aws.amazon.com/cost-management/latest/userguide/manage-ad.html
type Anomaly struct {
	// Above is how many dollars more than usual something costs that is told. Default: 100.
	Above int `yaml:"above" default:"100"`
	// Monitor is the ARN of a monitor of services that is there already. AWS takes one of an account, and has made it for many that used Cost Explorer. Default: one is made.
	Monitor string `yaml:"monitor" format:"anomaly-monitor-arn" example:"arn:aws:ce::111111111111:anomalymonitor/01234567-89ab-cdef-0123-456789abcdef"`
}

// alarmPercent of the budget is the default of Alarm: the alarm is for what budgets have
// told already, and nobody has read.
const alarmPercent = 120

// ApplyDefaults fills in what follows from other keys.
func (b *Billing) ApplyDefaults() {
	if b.Alarm == 0 {
		b.Alarm = (b.Budget*alarmPercent + 99) / 100
	}
}

// Validate checks the section. keeps says for some accounts what stopping them would stop.
func (b *Billing) Validate(s yamldoc.Section, keeps map[string]string) {
	if b.Alarm < b.Budget && s.Key("alarm").Has() && !s.Key("budget").Broken() {
		s.Key("alarm").Errorf("%d rings before the budget of %d is spent: let it be more, or leave it out", b.Alarm, b.Budget)
	}
	for _, account := range slices.Sorted(maps.Keys(b.Accounts)) {
		at, of := s.Key("accounts", account), b.Accounts[account]
		if of.Budget > b.Budget && !s.Key("budget").Broken() {
			at.Key("budget").Errorf("%d is more than the whole organisation's %d", of.Budget, b.Budget)
		}
		if what := keeps[account]; of.Stop && what != "" {
			at.Key("stop").Errorf("stopping %s would stop %s", account, what)
		}
	}
}

// Stopped are the accounts whose budgets prepare the policy, sorted.
func (b *Billing) Stopped(accounts []string) []string {
	var stopped []string
	for _, account := range slices.Sorted(slices.Values(accounts)) {
		if b.Accounts[account].Stop {
			stopped = append(stopped, account)
		}
	}
	return stopped
}
