package network

import (
	"encoding/json"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// privateAPIs is the service of AWS by whose interface endpoints private APIs are called.
const privateAPIs = "execute-api"

// enterPrivate finds the endpoints by which a private API is called: those that its policy
// admits, of whatever account. Without a policy AWS deploys none.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
func (b *builder) enterPrivate(api *API) {
	api.Private = true
	policies := b.policiesOf(api.Resource)
	if len(policies) == 0 && api.Unknown == "" {
		if api.Closed == "" {
			api.Closed = "it is private, and has no policy that admits an endpoint"
		}
		return
	}
	ids := b.ids()
	admits := func(e *Endpoint) verdict {
		if len(policies) != 1 || api.Unknown != "" {
			return maybe
		}
		return judge(policies[0], e, ids)
	}
	api.Anybody = admits(nil) == yes
	api.MayAnybody = admits(nil) == maybe
	for _, v := range b.VPCs {
		for _, e := range v.Endpoints {
			if e.Type != InterfaceEndpoint || e.Service != privateAPIs {
				continue
			}
			switch admits(e) {
			case yes:
				api.Entrances = append(api.Entrances, e)
			case maybe:
				api.MayEntrances = append(api.MayEntrances, e)
			}
		}
	}
}

// ids are the VPCs and endpoints by the ids that states have of them: a policy there names them so.
func (b *builder) ids() map[string]*config.Resource {
	ids := map[string]*config.Resource{}
	for _, v := range b.VPCs {
		ids[text(v.Resource.Argument("id"))] = v.Resource
		for _, e := range v.Endpoints {
			ids[text(e.Resource.Argument("id"))] = e.Resource
		}
	}
	delete(ids, "")
	return ids
}

// policiesOf are the policies of a REST API, in either of the two places where they stand.
func (b *builder) policiesOf(api *config.Resource) []any {
	var all []any
	if inline := api.Argument("policy"); inline != nil && inline != "" {
		all = append(all, inline)
	}
	for _, r := range b.config.All("aws_api_gateway_rest_api_policy") {
		switch of := r.Argument("rest_api_id").(type) {
		case string: // of what no stack here makes
		case config.Ref:
			if of.Resource == api {
				all = append(all, r.Argument("policy"))
			}
		default:
			all = append(all, config.Unknown{Why: "whose policy it is"})
		}
	}
	return all
}

// verdict is whether a policy admits what comes by an endpoint.
type verdict int

const (
	no verdict = iota
	maybe
	yes
)

// judge says whether a policy admits requests by an endpoint, or, without one, by the
// endpoints of anybody. Who signs them is not asked: a condition on that may hold.
func judge(policy any, e *Endpoint, ids map[string]*config.Resource) verdict {
	text, holes, err := config.WithHoles(policy)
	var document struct{ Statement any }
	if err != nil || json.Unmarshal([]byte(text), &document) != nil {
		return maybe
	}
	admitted := no
	denied := no
	for _, item := range stackjson.List(document.Statement) {
		body, _ := item.(map[string]any)
		holds := min(invokes(body), conditioned(body["Condition"], holes, e, ids))
		if body["Effect"] == "Allow" {
			admitted = max(admitted, holds)
		} else {
			if principal, _ := body["Principal"].(map[string]any); body["Principal"] != "*" && principal["AWS"] != "*" {
				holds = min(holds, maybe) // it denies somebody, and not everybody
			}
			denied = max(denied, holds)
		}
	}
	return min(admitted, yes-denied)
}

// invokes says whether a statement is about calling the API: all of it, or, perhaps, a part.
func invokes(body map[string]any) verdict {
	called := slices.ContainsFunc(stackjson.List(body["Action"]), func(action any) bool {
		text, _ := action.(string)
		return text == "*" || strings.EqualFold(text, "execute-api:*") || strings.EqualFold(text, "execute-api:Invoke")
	})
	whole := slices.ContainsFunc(stackjson.List(body["Resource"]), func(resource any) bool {
		text, _ := resource.(string)
		return text == "*" || strings.HasSuffix(text, "/*") && strings.Count(text, "/") == 1
	})
	switch {
	case body["NotAction"] != nil || body["NotResource"] != nil || body["NotPrincipal"] != nil:
		return maybe
	case called && whole:
		return yes
	case called || slices.ContainsFunc(stackjson.List(body["Action"]), func(action any) bool { return strings.Contains(strings.ToLower(text(action)), "*") }):
		return maybe
	}
	return no
}

func text(value any) string {
	text, _ := value.(string)
	return text
}

// conditioned says whether conditions hold of what comes by an endpoint.
func conditioned(conditions any, holes map[string]any, e *Endpoint, ids map[string]*config.Resource) verdict {
	operators, _ := conditions.(map[string]any)
	all := yes
	for operator, keys := range operators {
		byKey, _ := keys.(map[string]any)
		for key, values := range byKey {
			is := maybe
			switch strings.ToLower(key) {
			case "aws:sourcevpce":
				is = names(values, holes, ids, e, func() *config.Resource { return e.Resource })
			case "aws:sourcevpc":
				is = names(values, holes, ids, e, func() *config.Resource { return e.VPC.Resource })
			}
			switch operator {
			case "StringEquals":
			case "StringNotEquals":
				is = yes - is
			default:
				is = maybe
			}
			all = min(all, is)
		}
	}
	return all
}

// names says whether values of a condition name an endpoint, or its VPC; without an endpoint,
// whether they name one that these stacks do not make. An id that is written out may be of any, unless a
// state has the ids of those that there are.
func names(values any, holes map[string]any, ids map[string]*config.Resource, e *Endpoint, of func() *config.Resource) verdict {
	named := no
	for _, item := range stackjson.List(values) {
		ref, _ := holes[text(item)].(config.Ref)
		resource := ref.Resource
		if resource == nil {
			resource = ids[text(item)]
		}
		switch {
		case resource == nil && e != nil && of().Argument("id") != nil: // it has another one
		case resource == nil:
			named = max(named, maybe)
		case e != nil && resource == of():
			return yes
		case resource.Data:
			named = max(named, maybe)
		}
	}
	return named
}
