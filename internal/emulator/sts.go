package emulator

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
)

// Workflow are the credentials that a run of a GitHub workflow gets for a role, by its token, whose
// subject is given. The role's trust policy has to admit it.
// https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
func (e *Emulator) Workflow(role, subject string) (Credentials, error) {
	header, err := encoded(map[string]string{"alg": "none"})
	if err != nil {
		return Credentials{}, err
	}
	claims, err := encoded(map[string]string{"iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com", "sub": subject})
	if err != nil {
		return Credentials{}, err
	}
	response, err := http.PostForm(e.Endpoint, url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleArn": {role}, "RoleSessionName": {"GitHubActions"},
		"WebIdentityToken": {header + "." + claims + "."},
	})
	if err != nil {
		return Credentials{}, err
	}
	defer response.Body.Close()
	var answer struct {
		Message     string `xml:"Error>Message"`
		Credentials struct {
			AccessKeyID     string `xml:"AccessKeyId"`
			SecretAccessKey string
			SessionToken    string
		} `xml:"AssumeRoleWithWebIdentityResult>Credentials"`
	}
	if err := xml.NewDecoder(response.Body).Decode(&answer); err != nil {
		return Credentials{}, err
	}
	if response.StatusCode != http.StatusOK {
		return Credentials{}, fmt.Errorf("a workflow with the subject %s does not get the role %s: %s", subject, role, answer.Message)
	}
	return Credentials(answer.Credentials), nil
}

// encoded is a part of a JSON Web Token: https://www.rfc-editor.org/rfc/rfc7519
func encoded(part map[string]string) (string, error) {
	text, err := json.Marshal(part)
	return base64.RawURLEncoding.EncodeToString(text), err
}
