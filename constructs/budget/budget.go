// Package budget makes monthly budgets of AWS Budgets, of a whole organisation or of one
// account of it, and actions that stop an account whose budget is spent.
//
// Budgets of a month alone, in US dollars of unblended costs, as the invoice has them.
//
// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html
package budget

import (
	"fmt"
	"strconv"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/budgetsbudget"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/budgetsbudgetaction"

	"hubspoke/internal/tf"
)

// The percentages of a budget of which people are told: when so much has been spent, and
// when a forecast says that it will be. AWS forecasts after some five weeks.
var spent = []int{50, 80, 100}

const forecast = 100

// Config describes a budget.
type Config struct {
	// Name is the budget's name.
	Name string
	// Dollars are the US dollars of a month.
	Dollars int
	// Account is the number of the account whose costs count. Default: those of all.
	Account string
	// Emails are the addresses that are told, up to 10.
	Emails []string
}

// Budget is what the construct made.
type Budget struct {
	config Config
	name   *string
}

// New makes the budget `aws_budgets_budget.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Budget, error) {
	if config.Name == "" || config.Dollars < 1 || len(config.Emails) == 0 {
		return nil, fmt.Errorf("budget %q: want a name, an amount, and who is told", config.Name)
	}
	arguments := &budgetsbudget.BudgetsBudgetConfig{
		Name:        tf.String(config.Name),
		BudgetType:  jsii.String("COST"),
		TimeUnit:    jsii.String("MONTHLY"),
		LimitAmount: tf.String(strconv.Itoa(config.Dollars)),
		LimitUnit:   jsii.String("USD"),
		Tags:        tf.Tags(config.Name),
	}
	var notifications []budgetsbudget.BudgetsBudgetNotification
	for _, percent := range spent {
		notifications = append(notifications, config.notification("ACTUAL", percent))
	}
	arguments.Notification = append(notifications, config.notification("FORECASTED", forecast))
	if config.Account != "" {
		arguments.CostFilter = []budgetsbudget.BudgetsBudgetCostFilter{{Name: jsii.String("LinkedAccount"), Values: tf.Strings(config.Account)}}
	}
	made := tf.Named(id, budgetsbudget.NewBudgetsBudget(scope, tf.ID("aws_budgets_budget", id), arguments))
	return &Budget{config: config, name: made.Name()}, nil
}

func (c Config) notification(kind string, percent int) budgetsbudget.BudgetsBudgetNotification {
	return budgetsbudget.BudgetsBudgetNotification{
		NotificationType:         tf.String(kind),
		ComparisonOperator:       jsii.String("GREATER_THAN"),
		Threshold:                tf.Number(percent),
		ThresholdType:            jsii.String("PERCENTAGE"),
		SubscriberEmailAddresses: tf.Strings(c.Emails...),
	}
}

// Stop makes `aws_budgets_budget_action.<id>`: when the budget is spent and a person has
// approved it, AWS Budgets attaches a service control policy to the account with a role.
// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-controls.html
func (b *Budget) Stop(scope constructs.Construct, id string, policyID, roleARN *string) {
	var subscribers []budgetsbudgetaction.BudgetsBudgetActionSubscriber
	for _, address := range b.config.Emails {
		subscribers = append(subscribers, budgetsbudgetaction.BudgetsBudgetActionSubscriber{Address: tf.String(address), SubscriptionType: jsii.String("EMAIL")})
	}
	tf.Named(id, budgetsbudgetaction.NewBudgetsBudgetAction(scope, tf.ID("aws_budgets_budget_action", id), &budgetsbudgetaction.BudgetsBudgetActionConfig{
		BudgetName:       b.name,
		ActionType:       jsii.String("APPLY_SCP_POLICY"),
		ApprovalModel:    jsii.String("MANUAL"),
		NotificationType: jsii.String("ACTUAL"),
		ActionThreshold: &budgetsbudgetaction.BudgetsBudgetActionActionThreshold{
			ActionThresholdType: jsii.String("PERCENTAGE"), ActionThresholdValue: tf.Number(spent[len(spent)-1]),
		},
		Definition: &budgetsbudgetaction.BudgetsBudgetActionDefinition{
			ScpActionDefinition: &budgetsbudgetaction.BudgetsBudgetActionDefinitionScpActionDefinition{
				PolicyId: policyID, TargetIds: tf.Strings(b.config.Account),
			},
		},
		ExecutionRoleArn: roleARN,
		Subscriber:       subscribers,
		Tags:             tf.Tags(b.config.Name),
	}))
}
