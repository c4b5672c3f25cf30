// Package dashboard makes dashboards of CloudWatch: graphs of metrics side by side, for
// whoever looks where on a way something is lost.
//
// It makes no alarms, and asks no logs.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
package dashboard

import (
	"encoding/json"
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchdashboard"

	"hubspoke/internal/tf"
)

// The size of a graph, of the 24 columns that a dashboard has.
const (
	columns = 24
	width   = 8
	height  = 6
)

// periodSeconds is for how long values are gathered into a point.
const periodSeconds = 300

// Config describes a dashboard.
type Config struct {
	// Name is the dashboard's name, unique in the account.
	Name string
	// Region is where the metrics are.
	Region string
	// Graphs are what it shows, from left to right and from the top.
	Graphs []Graph
}

// Graph shows metrics of one resource.
type Graph struct {
	// Title stands above it.
	Title string
	// Namespace is the metrics': `AWS/NetworkELB`.
	Namespace string
	// Dimensions are what the metrics are about.
	Dimensions map[string]*string
	// Metrics are the metrics' names, each with its statistic: `Sum`, `Average`, `p99`.
	Metrics map[string]string
}

// Dashboard is what the construct made.
type Dashboard struct {
	// Name is the dashboard's name.
	Name string
}

// New makes the dashboard `aws_cloudwatch_dashboard.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Dashboard, error) {
	if config.Name == "" || config.Region == "" || len(config.Graphs) == 0 {
		return nil, fmt.Errorf("dashboard %q: want a name, a region and graphs", config.Name)
	}
	var widgets []any
	for i, g := range config.Graphs {
		widgets = append(widgets, map[string]any{
			"type": "metric", "width": width, "height": height,
			"x": i * width % columns, "y": i * width / columns * height,
			"properties": map[string]any{
				"title": g.Title, "region": config.Region, "period": periodSeconds, "view": "timeSeries", "metrics": g.lines(),
			},
		})
	}
	body, err := json.Marshal(map[string]any{"widgets": widgets})
	if err != nil {
		return nil, err
	}
	tf.Named(id, cloudwatchdashboard.NewCloudwatchDashboard(scope, tf.ID("aws_cloudwatch_dashboard", id), &cloudwatchdashboard.CloudwatchDashboardConfig{
		DashboardName: tf.String(config.Name),
		DashboardBody: tf.String(string(body)),
	}))
	return &Dashboard{Name: config.Name}, nil
}

// lines are a graph's metrics as a dashboard has them: namespace, name, each dimension with
// its value, and how it is drawn.
func (g Graph) lines() []any {
	var lines []any
	for _, metric := range tf.Keys(g.Metrics) {
		line := []any{g.Namespace, metric}
		for _, dimension := range tf.Keys(g.Dimensions) {
			line = append(line, dimension, *g.Dimensions[dimension])
		}
		lines = append(lines, append(line, map[string]any{"stat": g.Metrics[metric]}))
	}
	return lines
}
