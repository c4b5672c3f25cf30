// Package fakeaws stands in for AWS on the loopback interface, with just enough
// of STS, S3, EC2, EKS and GuardDuty that Terraform can plan a stack exactly as it would be deployed,
// with the real AWS provider, an S3 backend and the state of other stacks, but
// without an account and without a network; and with enough of RAM that shares can be
// made, accepted, left and deleted.
//
// STS hands out credentials for any role; they carry the number of the role's
// account, so that `allowed_account_ids` is really checked. S3 keeps objects in
// memory. EC2 knows the VPCs that somebody has put there, for the data sources that
// look up a VPC which is there already. Organizations, and GuardDuty, know an organisation
// that somebody has put there, for imports, as Systems Manager knows session preferences. EKS knows which version of an add-on is the
// default, and IAM Identity Center has one instance, with any group that is asked for. Every
// other request is refused and
// remembered: a plan that needs more of AWS than this would fail on a reviewer's
// machine too.
package fakeaws

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"hubspoke/internal/arn"
)

// Server is a running stand-in for AWS.
type Server struct {
	http *httptest.Server

	mu      sync.Mutex
	objects map[string][]byte // by "bucket/key"
	vpcs    map[string][]VPC  // by account
	addOns  map[string]string // default versions by name, where they are not AddOnVersion
	refused []string

	organizations map[string]Organization // by the number of the management account

	preferences map[string]string // by account

	shares      []*Share
	invitations []*Invitation

	// untrusting are the ARNs of roles that nobody may assume.
	untrusting map[string]bool
}

// Start runs a server until it is closed.
func Start() *Server {
	s := &Server{objects: map[string][]byte{}, vpcs: map[string][]VPC{}, organizations: map[string]Organization{}, preferences: map[string]string{}, addOns: map[string]string{}, untrusting: map[string]bool{}}
	s.http = httptest.NewServer(s)
	return s
}

// Close stops the server.
func (s *Server) Close() { s.http.Close() }

// host is a name that nobody resolves. Clients come here through a proxy setting,
// because S3's put the bucket's name before that of the host.
const host = "fakeaws.invalid"

// Environment is what makes AWS clients of another process use this server, as
// somebody who is signed in to the account. Nothing of the machine's own AWS
// configuration is left.
func (s *Server) Environment(account string) map[string]string {
	return map[string]string{
		"AWS_ACCESS_KEY_ID":           accessKey(account),
		"AWS_SECRET_ACCESS_KEY":       "fake",
		"AWS_SESSION_TOKEN":           "fake",
		"AWS_ENDPOINT_URL":            "http://" + host,
		"AWS_ENDPOINT_URL_STS":        "http://" + host,
		"AWS_ENDPOINT_URL_S3":         "http://" + host,
		"AWS_EC2_METADATA_DISABLED":   "true",
		"AWS_CONFIG_FILE":             os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_MAX_ATTEMPTS":            "1",
		"HTTP_PROXY":                  s.http.URL,
		"http_proxy":                  s.http.URL,
		"NO_PROXY":                    "",
		"no_proxy":                    "",
	}
}

// PutObject stores an object, for example the state of a stack that another one
// reads.
func (s *Server) PutObject(bucket, key string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[bucket+"/"+key] = body
}

// Objects are the objects in a bucket, by key, sorted.
func (s *Server) Objects(bucket string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	for name := range s.objects {
		if key, ok := strings.CutPrefix(name, bucket+"/"); ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// Distrust makes a role refuse everybody: its trust policy names somebody else, or there
// is no such role. AWS does not say which.
func (s *Server) Distrust(roleARN string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.untrusting[roleARN] = true
}

// Refused are the requests that nobody here answers.
func (s *Server) Refused() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.refused)
}

// ServeHTTP answers one request. The service stands in the scope of the
// signature: `Credential=<key>/<date>/<region>/<service>/aws4_request`.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	credential := credentialScope.FindStringSubmatch(r.Header.Get("Authorization"))
	if credential == nil {
		s.refuse(w, r, "unsigned")
		return
	}
	switch key, region, service := credential[1], credential[2], credential[3]; service {
	case "sts":
		s.sts(w, r, accountOf(key))
	case "s3":
		s.s3(w, r)
	case "ec2":
		s.ec2(w, r, accountOf(key))
	case "ram":
		s.ram(w, r, region, accountOf(key))
	case "eks":
		s.eks(w, r)
	case "organizations":
		s.ask(w, r, accountOf(key))
	case "guardduty":
		s.guardDuty(w, r, accountOf(key))
	case "ssm":
		s.ssm(w, r, accountOf(key))
	case "sso", "identitystore":
		s.identity(w, r, service)
	default:
		s.refuse(w, r, service)
	}
}

var credentialScope = regexp.MustCompile(`Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/aws4_request`)

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, service string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = append(s.refused, fmt.Sprintf("%s: %s %s", service, r.Method, r.URL.Path))
	http.Error(w, "fakeaws knows only STS, S3, VPCs, shares, organisations, session preferences, add-on versions and Identity Center: a plan must not call "+service, http.StatusNotImplemented)
}

func (s *Server) distrusts(roleARN string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.untrusting[roleARN]
}

// accessKey is an access key id, 20 characters as AWS's own, that carries the
// number of the account that it belongs to.
func accessKey(account string) string { return "ASIA" + account + "FAKE" }

func accountOf(accessKey string) string {
	if len(accessKey) != 20 {
		return ""
	}
	return accessKey[4:16]
}

var roleARN = regexp.MustCompile(`^arn:[a-z-]+:iam::([0-9]{12}):role/(.+)$`)

// session is the ARN of a session of a role.
func session(account, role string) string {
	return arn.Account{Partition: "aws", Number: account}.In("").ARN("sts", "assumed-role/"+role+"/fake")
}

// sts answers in the shape of
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
func (s *Server) sts(w http.ResponseWriter, r *http.Request, account string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	switch action := r.FormValue("Action"); action {
	case "GetCallerIdentity":
		fmt.Fprintf(w, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>`+
			`<Arn>%[2]s</Arn><UserId>AROAFAKE:fake</UserId><Account>%[1]s</Account>`+
			`</GetCallerIdentityResult></GetCallerIdentityResponse>`, account, session(account, "fake"))
	case "AssumeRole":
		role := roleARN.FindStringSubmatch(r.FormValue("RoleArn"))
		if role == nil {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `<ErrorResponse><Error><Code>ValidationError</Code><Message>%s is not the ARN of a role</Message></Error></ErrorResponse>`, r.FormValue("RoleArn"))
			return
		}
		if s.distrusts(role[0]) {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: %s is not authorized to perform: `+
				`sts:AssumeRole on resource: %s</Message></Error></ErrorResponse>`, session(account, "fake"), role[0])
			return
		}
		fmt.Fprintf(w, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>`+
			`<AssumedRoleUser><Arn>%[1]s</Arn><AssumedRoleId>AROAFAKE:fake</AssumedRoleId></AssumedRoleUser>`+
			`<Credentials><AccessKeyId>%[2]s</AccessKeyId><SecretAccessKey>fake</SecretAccessKey><SessionToken>fake</SessionToken>`+
			`<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
			session(role[1], role[2]), accessKey(role[1]))
	default:
		s.refuse(w, r, "sts "+action)
	}
}

// s3 keeps objects in memory. The bucket stands in the host name, or before the
// key in the path. A lock file is written with `If-None-Match: *`.
func (s *Server) s3(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := strings.TrimPrefix(r.URL.Path, "/")
	bucket, ok := strings.CutSuffix(r.Host, "."+host)
	if !ok {
		bucket, key, _ = strings.Cut(key, "/")
	}
	name := bucket + "/" + key
	object, exists := s.objects[name]
	switch {
	case key == "" && r.Method == http.MethodGet:
		// Terraform lists its workspaces below `env:/`; there is only the default one.
		fmt.Fprintf(w, `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>%s</Name><Prefix></Prefix><KeyCount>0</KeyCount>`+
			`<MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>`, bucket)
	case r.Method == http.MethodPut && exists && r.Header.Get("If-None-Match") == "*":
		w.WriteHeader(http.StatusPreconditionFailed)
		fmt.Fprint(w, `<Error><Code>PreconditionFailed</Code><Message>the object exists</Message></Error>`)
	case r.Method == http.MethodPut:
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.objects[name] = body
		w.Header().Set("ETag", `"fake"`)
	case r.Method == http.MethodDelete:
		delete(s.objects, name)
		w.WriteHeader(http.StatusNoContent)
	case !exists:
		w.WriteHeader(http.StatusNotFound)
		if r.Method != http.MethodHead {
			fmt.Fprint(w, `<Error><Code>NoSuchKey</Code><Message>there is no such object</Message></Error>`)
		}
	default:
		w.Header().Set("ETag", `"fake"`)
		w.Header().Set("Content-Length", fmt.Sprint(len(object)))
		if r.Method == http.MethodGet {
			w.Write(object)
		}
	}
}
