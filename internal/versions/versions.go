// Package versions holds the versions that the synthesized JSON is made for and made
// with, where nothing of CDKTF has to be imported to know them.
package versions

const (
	// AWSProvider is the version of the AWS provider that every stack requires. It is
	// the last of its major version, whose schema the bindings follow.
	AWSProvider = "5.100.0"
	// Terraform is the constraint on Terraform's own version: 1.11 is the first whose S3
	// backend locks with a file and no longer calls that an experiment.
	Terraform = ">= 1.11.0, < 2.0.0"
	// CDKTF is the version of CDK for Terraform, of the Go module and of the command line.
	CDKTF = "0.20.12"
)
