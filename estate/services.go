package estate

import (
	"slices"

	"hubspoke/internal/awsservice"
)

// EndpointServices are the services that may be named under `endpoints`: those that can
// have an interface endpoint with one name to make a zone for. S3 and DynamoDB have
// gateway endpoints, and a zone for `execute-api` would hide every public API of API
// Gateway: that may be named in hub.yaml alone, and gets none.
func EndpointServices() []string {
	return slices.DeleteFunc(awsservice.All(), func(service string) bool {
		return awsservice.HasGateway(service) || service == PrivateAPIs
	})
}

// isEndpointService says whether the service is one of [EndpointServices].
func isEndpointService(service string) bool { return slices.Contains(EndpointServices(), service) }
