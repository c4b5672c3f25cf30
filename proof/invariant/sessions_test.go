package invariant

import (
	"encoding/json"
	"fmt"
	"maps"
)

// sessions adds session preferences to a hub, with a log group and a key.
func (e estate) sessions(change map[string]any) {
	inputs := map[string]any{
		"kmsKeyId": "${aws_kms_key.sessions.arn}", "cloudWatchLogGroupName": "${aws_cloudwatch_log_group.sessions.name}", "cloudWatchEncryptionEnabled": true, "s3BucketName": "",
	}
	maps.Copy(inputs, change)
	content, err := json.Marshal(map[string]any{"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": inputs})
	if err != nil {
		panic(err)
	}
	e.add("hub/aws_kms_key.sessions", `{}`)
	e.add("hub/aws_cloudwatch_log_group.sessions", `{"name": "/sessions", "kms_key_id": "${aws_kms_key.sessions.arn}"}`)
	e.add("hub/aws_ssm_document.sessions", fmt.Sprintf(`{"name": %q, "document_type": "Session", "content": %q}`, sessionPreferences, content))
}

// sessionMistakes are mistakes about session preferences.
var sessionMistakes = []struct {
	name   string
	change func(e estate)
	want   string
}{
	{"sessions are encrypted and logged", func(e estate) { e.sessions(nil) }, ""},
	{"the log group of sessions is named by its name", func(e estate) { e.sessions(map[string]any{"cloudWatchLogGroupName": "/sessions"}) }, ""},
	{"the log group of sessions is made elsewhere", func(e estate) { e.sessions(map[string]any{"cloudWatchLogGroupName": "/of-others"}) }, ""},
	{"sessions are logged in a bucket", func(e estate) {
		e.sessions(map[string]any{"cloudWatchLogGroupName": "", "s3BucketName": "sessions"})
	}, ""},
	{"the log group of sessions has no key", func(e estate) {
		e.sessions(nil)
		delete(e.body("hub/aws_cloudwatch_log_group.sessions"), "kms_key_id")
	}, "session-log-without-key"},
	{"the log group of sessions, by its name, has no key", func(e estate) {
		e.sessions(map[string]any{"cloudWatchLogGroupName": "/sessions"})
		delete(e.body("hub/aws_cloudwatch_log_group.sessions"), "kms_key_id")
	}, "session-log-without-key"},
	{"nobody asks for a key of the log", func(e estate) { e.sessions(map[string]any{"cloudWatchEncryptionEnabled": false}) }, "session-log-without-key"},
	{"sessions have no key", func(e estate) { e.sessions(map[string]any{"kmsKeyId": ""}) }, "session-without-key?"},
	{"sessions are not logged", func(e estate) { e.sessions(map[string]any{"cloudWatchLogGroupName": ""}) }, "session-not-logged?"},
	{"preferences as the console saves them", func(e estate) {
		e.sessions(map[string]any{"cloudWatchLogGroupName": "", "kmsKeyId": ""})
	}, "session-not-logged? session-without-key?"},
	{"another session document, which people ask for by name", func(e estate) {
		e.sessions(map[string]any{"cloudWatchLogGroupName": "", "kmsKeyId": ""})
		e.set("hub/aws_ssm_document.sessions", "name", "forward-a-port")
	}, ""},
}
