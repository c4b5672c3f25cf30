package findings

import (
	"encoding/json"
	"strings"
	"testing"
)

// What is asked of an event says how grave it is, and nothing else finds it.
func TestWhichImagesPeopleAreToldOf(t *testing.T) {
	for _, test := range []struct {
		name   string
		config ImagesConfig
		want   string
	}{
		{"scans of ECR", ImagesConfig{}, `{"detail":{"finding-severity-counts":{"CRITICAL":[{"numeric":[">",0]}]}},"detail-type":["ECR Image Scan"],"source":["aws.ecr"]}`},
		{"scans of ECR, high ones too", ImagesConfig{High: true}, `{"detail":{"finding-severity-counts":{"$or":[{"CRITICAL":[{"numeric":[">",0]}]},{"HIGH":[{"numeric":[">",0]}]}]}},"detail-type":["ECR Image Scan"],"source":["aws.ecr"]}`},
		{"findings of Inspector", ImagesConfig{Enhanced: true}, `{"detail":{"resources":{"type":["AWS_ECR_CONTAINER_IMAGE"]},"severity":["CRITICAL"],"status":["ACTIVE"]},"detail-type":["Inspector2 Finding"],"source":["aws.inspector2"]}`},
		{"high ones too, with a fix", ImagesConfig{Enhanced: true, High: true, Fixable: true}, `{"detail":{"fixAvailable":["YES","PARTIAL"],"resources":{"type":["AWS_ECR_CONTAINER_IMAGE"]},"severity":["CRITICAL","HIGH"],"status":["ACTIVE"]},"detail-type":["Inspector2 Finding"],"source":["aws.inspector2"]}`},
	} {
		if got := test.config.event().pattern; got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

// EventBridge refuses a message with a variable that nothing fills, and takes one text of JSON
// for each line.
func TestEveryMessageCanBeFilled(t *testing.T) {
	for _, e := range []event{ImagesConfig{}.event(), ImagesConfig{Enhanced: true}.event(), {paths: paths, template: template}} {
		filled := e.template
		for name := range e.paths {
			if !strings.Contains(filled, "<"+name+">") {
				t.Errorf("nothing says <%s> in\n%s", name, e.template)
			}
			filled = strings.ReplaceAll(filled, "<"+name+">", "x")
		}
		for _, line := range strings.Split(filled, "\n") {
			if strings.ContainsAny(line, "<>") || !json.Valid([]byte(line)) {
				t.Errorf("left: %s", line)
			}
		}
	}
}
