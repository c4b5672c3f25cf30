package eks

import "hubspoke/constructs/savedquery"

// queries are what one asks the logs of a control plane: whom it refuses, who comes without a
// name, who gets into pods, and who reads secrets. The audit log has them, which is in streams
// of its own; its fields are those of Kubernetes' audit events:
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
//   - https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
var queries = map[string]string{
	"refused-requests": savedquery.Text(
		"fields user.username, verb, objectRef.resource, objectRef.namespace, responseStatus.code",
		"filter @logStream like /kube-apiserver-audit/ and responseStatus.code in [401, 403]",
		"stats count(*) as requests by user.username, verb, objectRef.resource, objectRef.namespace, responseStatus.code",
		"sort requests desc",
		"limit 50"),
	"anonymous-requests": savedquery.Text(
		"fields requestURI, sourceIPs.0, userAgent, responseStatus.code",
		`filter @logStream like /kube-apiserver-audit/ and user.username = "system:anonymous"`,
		`filter requestURI not like /^\/(healthz|livez|readyz|version)/`,
		"stats count(*) as requests by requestURI, sourceIPs.0, userAgent, responseStatus.code",
		"sort requests desc",
		"limit 50"),
	"shells-in-pods": savedquery.Text(
		"fields @timestamp, user.username, objectRef.namespace, objectRef.name, objectRef.subresource, requestURI, sourceIPs.0, responseStatus.code",
		`filter @logStream like /kube-apiserver-audit/ and objectRef.subresource in ["exec", "attach", "portforward", "ephemeralcontainers"]`,
		"sort @timestamp desc",
		"limit 100"),
	"secrets-read": savedquery.Text(
		"fields user.username, verb, objectRef.namespace, objectRef.name",
		`filter @logStream like /kube-apiserver-audit/ and objectRef.resource = "secrets" and verb in ["get", "list", "watch"]`,
		"stats count(*) as reads by user.username, verb, objectRef.namespace, objectRef.name",
		"sort reads desc",
		"limit 100"),
}
