// Package httpapi makes HTTP APIs of API Gateway that lead to services in VPCs: the API with
// its routes, its stage, its access log, alarms and saved queries, and a domain of its own.
//
// What is behind a route is a listener of a load balancer, by a VPC link, which answers by
// TLS: the API verifies its name. The stage has no name in paths, and is deployed by API
// Gateway whenever a route changes.
//
// It makes no identity providers, no web ACLs, which HTTP APIs do not take, and no answers
// to browsers of other origins (CORS), which are the services' own.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
package httpapi

import (
	"errors"
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayv2api"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayv2authorizer"

	"hubspoke/constructs/dashboard"
	"hubspoke/internal/arn"
	"hubspoke/internal/tf"
)

// Config describes an API.
type Config struct {
	// Name is the API's name.
	Name string
	// LinkID is the VPC link by which it reaches what answers.
	LinkID *string
	// Services are what answers, by name.
	Services map[string]Service
	// Routes say which of Services answers, by method and path: `ANY /orders/{proxy+}`.
	Routes map[string]string
	// Callers say who may call.
	Callers Callers
	// Domain is a domain of its own. Default: none, and API Gateway gives the API a name.
	Domain *Domain
	// Rate is how many requests in a second all callers together may make, Burst how many at once.
	Rate, Burst int
	// TimeoutSeconds is how long a service has for its answer, 1 to 30.
	TimeoutSeconds int
	// Log is where requests are logged.
	Log Log
	// Topics are the ARNs of the SNS topics that are told when many requests fail, or take long. Default: none, and there are no alarms.
	Topics []string
	// Account is the API's.
	Account arn.Account
}

// Service is what answers.
type Service struct {
	// ListenerARN is the listener of a load balancer of the API's own account, which the link reaches.
	ListenerARN *string
	// Domain is the name that the certificate of what answers is for.
	Domain string
}

// Callers say who may call an API: exactly one of the fields is set.
type Callers struct {
	// JWT are who has a token of an issuer.
	JWT *JWT
	// IAM are who signs requests, and is allowed execute-api:Invoke.
	IAM bool
	// Anybody is everybody.
	Anybody bool
}

// JWT is an identity provider, and whom its tokens have to be made out for.
type JWT struct {
	// Issuer is who signs the tokens, a URL.
	Issuer string
	// Audience are those that tokens are made out for: one of them suffices.
	Audience []string
}

// API is what the construct made.
type API struct {
	// URL is where callers reach the API.
	URL *string
	// Graphs show its requests.
	Graphs []dashboard.Graph
}

// made is an API in the making.
type made struct {
	Config
	scope constructs.Construct
	id    string
	api   apigatewayv2api.Apigatewayv2Api
}

// New makes the API `aws_apigatewayv2_api.<id>` and what belongs to it.
func New(scope constructs.Construct, id string, config Config) (*API, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("HTTP API %q: %w", config.Name, err)
	}
	m := &made{Config: config, scope: scope, id: id}
	m.api = tf.Named(id, apigatewayv2api.NewApigatewayv2Api(scope, tf.ID("aws_apigatewayv2_api", id), &apigatewayv2api.Apigatewayv2ApiConfig{
		Name:         tf.String(config.Name),
		ProtocolType: tf.String("HTTP"),
		// The name that API Gateway gives would be a way past what the domain asks for.
		DisableExecuteApiEndpoint: config.Domain != nil,
		Tags:                      tf.Tags(config.Name),
	}))
	m.routes(m.integrations(), m.authorizer())
	stage, err := m.stage()
	if err != nil {
		return nil, err
	}
	if err := m.watch(); err != nil {
		return nil, err
	}
	api := &API{URL: m.api.ApiEndpoint(), Graphs: []dashboard.Graph{
		{Title: "Requests", Namespace: namespace, Dimensions: m.dimensions(), Metrics: map[string]string{"Count": "Sum", "4xx": "Sum", "5xx": "Sum"}},
		{Title: "Time for an answer", Namespace: namespace, Dimensions: m.dimensions(), Metrics: map[string]string{"Latency": "p99", "IntegrationLatency": "p99"}},
	}}
	if config.Domain != nil {
		api.URL = tf.String("https://" + config.Domain.Name)
		return api, m.domain(stage)
	}
	return api, nil
}

func (c Config) check() error {
	callers := 0
	for _, set := range []bool{c.Callers.JWT != nil, c.Callers.IAM, c.Callers.Anybody} {
		if set {
			callers++
		}
	}
	switch {
	case c.Name == "" || !c.Account.Complete():
		return errors.New("want a name and an account")
	case c.LinkID == nil || len(c.Routes) == 0:
		return errors.New("want a VPC link, and routes")
	case callers != 1:
		return fmt.Errorf("%d ways to say who may call it, want one", callers)
	case c.Rate < 1 || c.Burst < 1 || c.TimeoutSeconds < 1 || c.TimeoutSeconds > maxTimeout:
		return fmt.Errorf("want how many requests there may be, and a timeout of at most %d seconds", maxTimeout)
	case c.Log.Group == "" || c.Log.RetentionDays < 1 || c.Log.Admitted == nil:
		return errors.New("want a log group that API Gateway may write to")
	}
	for _, route := range tf.Keys(c.Routes) {
		if s, ok := c.Services[c.Routes[route]]; !ok || s.ListenerARN == nil || s.Domain == "" {
			return fmt.Errorf("route %s: want a listener and the domain of what answers", route)
		}
	}
	return c.Domain.check()
}

// authorizer looks at tokens; nil if the API asks for none.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
func (m *made) authorizer() *string {
	jwt := m.Callers.JWT
	if jwt == nil {
		return nil
	}
	return tf.Named(m.id, apigatewayv2authorizer.NewApigatewayv2Authorizer(m.scope, tf.ID("aws_apigatewayv2_authorizer", m.id), &apigatewayv2authorizer.Apigatewayv2AuthorizerConfig{
		ApiId:           m.api.Id(),
		Name:            tf.String(m.Name),
		AuthorizerType:  tf.String("JWT"),
		IdentitySources: tf.Strings("$request.header.Authorization"),
		JwtConfiguration: &apigatewayv2authorizer.Apigatewayv2AuthorizerJwtConfiguration{
			Issuer: tf.String(jwt.Issuer), Audience: tf.Strings(jwt.Audience...),
		},
		// Routes name it, and AWS deletes none that a route names.
		Lifecycle: tf.ReplacedFirst(),
	})).Id()
}
