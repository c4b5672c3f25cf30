package fakeaws

import (
	"encoding/json"
	"net/http"
	"strings"

	"hubspoke/internal/awsservice"
)

// PutSessionPreferences saves session preferences in an account, as Session Manager's console
// does: the content of their document.
func (s *Server) PutSessionPreferences(account, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.preferences[account] = content
}

// ssm answers in the shape of
//
//   - https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeDocument.html
//   - https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetDocument.html
//   - https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeDocumentPermission.html
func (s *Server) ssm(w http.ResponseWriter, r *http.Request, account string) {
	var asked struct{ Name string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	content, saved := s.preferences[account]
	s.mu.Unlock()
	answer := func(body map[string]any) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if err := json.NewEncoder(w).Encode(body); err != nil {
			panic(err) // strings, lists and maps of strings always encode
		}
	}
	common := map[string]any{
		"Name": awsservice.SessionPreferences, "DocumentType": "Session", "DocumentFormat": "JSON", "DocumentVersion": "1", "Status": "Active",
	}
	switch _, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); {
	case operation != "DescribeDocument" && operation != "GetDocument" && operation != "DescribeDocumentPermission" && operation != "ListTagsForResource":
		s.refuse(w, r, "ssm "+operation)
	case operation == "ListTagsForResource":
		answer(map[string]any{"TagList": []any{}})
	case !saved || asked.Name != awsservice.SessionPreferences:
		w.Header().Set("X-Amzn-ErrorType", "InvalidDocument")
		w.WriteHeader(http.StatusBadRequest)
		answer(map[string]any{"__type": "InvalidDocument", "message": "Document with name " + asked.Name + " does not exist."})
	case operation == "DescribeDocumentPermission":
		answer(map[string]any{"AccountIds": []any{}, "AccountSharingInfoList": []any{}})
	case operation == "GetDocument":
		common["Content"] = content
		answer(common)
	default:
		common["Owner"], common["DefaultVersion"], common["LatestVersion"], common["SchemaVersion"] = account, "1", "1", "1.0"
		common["PlatformTypes"], common["Hash"], common["HashType"], common["CreatedDate"] = []string{"Linux"}, "fake", "Sha256", 1700000000
		answer(map[string]any{"Document": common})
	}
}
