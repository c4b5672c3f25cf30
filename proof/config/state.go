package config

import (
	"strings"

	"hubspoke/proof/stackjson"
)

// State is where the stack's state is, empty where others cannot read it. It is that of
// the default workspace: which one somebody selects is not in the stack.
func (s *Stack) State() string {
	backend, configuration := s.source.Backend()
	return state(backend, configuration, "")
}

// remoteState is where the state is that a data source reads, empty where that cannot be
// told.
func (s *Stack) remoteState(r stackjson.RemoteState) string {
	workspace, known := s.evaluate(r.Workspace).(string)
	if r.Workspace != nil && !known {
		return ""
	}
	if workspace == "default" {
		workspace = ""
	}
	configuration := object(s.evaluate(r.Config))
	at := state(r.Backend, configuration, workspace)
	// A bucket answers in its own region alone: the same place in another one is no state.
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
	if writer := s.config.byState[at]; writer != nil {
		_, written := writer.source.Backend()
		if region, _ := configuration["region"].(string); apart(region, written["region"]) {
			return at + " in " + region
		}
	}
	return at
}

// apart says whether a region is known not to be another one.
func apart(region string, other any) bool {
	text, _ := other.(string)
	return region != "" && text != "" && text != region && !strings.Contains(text, "${") && !strings.Contains(region, "${")
}

// state tells states apart: two equal texts are the same state. It is empty for
// a backend whose state others cannot read. The default workspace is "". Others are
// beside it:
// https://developer.hashicorp.com/terraform/language/backend/s3#workspace_key_prefix
// https://developer.hashicorp.com/terraform/language/backend/local#workspace_dir
func state(backend string, configuration map[string]any, workspace string) string {
	part := func(key, otherwise string) string {
		value, set := configuration[key]
		text, known := value.(string)
		switch {
		case !set || value == nil:
			return otherwise
		case !known || strings.Contains(text, "${") || strings.Contains(text, "%{"):
			return ""
		}
		return text
	}
	switch backend {
	case "s3":
		bucket, key, prefix := part("bucket", ""), part("key", ""), part("workspace_key_prefix", "env:")
		switch {
		case bucket == "" || key == "":
			return ""
		case workspace == "":
			return "s3://" + bucket + "/" + key
		case prefix == "":
			return "s3://" + bucket + "/" + workspace + "/" + key
		}
		return "s3://" + bucket + "/" + prefix + "/" + workspace + "/" + key
	case "local":
		// In another workspace, `path` is not looked at.
		if path := part("path", ""); path != "" && workspace == "" {
			return "file:" + path
		}
	}
	return ""
}
