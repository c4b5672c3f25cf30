// Package savedquery saves queries of CloudWatch Logs Insights, so that whoever looks into a
// log group finds them there, and need not write them while something is wrong.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_Insights-Saving-Queries.html
package savedquery

import (
	"fmt"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchquerydefinition"

	"hubspoke/internal/tf"
)

// Config describes the queries of a log group.
type Config struct {
	// Folder is where the console shows them: `piksel-dev/flow-logs`.
	Folder string
	// LogGroup is the group's name.
	LogGroup *string
	// Queries are the texts, by name.
	Queries map[string]string
}

// Queries is what the construct made.
type Queries struct {
	// Names are what the console calls them, in the order of their keys.
	Names []string
}

// New makes `aws_cloudwatch_query_definition.<id>_<query>` for each query.
func New(scope constructs.Construct, id string, config Config) (*Queries, error) {
	if config.Folder == "" || config.LogGroup == nil {
		return nil, fmt.Errorf("saved queries %q: want a folder and a log group", config.Folder)
	}
	made := &Queries{}
	for _, query := range tf.Keys(config.Queries) {
		name := tf.Name(id, query)
		made.Names = append(made.Names, config.Folder+"/"+query)
		tf.Named(name, cloudwatchquerydefinition.NewCloudwatchQueryDefinition(scope, tf.ID("aws_cloudwatch_query_definition", name), &cloudwatchquerydefinition.CloudwatchQueryDefinitionConfig{
			Name:          tf.String(config.Folder + "/" + query),
			LogGroupNames: tf.Tokens(config.LogGroup),
			QueryString:   tf.String(config.Queries[query]),
		}))
	}
	return made, nil
}

// Text is a query of several commands, each on a line of its own.
func Text(commands ...string) string { return strings.Join(commands, "\n| ") }
