package organization

// Identity is who may do what in which accounts, by IAM Identity Center.
type Identity struct {
	// Account is the delegated administrator of IAM Identity Center.
	Account string `yaml:"account" jsonschema:"required" format:"account-name"`
	// Region is the region in which a person enabled IAM Identity Center. Default: the estate's.
	Region string `yaml:"region" format:"any-region" example:"ap-southeast-1"`
}
