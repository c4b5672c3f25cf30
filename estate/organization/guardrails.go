package organization

// Guardrails are the organisation's policies.
type Guardrails struct {
	// Regions are the regions that accounts may use; us-east-1 is added for AWS's global services. Default: the estate's region.
	Regions []string `yaml:"regions" jsonschema:"uniqueItems=true" format:"any-region" example:"[ap-southeast-1]"`
}
