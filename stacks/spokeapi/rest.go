package spokeapi

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/httpapi"
	"hubspoke/constructs/restapi"
	"hubspoke/constructs/webacl"
	"hubspoke/estate"
	"hubspoke/estate/waf"
	"hubspoke/internal/base"
	"hubspoke/internal/tf"
	"hubspoke/stacks/hubnetwork"
)

// logs are what lets AWS write logs of APIs; each is nil where nothing writes by it.
type logs struct{ http, rest, waf cdktf.ITerraformDependable }

// admit lets API Gateway and WAF write the logs of the spoke's APIs. HTTP APIs and WAF do so by
// log delivery, and REST APIs by a role, which is a setting of the account in its region: this
// stack is the only one of the account that has REST APIs.
func admit(s *base.Stack) (*logs, error) {
	e, admitted := s.Estate, &logs{}
	if e.HasAPIs(s.Account, estate.HTTPAPI) {
		delivery, err := httpapi.NewDelivery(s.Scope, "apis", httpapi.DeliveryConfig{
			Name: s.Prefix() + "-apis", Groups: e.APILogGroup(s.Account, ""), Account: e.Account(s.Account),
		})
		if err != nil {
			return nil, err
		}
		admitted.http = delivery.Admitted
	}
	if e.HasAPIs(s.Account, estate.RESTAPI) {
		settings, err := restapi.NewAccount(s.Scope, "apis", restapi.AccountConfig{Role: e.APILogRole(s.Account), Account: e.Account(s.Account)})
		if err != nil {
			return nil, err
		}
		admitted.rest = settings.Admitted
	}
	if hasACL(e.Spoke(s.Account)) {
		delivery, err := httpapi.NewDelivery(s.Scope, "waf", httpapi.DeliveryConfig{
			Name: s.Prefix() + "-waf", Groups: e.WAFLogGroup(s.Account, ""), Account: e.Account(s.Account),
		})
		if err != nil {
			return nil, err
		}
		admitted.waf = delivery.Admitted
	}
	return admitted, nil
}

// hasACL says whether an API has a web ACL. That of the cluster is the cluster's stack's.
func hasACL(spoke *estate.Spoke) bool {
	for _, api := range spoke.APIs {
		if api.WAF != nil {
			return true
		}
	}
	return false
}

// rest makes a REST API as the estate describes it, with its web ACL.
func rest(s *base.Stack, name string, services map[string]restapi.Service, logs *logs, zones *zones) (*restapi.API, error) {
	e, spec := s.Estate, s.Estate.Spoke(s.Account).APIs[name]
	log := requestLog(s, name, logs.rest)
	made, err := restapi.New(s.Scope, tf.Name(name), restapi.Config{
		Name:           s.Prefix() + "-" + name,
		Services:       services,
		Routes:         spec.Routes,
		IAM:            spec.IAM,
		Private:        private(s, spec),
		Keys:           keys(spec),
		Domain:         domain(s, name, zones),
		Rate:           spec.Rate,
		Burst:          spec.Burst,
		TimeoutSeconds: spec.Timeout(),
		Log:            log,
		Topics:         e.Alarms.Topics,
	})
	if err != nil || spec.WAF == nil {
		return made, err
	}
	_, err = webacl.New(s.Scope, tf.Name(name), webacl.Config{
		Name:          s.Prefix() + "-" + name,
		Block:         spec.WAF.Mode == waf.Block,
		Rate:          spec.WAF.Rate,
		ClientHeader:  spec.WAF.ClientHeader,
		ResourceARN:   made.StageARN,
		LogGroup:      e.WAFLogGroup(s.Account, name),
		RetentionDays: log.RetentionDays,
		KeyARN:        log.KeyARN,
		Admitted:      logs.waf,
	})
	return made, err
}

// private is the hub's endpoint, by which an API is called that is private; nil if it is not.
func private(s *base.Stack, spec estate.API) *restapi.Private {
	if !spec.Private {
		return nil
	}
	return &restapi.Private{EndpointID: hubnetwork.Read(s).PrivateAPIsID, Region: s.Estate.Region}
}

// keys are the consumers of an API.
func keys(spec estate.API) map[string]restapi.Key {
	all := map[string]restapi.Key{}
	for name, key := range spec.Keys {
		all[name] = restapi.Key{Rate: key.Rate, Burst: key.Burst}
		if key.Quota != nil {
			all[name] = restapi.Key{Rate: key.Rate, Burst: key.Burst, Quota: key.Quota.Requests, Period: string(key.Quota.Per)}
		}
	}
	return all
}
