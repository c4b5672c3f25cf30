package runner

import (
	"fmt"
	"regexp"
	"strings"
)

// lockID is how Terraform tells whose lock it has met:
// https://developer.hashicorp.com/terraform/language/state/locking#force-unlock
var lockID = regexp.MustCompile(`(?m)^[\s│]*ID: +(\S+)$`)

// failed is the error of a command that locks the state. Where somebody else has locked it, it says
// how the lock is taken away: whoever is killed leaves it.
func (r *Root) failed(command string, err error) error {
	if err != nil && strings.Contains(err.Error(), "Error acquiring the state lock") {
		if lock := lockID.FindStringSubmatch(err.Error()); lock != nil {
			err = fmt.Errorf("%w\n\nif nobody deploys it, a run that was killed has left the lock: terraform -chdir=%s force-unlock %s", err, r.dir, lock[1])
		}
	}
	return failed(command, err)
}
