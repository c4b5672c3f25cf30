package organization

// Security are the security services of the organisation, which one account administers.
type Security struct {
	// Account is the delegated administrator of all of these services.
	Account string `yaml:"account" jsonschema:"required" format:"account-name"`
	// Regions are the regions in which the services are on. Default: those of `guardrails`, and us-east-1.
	Regions []string `yaml:"regions" jsonschema:"uniqueItems=true" format:"any-region" example:"[ap-southeast-1, us-east-1]"`
}
