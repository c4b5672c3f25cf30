package waf

import (
	"regexp"

	"hubspoke/internal/yamldoc"
)

// https://docs.aws.amazon.com/waf/latest/APIReference/API_ForwardedIPConfig.html
var _ = yamldoc.NewFormat(yamldoc.Format{Name: "http-header",
	Wanted:  "the name of an HTTP header, such as X-Forwarded-For",
	Pattern: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*$`), MaxLength: 255, Example: "X-Forwarded-For"})
