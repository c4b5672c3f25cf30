package findings

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
)

// ImagesConfig describes who is told of what is found in the images of a registry.
type ImagesConfig struct {
	Config
	// Enhanced says that Amazon Inspector scans the images. Default: ECR itself does.
	Enhanced bool
	// High tells of high findings too. Default: of critical ones alone.
	High bool
	// Fixable leaves out findings of Inspector for which no package has a fix yet.
	Fixable bool
}

// NewImages makes what [New] does, with one rule, `aws_cloudwatch_event_rule.<id>_found`.
//
// Inspector has an event for each vulnerability of an image, when it is found and whenever
// that changes, and ECR one for each scan, with how many it found.
//
//   - https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
//   - https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
func NewImages(scope constructs.Construct, id string, config ImagesConfig) (*Findings, error) {
	if config.Name == "" || !config.Account.Complete() || len(config.Emails) == 0 {
		return nil, fmt.Errorf("findings %q: want a name, an account, and who is told", config.Name)
	}
	if config.Fixable && !config.Enhanced {
		return nil, fmt.Errorf("findings %q: ECR's own scanning knows of no fixes", config.Name)
	}
	return config.tell(scope, id, "Encrypts messages about images.", []event{config.event()})
}

func (c ImagesConfig) severities() []string {
	if c.High {
		return []string{"CRITICAL", "HIGH"}
	}
	return []string{"CRITICAL"}
}

func (c ImagesConfig) event() event {
	if !c.Enhanced {
		return event{"found", "Scans of images by ECR that found something grave", c.ofECR(), map[string]string{
			"account": "$.account", "region": "$.region", "repository": "$.detail.repository-name", "digest": "$.detail.image-digest",
			"critical": "$.detail.finding-severity-counts.CRITICAL", "high": "$.detail.finding-severity-counts.HIGH",
		}, scanTemplate}
	}
	return event{"found", "Grave findings of Inspector about images", c.ofInspector(), map[string]string{
		"account": "$.account", "region": "$.region", "title": "$.detail.title", "severity": "$.detail.severity",
		"fix": "$.detail.fixAvailable", "resource": "$.detail.resources[0].id", "id": "$.detail.findingArn",
	}, findingTemplate}
}

// ofInspector finds active findings about images: closed and suppressed ones have events too.
func (c ImagesConfig) ofInspector() string {
	detail := map[string]any{
		"resources": map[string]any{"type": []string{"AWS_ECR_CONTAINER_IMAGE"}},
		"severity":  c.severities(),
		"status":    []string{"ACTIVE"},
	}
	if c.Fixable {
		// Of some findings only some of the packages have a fix: those are to be built anew as well.
		// https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html
		detail["fixAvailable"] = []string{"YES", "PARTIAL"}
	}
	return events("aws.inspector2", "Inspector2 Finding", detail)
}

// ofECR finds scans that found at least one vulnerability of one of the severities.
func (c ImagesConfig) ofECR() string {
	some := []any{map[string]any{"numeric": []any{">", 0}}}
	counts := map[string]any{"CRITICAL": some}
	if c.High {
		// `$or` wants two choices or more.
		counts = map[string]any{"$or": []any{map[string]any{"CRITICAL": some}, map[string]any{"HIGH": some}}}
	}
	return events("aws.ecr", "ECR Image Scan", map[string]any{"finding-severity-counts": counts})
}

// findingTemplate and scanTemplate are the messages: one text of JSON for each line.
const (
	findingTemplate = `"<severity> in an image, in account <account>, <region>: <title>"
"The image is <resource>. Is there a fix: <fix>."
"Finding <id>. Look it up in Amazon Inspector: build the image anew with the fix, or suppress the finding there with the reason."`
	scanTemplate = `"A scan of an image in account <account>, <region>, found critical vulnerabilities: <critical>, and high ones: <high>."
"The image is <digest> of the repository <repository>. Look it up in Amazon ECR, and build it anew with what is mended."`
)
