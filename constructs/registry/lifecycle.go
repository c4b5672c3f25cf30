package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Lifecycle says which images of a repository are deleted. Releases are kept by
// number, everything else by age.
type Lifecycle struct {
	// KeepReleases is how many images are kept for each of ReleaseTags, the prefixes of release tags.
	KeepReleases int
	ReleaseTags  []string
	// BranchDays is the age at which images with one of BranchTags, the prefixes of branch tags, are deleted.
	BranchDays int
	BranchTags []string
	// UntaggedDays is the age at which images without a tag are deleted. Default: never.
	UntaggedDays int
	// AnyDays is the age at which every image is deleted that none of the above is about, whether it runs somewhere or not. Default: never.
	AnyDays int
	// KeepSignatures leaves alone what has no tag: signatures and what else refers to an image have none, and
	// are as old as the image is. ECR deletes them within a day of what they refer to.
	//
	// https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
	KeepSignatures bool
}

type rule struct {
	Priority    int       `json:"rulePriority"`
	Description string    `json:"description"`
	Selection   selection `json:"selection"`
	Action      action    `json:"action"`
}

type selection struct {
	TagStatus     string   `json:"tagStatus"`
	TagPrefixList []string `json:"tagPrefixList,omitempty"`
	TagPatterns   []string `json:"tagPatternList,omitempty"`
	CountType     string   `json:"countType"`
	CountUnit     string   `json:"countUnit,omitempty"`
	CountNumber   int      `json:"countNumber"`
}

type action struct {
	Type string `json:"type"`
}

// document is the lifecycle policy. An image belongs to the first rule whose tags
// it matches, and no later rule deletes it; so releases come first, also those
// that have a branch tag as well, and `any`, which ECR wants last, is for the rest.
//
// Each prefix has a rule of its own, because a rule with several selects only
// images that have a tag for every one of them:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules
func (l Lifecycle) document() *string {
	var rules []rule
	for _, prefix := range l.ReleaseTags {
		rules = append(rules, rule{
			Description: fmt.Sprintf("Keep %d releases (%s)", l.KeepReleases, prefix),
			Selection:   selection{TagStatus: "tagged", TagPrefixList: []string{prefix}, CountType: "imageCountMoreThan", CountNumber: l.KeepReleases},
		})
	}
	for _, prefix := range l.BranchTags {
		rules = append(rules, rule{
			Description: fmt.Sprintf("Delete branch images (%s) after %d days", prefix, l.BranchDays),
			Selection:   olderThan(l.BranchDays, "tagged", prefix),
		})
	}
	if l.UntaggedDays > 0 && !l.KeepSignatures {
		rules = append(rules, untagged(l.UntaggedDays))
	}
	if l.AnyDays > 0 {
		others := olderThan(l.AnyDays, "any")
		if l.KeepSignatures {
			others = olderThan(l.AnyDays, "tagged")
			others.TagPatterns = []string{"*"}
		}
		rules = append(rules, rule{
			Description: fmt.Sprintf("Delete everything else after %d days", l.AnyDays),
			Selection:   others,
		})
	}
	return lifecyclePolicy(rules...)
}

func untagged(days int) rule {
	return rule{
		Description: fmt.Sprintf("Delete untagged images after %d days", days),
		Selection:   olderThan(days, "untagged"),
	}
}

func olderThan(days int, status string, prefixes ...string) selection {
	return selection{TagStatus: status, TagPrefixList: prefixes, CountType: "sinceImagePushed", CountUnit: "days", CountNumber: days}
}

// lifecyclePolicy numbers the rules in their order.
func lifecyclePolicy(rules ...rule) *string {
	for i := range rules {
		rules[i].Priority = i + 1
		rules[i].Action = action{Type: "expire"}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(struct {
		Rules []rule `json:"rules"`
	}{rules}); err != nil {
		panic(err) // strings and numbers always encode
	}
	text := string(bytes.TrimSpace(b.Bytes()))
	return &text
}
