package fakeaws

import (
	"encoding/json"
	"net/http"
	"strings"
)

// The one instance of IAM Identity Center, its directory, and the group that any name is
// that of.
const (
	IdentityCenterARN = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
	IdentityStoreID   = "d-0123456789"
	GroupID           = "01234567-89ab-cdef-0123-456789abcdef"
)

// identity answers what looks up the instance and groups, in the shape of
//
//   - https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html
//   - https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_GetGroupId.html
//   - https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DescribeGroup.html
func (s *Server) identity(w http.ResponseWriter, r *http.Request, service string) {
	var answer any
	switch _, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); operation {
	case "ListInstances":
		answer = map[string]any{"Instances": []any{map[string]any{"InstanceArn": IdentityCenterARN, "IdentityStoreId": IdentityStoreID}}}
	case "GetGroupId":
		answer = map[string]any{"IdentityStoreId": IdentityStoreID, "GroupId": GroupID}
	case "DescribeGroup":
		answer = map[string]any{"IdentityStoreId": IdentityStoreID, "GroupId": GroupID, "DisplayName": "fake"}
	default:
		s.refuse(w, r, service+" "+operation)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		panic(err) // strings, lists and maps of them always encode
	}
}
