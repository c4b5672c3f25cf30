package invariant

import (
	"encoding/json"

	"hubspoke/proof/config"
)

// What is found here.
var (
	sessionLogWithoutKey = catalogue.Add("session-log-without-key",
		"Session preferences send what is said in shells to a log group that has no key of its own, or do not ask for one. If "+
			"they ask (`cloudWatchEncryptionEnabled`) and the group has none, Session Manager opens no session; if they do not, "+
			"whoever may read logs of the account reads passwords that people type.",
		"Give the log group a `kms_key_id`, and set `cloudWatchEncryptionEnabled` to true.")
	sessionWithoutKey = catalogue.Add("session-without-key",
		"Session preferences name no key: sessions are encrypted by TLS alone, and not once more from end to end with a key that "+
			"is the account's.",
		"Name a key of the account in `kmsKeyId`, which whoever starts sessions, and the role of the instance, may use.")
	sessionNotLogged = catalogue.Add("session-not-logged",
		"Session preferences name neither a log group nor a bucket: nobody sees afterwards what was said in a shell. CloudTrail "+
			"says who opened it, and no more.",
		"Name a log group in `cloudWatchLogGroupName`, or a bucket in `s3BucketName`.")
)

// sessionPreferences is the name of the document that Session Manager reads preferences from.
const sessionPreferences = "SSM-SessionManagerRunShell"

// sessionInputs are what a session document says that matters here.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
type sessionInputs struct {
	SessionType string
	Inputs      struct {
		CloudWatchEncryptionEnabled                    *bool
		CloudWatchLogGroupName, KmsKeyID, S3BucketName string
	}
}

// checkSessions checks that session preferences encrypt sessions, and log them encrypted. Other
// session documents are for those who ask for them by name, and need not open shells.
func (k *checker) checkSessions() {
	for _, r := range k.config.All("aws_ssm_document") {
		if r.Data || r.Argument("name") != sessionPreferences {
			continue
		}
		content, refs := flat(r.Argument("content"))
		var s sessionInputs
		if json.Unmarshal([]byte(content), &s) != nil {
			continue // a document of YAML, or one that is not known before it is deployed
		}
		k.checkSessionInputs(r, s, refs)
	}
}

func (k *checker) checkSessionInputs(r *config.Resource, s sessionInputs, refs map[string]config.Ref) {
	in := s.Inputs
	if in.KmsKeyID == "" {
		k.Note(sessionWithoutKey, about(r), "%s names no key: its sessions are encrypted by TLS alone", r)
	}
	if in.CloudWatchLogGroupName == "" {
		if in.S3BucketName == "" {
			k.Note(sessionNotLogged, about(r), "%s names neither a log group nor a bucket: nobody sees what is said in sessions", r)
		}
		return
	}
	group := k.sessionLog(r, in.CloudWatchLogGroupName, refs)
	switch asks := in.CloudWatchEncryptionEnabled != nil && *in.CloudWatchEncryptionEnabled; {
	case !asks:
		k.Violation(sessionLogWithoutKey, about(r, group), "%s does not ask for a log group with a key: set cloudWatchEncryptionEnabled", r)
	case group != nil && (group.Argument("kms_key_id") == nil || group.Argument("kms_key_id") == ""):
		k.Violation(sessionLogWithoutKey, about(r, group), "%s asks for a log group with a key, and %s has none: no session opens; give it kms_key_id", r, group)
	}
}

// sessionLog is the log group that preferences name, nil if none of these stacks makes it: by a
// reference, or by its name in the same account and region.
func (k *checker) sessionLog(r *config.Resource, name string, refs map[string]config.Ref) *config.Resource {
	if to, ok := refs[name]; ok {
		if to.Resource.Type == "aws_cloudwatch_log_group" && !to.Resource.Data {
			return to.Resource
		}
		return nil
	}
	for _, group := range k.config.All("aws_cloudwatch_log_group") {
		if !group.Data && group.Account == r.Account && group.Region == r.Region && group.Argument("name") == name {
			return group
		}
	}
	return nil
}

// flat is a text with its references written out, and what is written for each.
func flat(value any) (string, map[string]config.Ref) {
	refs := map[string]config.Ref{}
	text, ok := value.(config.Text)
	if !ok {
		plain, _ := value.(string)
		return plain, refs
	}
	var all string
	for _, part := range text.Parts {
		switch p := part.(type) {
		case string:
			all += p
		case config.Ref:
			refs[p.String()] = p
			all += p.String()
		case config.Unknown:
			all += "(unknown)"
		}
	}
	return all, refs
}
