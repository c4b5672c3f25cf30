package deployroles

import (
	"errors"

	"github.com/aws/constructs-go/constructs/v10"

	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// StateConfig describes a role by which the backends of one account's stacks
// reach the state bucket.
type StateConfig struct {
	// Name is the role's name.
	Name string
	// Trust says who may assume it.
	Trust Trust
	// BucketARN is the state bucket, and KeyARN the key that encrypts it.
	BucketARN string
	KeyARN    *string
	// Plan says that the role is to plan with: it reads states, and writes nothing but locks. Default: to apply with.
	Plan bool
	// Own are the keys of the states that the stacks write, and Read of those that they only read.
	Own, Read []string
}

// NewState makes the role `aws_iam_role.state_<id>`, to apply with, or
// `aws_iam_role.plan_state_<id>`, to plan with.
func NewState(scope constructs.Construct, id string, config StateConfig) (*Role, error) {
	if config.KeyARN == nil || len(config.Own) == 0 {
		return nil, errors.New("state role " + config.Name + ": want a key and a state")
	}
	name := tf.Name("state", id)
	r := role{name: config.Name, description: "Terraform reads and writes the state of the account's stacks", trust: config.Trust}
	if config.Plan {
		name, r.description = tf.Name("plan_state", id), "Terraform reads and locks the state of the account's stacks"
	}
	if err := r.make(scope, name); err != nil {
		return nil, err
	}
	r.policy("state", config.statements()...)
	return r.made(), nil
}

// statements are what an apply needs, which never deletes a state, or a plan, which
// writes nothing but its lock. That is an object like any other, encrypted with the
// same key. Whoever may take a lock off can also take off that of an apply, so a lock
// does not protect one from pull requests.
func (c StateConfig) statements() []policy.Statement {
	if c.Plan {
		return c.backend([]string{"s3:GetObject"}, []string{"kms:Decrypt", "kms:GenerateDataKey"})
	}
	return c.backend([]string{"s3:GetObject", "s3:PutObject"}, []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"})
}

// backend is what the S3 backend needs with a lock file, with the actions on its
// own states and on the key. The prefix is the key of one state, not a folder: S3
// looks at it also when an object is missing, to say so to those who may list it and
// to refuse the others, and a backend has to learn that its state is not there yet.
// The backend's list of workspaces, under another prefix, is refused, which it takes
// to mean that there are none.
//
//   - https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
//   - https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_Permissions
func (c StateConfig) backend(onStates, onKey []string) []policy.Statement {
	var own, locks, read, prefixes []string
	for _, key := range c.Own {
		own = append(own, c.BucketARN+"/"+key)
		locks = append(locks, c.BucketARN+"/"+key+".tflock")
		prefixes = append(prefixes, key, key+".tflock")
	}
	for _, key := range c.Read {
		read = append(read, c.BucketARN+"/"+key)
		prefixes = append(prefixes, key)
	}
	statements := []policy.Statement{{
		Sid: "FindStates", Action: []string{"s3:ListBucket"}, Resource: []string{c.BucketARN},
		Condition: policy.Condition{"StringEquals": {"s3:prefix": prefixes}},
	}, {
		Sid: "OwnStates", Action: onStates, Resource: own,
	}, {
		Sid: "OwnLocks", Action: []string{"s3:DeleteObject", "s3:GetObject", "s3:PutObject"}, Resource: locks,
	}}
	if len(read) > 0 {
		statements = append(statements, policy.Statement{Sid: "StatesThatTheyRead", Action: []string{"s3:GetObject"}, Resource: read})
	}
	return append(statements, policy.Statement{
		Sid: "Encryption", Action: onKey, Resource: []string{*c.KeyARN},
	})
}
