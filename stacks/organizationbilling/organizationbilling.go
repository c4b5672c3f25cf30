// Package organizationbilling tells people of what the organisation costs: budgets of all
// accounts together and of single ones, anomalies, and an alarm about the month's charges.
// It prepares the policy that stops an account whose budget is spent.
//
// It is in the management account, which alone sees what all accounts cost. It makes no
// reports of cost and usage.
//
// https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/billing-what-is.html
package organizationbilling

import (
	"strconv"

	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ceanomalymonitor"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ceanomalysubscription"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cecostallocationtag"

	"hubspoke/constructs/alarm"
	"hubspoke/constructs/budget"
	"hubspoke/constructs/topic"
	"hubspoke/internal/base"
	"hubspoke/internal/tf"
)

// New fills the stack.
func New(s *base.Stack) error {
	if err := budgets(s); err != nil {
		return err
	}
	anomalies(s)
	if err := charges(s); err != nil {
		return err
	}
	for _, tag := range s.Estate.Org.Billing.CostTags {
		id := tf.Name(tagID.Replace(tag))
		tf.Named(id, cecostallocationtag.NewCeCostAllocationTag(s.Scope, tf.ID("aws_ce_cost_allocation_tag", id), &cecostallocationtag.CeCostAllocationTagConfig{
			TagKey: tf.String(tag), Status: jsii.String("Active"),
		}))
	}
	return nil
}

// budgets makes that of all accounts, and those of single ones, some of which stop them.
func budgets(s *base.Stack) error {
	e, b := s.Estate, s.Estate.Org.Billing
	if _, err := budget.New(s.Scope, "organization", budget.Config{Name: e.Project, Dollars: b.Budget, Emails: b.Notify}); err != nil {
		return err
	}
	made := map[string]*budget.Budget{}
	for _, account := range tf.Keys(b.Accounts) {
		number, ok := e.Accounts[account]
		if !ok {
			continue // it has no number yet
		}
		of, err := budget.New(s.Scope, tf.Name("account", account), budget.Config{
			Name: e.Prefix(account), Dollars: b.Accounts[account].Budget, Account: number, Emails: b.Notify,
		})
		if err != nil {
			return err
		}
		made[account] = of
	}
	stopped := b.Stopped(e.AccountNames())
	if len(stopped) == 0 {
		return nil
	}
	stop := newStop(s, stopped)
	for _, account := range stopped {
		made[account].Stop(s.Scope, tf.Name("account", account), stop.policyID, stop.roleARN)
	}
	return nil
}

// anomalies tells every day of what costs more than usual. Its messages go to people by
// e-mail: at once they would go to topics alone.
// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_AnomalySubscription.html
func anomalies(s *base.Stack) {
	e, b := s.Estate, s.Estate.Org.Billing
	const id = "services"
	monitor := tf.String(b.Anomaly.Monitor)
	if monitor == nil {
		monitor = tf.Named(id, ceanomalymonitor.NewCeAnomalyMonitor(s.Scope, tf.ID("aws_ce_anomaly_monitor", id), &ceanomalymonitor.CeAnomalyMonitorConfig{
			Name:             tf.String(e.Project + "-services"),
			MonitorType:      jsii.String("DIMENSIONAL"),
			MonitorDimension: jsii.String("SERVICE"),
			Tags:             tf.Tags(e.Project + "-services"),
		})).Arn()
	}
	var subscribers []ceanomalysubscription.CeAnomalySubscriptionSubscriber
	for _, address := range b.Notify {
		subscribers = append(subscribers, ceanomalysubscription.CeAnomalySubscriptionSubscriber{Type: jsii.String("EMAIL"), Address: tf.String(address)})
	}
	tf.Named(id, ceanomalysubscription.NewCeAnomalySubscription(s.Scope, tf.ID("aws_ce_anomaly_subscription", id), &ceanomalysubscription.CeAnomalySubscriptionConfig{
		Name:           tf.String(e.Project + "-services"),
		Frequency:      jsii.String("DAILY"),
		MonitorArnList: tf.Tokens(monitor),
		Subscriber:     subscribers,
		ThresholdExpression: &ceanomalysubscription.CeAnomalySubscriptionThresholdExpression{
			Dimension: &ceanomalysubscription.CeAnomalySubscriptionThresholdExpressionDimension{
				Key:          jsii.String("ANOMALY_TOTAL_IMPACT_ABSOLUTE"),
				MatchOptions: tf.Strings("GREATER_THAN_OR_EQUAL"),
				Values:       tf.Strings(strconv.Itoa(b.Anomaly.Above)),
			},
		},
		Tags: tf.Tags(e.Project + "-services"),
	}))
}

// billingRegion is the only region that has the metric of charges, wherever they are made.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
const billingRegion = "us-east-1"

// sixHours is how often AWS estimates the charges, in seconds.
const sixHours = 6 * 60 * 60

// charges makes the alarm about what has been charged in the month so far.
func charges(s *base.Stack) error {
	e := s.Estate
	provider := s.ProviderIn(s.Account, billingRegion)
	told, err := topic.New(s.Scope, "billing", topic.Config{
		Name: e.BillingTopic(), Account: e.Account(s.Account).In(billingRegion), Emails: e.Org.Billing.Notify, Provider: provider,
	})
	if err != nil {
		return err
	}
	_, err = alarm.New(s.Scope, "charges", alarm.Config{
		Name:          e.Project + "-charges",
		Description:   "The charges of the month are above what billing.alarm of the estate says.",
		Namespace:     "AWS/Billing",
		Metric:        "EstimatedCharges",
		Dimensions:    map[string]*string{"Currency": jsii.String("USD")},
		Statistic:     "Maximum",
		Comparison:    alarm.Above,
		Threshold:     e.Org.Billing.Alarm,
		PeriodSeconds: sixHours,
		Periods:       1,
		Topics:        []string{*told.ARN},
		Provider:      provider,
	})
	return err
}
