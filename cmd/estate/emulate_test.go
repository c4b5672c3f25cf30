package main

import (
	"slices"
	"testing"

	"hubspoke/internal/emulator"
)

// What is to be exported sends everything to the emulator, and leaves nothing of the user's own.
func TestTheTerminalBesideAnEmulatorAsksNobodyElse(t *testing.T) {
	aws := &emulator.Emulator{Endpoint: "http://127.0.0.1:5000", Region: "eu-central-1"}
	lines := exports(aws.Environment(emulator.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}))
	for _, want := range []string{
		"unset AWS_PROFILE AWS_ROLE_ARN AWS_SESSION_TOKEN AWS_WEB_IDENTITY_TOKEN_FILE",
		"export AWS_ENDPOINT_URL=http://127.0.0.1:5000", "export HTTP_PROXY=http://127.0.0.1:5000", "export NO_PROXY=127.0.0.1",
		"export http_proxy=http://127.0.0.1:5000", "export no_proxy=127.0.0.1",
		"export AWS_ENDPOINT_URL_S3_CONTROL=http://s3-control.eu-central-1.amazonaws.com",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("it does not say %q: %q", want, lines)
		}
	}
}
