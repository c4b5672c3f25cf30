package registry

import (
	"strings"
	"testing"
)

func TestScanningThatContradictsItselfIsRefused(t *testing.T) {
	for _, s := range []Scanning{
		{OnPush: true}, {Inspector: []string{"ecr"}}, {Continuous: []string{"*"}}, {Enhanced: true, Continuous: []string{"x/*"}},
	} {
		if s.check() == nil {
			t.Errorf("%+v is taken", s)
		}
	}
}

// Every repository is scanned by some rule, whatever else is asked, and ECR takes each frequency
// once. A setting of single repositories is left where Inspector does not scan, and nowhere else.
func TestEveryRepositoryIsScanned(t *testing.T) {
	for want, s := range map[string]Scanning{
		"SCAN_ON_PUSH *":                        {},
		"CONTINUOUS_SCAN *":                     {Enhanced: true},
		"SCAN_ON_PUSH * CONTINUOUS_SCAN a/* b/": {Enhanced: true, OnPush: true, Continuous: []string{"a/*", "b/"}},
	} {
		if err := s.check(); err != nil {
			t.Error(err)
		}
		var got []string
		for _, rule := range s.rules() {
			got = append(got, *rule.ScanFrequency)
			for _, filter := range rule.RepositoryFilter.([]scanFilter) {
				got = append(got, *filter.Filter)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%+v: got %q, want %q", s, strings.Join(got, " "), want)
		}
		if has := s.ofRepository() != nil; has == s.Enhanced {
			t.Errorf("%+v: repositories have a setting of their own: %t", s, has)
		}
	}
}
