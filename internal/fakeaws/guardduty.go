package fakeaws

import (
	"encoding/json"
	"net/http"
	"strings"
)

// detector is the id of the detector that GuardDuty has in every account and region, as it
// has in those of an administrator.
const detector = "0123456789abcdef0123456789abcdef"

// guardDuty answers which detector there is, and who administers it for the organisation:
//
//   - https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ListDetectors.html
//   - https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetDetector.html
//   - https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ListOrganizationAdminAccounts.html
func (s *Server) guardDuty(w http.ResponseWriter, r *http.Request, account string) {
	s.mu.Lock()
	administrator := s.organizations[account].Delegates["guardduty.amazonaws.com"]
	s.mu.Unlock()
	var found any
	switch path := strings.Trim(r.URL.Path, "/"); {
	case r.Method == http.MethodGet && path == "detector":
		found = map[string]any{"detectorIds": []string{detector}}
	case r.Method == http.MethodGet && path == "detector/"+detector:
		found = map[string]any{"status": "ENABLED", "findingPublishingFrequency": "SIX_HOURS"}
	case r.Method == http.MethodGet && path == "admin" && administrator != "":
		found = map[string]any{"adminAccounts": []any{map[string]any{"adminAccountId": administrator, "adminStatus": "ENABLED"}}}
	default:
		s.refuse(w, r, "guardduty")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(found); err != nil {
		panic(err) // strings, lists and maps of them always encode
	}
}
