package organizationpolicy

import (
	"strings"
	"testing"

	"hubspoke/internal/quota"
)

func TestWhatAWSWouldRefuseIsRefused(t *testing.T) {
	root := "r-abcd"
	whole := Config{Name: "acme-data", Type: "SERVICE_CONTROL_POLICY", Content: "{}", Size: quota.ServiceControlPolicy, Targets: map[string]*string{"at root": &root}}
	for want, change := range map[string]func(*Config){
		"want a name, a type, a content, and something to attach it to": func(c *Config) { c.Targets = nil },
		"AWS takes 128 characters of a name, and 512 of a description":  func(c *Config) { c.Description = strings.Repeat("x", 513) },
		"10241 of 10240 characters of a service control policy":         func(c *Config) { c.Content = strings.Repeat("é", 10241) },
	} {
		config := whole
		change(&config)
		if _, err := New(nil, "data", config); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
