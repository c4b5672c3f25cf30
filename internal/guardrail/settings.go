package guardrail

import "strings"

// This file has what fixes settings of accounts.
//
//   - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_declarative_syntax.html
//   - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ai-opt-out_syntax.html
//   - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_example-tag-policies.html

func assign(value any) Tree { return Tree{"@@assign": value} }

// publicImages keeps images and snapshots from being shared with everybody. Snapshots that were, are not any more; of images that
// is not to be had.
func publicImages() Tree {
	return Tree{
		"image_block_public_access":    Tree{"state": assign("block_new_sharing")},
		"snapshot_block_public_access": Tree{"state": assign("block_all_sharing")},
	}
}

// metadataDefaults are those of instances whose launch does not say otherwise. Two hops let containers ask.
func metadataDefaults() Tree {
	return Tree{"instance_metadata_defaults": Tree{
		"http_endpoint":               assign("no_preference"),
		"http_put_response_hop_limit": assign("2"),
		"http_tokens":                 assign("required"),
		"instance_metadata_tags":      assign("no_preference"),
	}}
}

func serialConsole() Tree { return Tree{"serial_console_access": Tree{"status": assign("disabled")}} }

func (c Config) allowedImages() Tree {
	return Tree{"allowed_images_settings": Tree{
		"image_criteria": Tree{"criteria_1": Tree{"allowed_image_providers": Tree{"@@append": c.ImageProviders}}},
		"state":          assign("enabled"),
	}}
}

// optOut is of all services, and no account's to change.
func optOut() Tree {
	return Tree{"services": Tree{
		"@@operators_allowed_for_child_policies": []string{"@@none"},
		"default": Tree{
			"@@operators_allowed_for_child_policies": []string{"@@none"},
			"opt_out_policy": Tree{
				"@@operators_allowed_for_child_policies": []string{"@@none"},
				"@@assign":                               "optOut",
			},
		},
	}}
}

// spelling reports tags that are spelt in another way. It refuses none: AWS enforces tags by type of
// resource, and would then refuse what others make.
func (c Config) spelling() Tree {
	keys := Tree{}
	for _, key := range c.Tags {
		keys[strings.ToLower(key)] = Tree{"tag_key": assign(key)}
	}
	return Tree{"tags": keys}
}
