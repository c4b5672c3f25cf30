package spokeapi

import "hubspoke/internal/output"

// Outputs are what people want to know of a spoke's APIs and private endpoints.
type Outputs struct {
	APIURLs          output.Map `output:"api_urls,people" doc:"Where callers reach the APIs, by name."`
	APIKeyIDs        output.Map `output:"api_key_ids,people" doc:"The keys of the APIs' consumers, by API and consumer. aws apigateway get-api-key --api-key <id> --include-value says what is to be sent."`
	EndpointGroupIDs output.Map `output:"endpoint_group_ids,people" doc:"The groups of the private endpoints, by service. A rule that admits another group to port 443 lets its members use the service too."`
}
