package estate

// DeployTrust are the ARNs of the roles of the hub that may assume the deploy roles of
// every account: some of those of CI, if there are any, and the administrators'.
func (e *Estate) DeployTrust(ciRoles ...string) []string {
	var principals []string
	if e.GitHub.Repository != "" {
		for _, name := range ciRoles {
			principals = append(principals, e.RoleARN(HubAccount, name))
		}
	}
	return append(principals, e.State.Administrators...)
}
