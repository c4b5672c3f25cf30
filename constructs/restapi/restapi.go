// Package restapi makes REST APIs of API Gateway that lead to services in VPCs: the API with
// its paths and methods, its stage, its access log, alarms and saved queries, and a domain of
// its own. A REST API takes what an HTTP API does not: a web ACL before its stage.
//
// What is behind a method is a network load balancer, by a VPC link of the first kind, which
// answers by TLS: the API sends its name, and verifies it. Changes are deployed with what
// changes, and not before: the deployment follows the content of paths and methods.
//
// A private API is called by an interface endpoint alone. Consumers with keys have a usage plan each.
//
// It makes no private domains, no caches, and no models that requests have to fit.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-rest-api.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html
package restapi

import (
	"errors"
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayrestapi"

	"hubspoke/constructs/dashboard"
	"hubspoke/constructs/httpapi"
	"hubspoke/internal/tf"
)

// MaxTimeout is how long a REST API waits for an answer, in seconds, unless AWS allows more:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
const MaxTimeout = 29

// Config describes an API.
type Config struct {
	// Name is the API's name, which its metrics are known by.
	Name string
	// Services are what answers, by name.
	Services map[string]Service
	// Routes say which of Services answers, by method and path: `ANY /orders/{proxy+}`.
	Routes map[string]string
	// IAM lets in who signs requests, and is allowed execute-api:Invoke. Default: everybody.
	IAM bool
	// Private is the endpoint by which alone the API is called. Default: none, and it is called by way of the internet.
	Private *Private
	// Keys are the consumers, by name, without whose keys nobody is let in. Default: none, and there are no keys.
	Keys map[string]Key
	// Domain is a domain of its own. Default: none, and API Gateway gives the API a name.
	Domain *httpapi.Domain
	// Rate is how many requests in a second all callers together may make, Burst how many at once.
	Rate, Burst int
	// TimeoutSeconds is how long a service has for its answer, 1 to 29.
	TimeoutSeconds int
	// Log is where requests are logged: what admits API Gateway there is an [Account].
	Log httpapi.Log
	// Topics are the ARNs of the SNS topics that are told when many requests fail, or take long. Default: none, and there are no alarms.
	Topics []string
}

// Private says by what a private API is called. Who signs requests there is for the policy of
// the endpoint.
type Private struct {
	// EndpointID is an interface endpoint for execute-api, in whichever account.
	EndpointID *string
	// Region is the region of both.
	Region string
}

// Service is what answers.
type Service struct {
	// LinkID is the VPC link by which the API reaches it.
	LinkID *string
	// Domain is the name that the certificate of what answers is for.
	Domain string
}

// API is what the construct made.
type API struct {
	// URL is where callers reach the API.
	URL *string
	// KeyIDs are the ids of the consumers' keys, by name.
	KeyIDs map[string]*string
	// StageARN is the stage's, which a web ACL can stand before.
	StageARN *string
	// Graphs show its requests.
	Graphs []dashboard.Graph
}

// made is an API in the making.
type made struct {
	Config
	scope constructs.Construct
	id    string
	api   apigatewayrestapi.ApiGatewayRestApi
}

// New makes the API `aws_api_gateway_rest_api.<id>` and what belongs to it.
func New(scope constructs.Construct, id string, config Config) (*API, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("REST API %q: %w", config.Name, err)
	}
	m := &made{Config: config, scope: scope, id: id}
	m.api = tf.Named(id, apigatewayrestapi.NewApiGatewayRestApi(scope, tf.ID("aws_api_gateway_rest_api", id), &apigatewayrestapi.ApiGatewayRestApiConfig{
		Name: tf.String(config.Name),
		// The name that API Gateway gives would be a way past what the domain asks for.
		DisableExecuteApiEndpoint: config.Domain != nil,
		EndpointConfiguration:     config.endpoint(),
		Tags:                      tf.Tags(config.Name),
	}))
	stage, err := m.stage(m.deployment(append(m.methods(m.paths()), m.policy()...)))
	if err != nil {
		return nil, err
	}
	if err := m.watch(); err != nil {
		return nil, err
	}
	api := &API{URL: m.url(stage), KeyIDs: m.keys(stage), StageARN: stage.Arn(), Graphs: []dashboard.Graph{
		{Title: "Requests", Namespace: namespace, Dimensions: m.dimensions(), Metrics: map[string]string{"Count": "Sum", "4XXError": "Sum", "5XXError": "Sum"}},
		{Title: "Time for an answer", Namespace: namespace, Dimensions: m.dimensions(), Metrics: map[string]string{"Latency": "p99", "IntegrationLatency": "p99"}},
	}}
	if config.Domain != nil {
		api.URL = tf.String("https://" + config.Domain.Name)
		return api, m.domain(stage)
	}
	return api, nil
}

func (c Config) check() error {
	switch {
	case c.Name == "" || len(c.Routes) == 0:
		return errors.New("want a name, and routes")
	case c.Rate < 1 || c.Burst < 1 || c.TimeoutSeconds < 1 || c.TimeoutSeconds > MaxTimeout:
		return fmt.Errorf("want how many requests there may be, and a timeout of at most %d seconds", MaxTimeout)
	case c.Log.Group == "" || c.Log.RetentionDays < 1 || c.Log.Admitted == nil:
		return errors.New("want a log group that API Gateway may write to")
	case c.Private != nil && (c.Private.EndpointID == nil || c.Private.Region == ""):
		return errors.New("want the endpoint by which a private API is called, and its region")
	case c.Private != nil && c.Domain != nil:
		return errors.New("want no domain of a private API")
	case c.Domain != nil && (c.Domain.Name == "" || c.Domain.ZoneProvider == nil || c.Domain.ZoneID == nil):
		return errors.New("want a domain, and the public zone that it lies in")
	}
	for _, name := range tf.Keys(c.Keys) {
		if err := c.Keys[name].check(); err != nil {
			return fmt.Errorf("key %s: %w", name, err)
		}
	}
	for _, route := range tf.Keys(c.Routes) {
		if s, ok := c.Services[c.Routes[route]]; !ok || s.LinkID == nil || s.Domain == "" {
			return fmt.Errorf("route %s: want a link, and the domain of what answers", route)
		}
	}
	return nil
}
