// Package managedinstance makes a small EC2 instance that nobody reaches but through
// Session Manager: no key, no public address, encrypted volume, IMDSv2 alone.
//
// It makes no security group: what the instance may send is its user's to say.
//
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html
package managedinstance

import (
	"fmt"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iaminstanceprofile"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicyattachment"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/instance"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/launchtemplate"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/vpc"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// image is the public parameter with the newest Amazon Linux 2023 image, which
// EC2 looks up when it starts the instance, so that planning needs no AWS:
// https://docs.aws.amazon.com/linux/al2023/ug/ec2.html
const image = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"

// Config describes an instance.
type Config struct {
	// Name is the name of the instance, its role and its launch template.
	Name string
	// InstanceType is one with a Graviton processor.
	InstanceType string
	// Purpose is the description of its role.
	Purpose string
	// PolicyName and Statements are what the instance may do beside being managed.
	PolicyName string
	Statements []policy.Statement
	// Subnet is where it is, with the security groups GroupIDs.
	Subnet   *vpc.Subnet
	GroupIDs []*string
	// Address is its fixed address in the subnet. Default: one that AWS chooses.
	Address string
	// UserData is what it does at its start; a change replaces the instance. Default: nothing.
	UserData string
	// After is what must exist first.
	After []cdktf.ITerraformDependable
	// Account is where it is.
	Account arn.Account
}

// Instance is what the construct made.
type Instance struct {
	// ID is the instance's id.
	ID *string
}

// New makes the instance `aws_instance.<id>`, its launch template and its role.
func New(scope constructs.Construct, id string, config Config) (*Instance, error) {
	if config.Name == "" || config.InstanceType == "" || len(config.Statements) == 0 || config.Subnet == nil {
		return nil, fmt.Errorf("instance %q: want a name, a type, what it may do and a subnet", config.Name)
	}
	profile, permissions := config.profile(scope, id)
	template := config.launchTemplate(scope, id, profile)
	arguments := &instance.InstanceConfig{
		LaunchTemplate:      &instance.InstanceLaunchTemplate{Name: template.Name(), Version: jsii.String("$Latest")},
		SubnetId:            config.Subnet.ID,
		PrivateIp:           tf.String(config.Address),
		VpcSecurityGroupIds: tf.Tokens(config.GroupIDs...),
		Tags:                tf.Tags(config.Name),
		// An agent that starts before its role may do anything waits before it asks again.
		DependsOn: tf.DependsOn(slices.Concat(vpc.Reservations(config.Subnet), config.After, permissions)...),
	}
	if config.UserData != "" {
		arguments.UserData, arguments.UserDataReplaceOnChange = &config.UserData, true
	}
	made := tf.Named(id, instance.NewInstance(scope, tf.ID("aws_instance", id), arguments))
	return &Instance{ID: made.Id()}, nil
}

func (c Config) launchTemplate(scope constructs.Construct, id string, profile *string) launchtemplate.LaunchTemplate {
	return tf.Named(id, launchtemplate.NewLaunchTemplate(scope, tf.ID("aws_launch_template", id), &launchtemplate.LaunchTemplateConfig{
		Name:               tf.String(c.Name),
		ImageId:            jsii.String(image),
		InstanceType:       tf.String(c.InstanceType),
		IamInstanceProfile: &launchtemplate.LaunchTemplateIamInstanceProfile{Name: profile},
		// IMDSv2 only, and not from containers:
		// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
		MetadataOptions: &launchtemplate.LaunchTemplateMetadataOptions{
			HttpEndpoint:            jsii.String("enabled"),
			HttpTokens:              jsii.String("required"),
			HttpPutResponseHopLimit: tf.Number(1),
		},
		BlockDeviceMappings: []launchtemplate.LaunchTemplateBlockDeviceMappings{{
			DeviceName: jsii.String("/dev/xvda"),
			Ebs: &launchtemplate.LaunchTemplateBlockDeviceMappingsEbs{
				Encrypted:           jsii.String("true"),
				VolumeType:          jsii.String("gp3"),
				DeleteOnTermination: jsii.String("true"),
			},
		}},
		Tags: tf.Tags(c.Name),
	}))
}

// profile lets the instance talk to Session Manager. It returns the profile's name
// and its role's permissions, which the name does not wait for.
func (c Config) profile(scope constructs.Construct, id string) (*string, []cdktf.ITerraformDependable) {
	role := tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Name:             tf.String(c.Name),
		Description:      tf.String(c.Purpose),
		AssumeRolePolicy: policy.AssumedByInstances(),
	}))
	managed := tf.Named(id, iamrolepolicyattachment.NewIamRolePolicyAttachment(scope, tf.ID("aws_iam_role_policy_attachment", id), &iamrolepolicyattachment.IamRolePolicyAttachmentConfig{
		Role:      role.Name(),
		PolicyArn: tf.String(c.Account.ManagedPolicy("AmazonSSMManagedInstanceCore")),
	}))
	own := tf.Named(id, iamrolepolicy.NewIamRolePolicy(scope, tf.ID("aws_iam_role_policy", id), &iamrolepolicy.IamRolePolicyConfig{
		Name:   tf.String(c.PolicyName),
		Role:   role.Id(),
		Policy: policy.Document(c.Statements...),
	}))
	profile := tf.Named(id, iaminstanceprofile.NewIamInstanceProfile(scope, tf.ID("aws_iam_instance_profile", id), &iaminstanceprofile.IamInstanceProfileConfig{
		Name: tf.String(c.Name),
		Role: role.Name(),
	}))
	return profile.Name(), []cdktf.ITerraformDependable{managed, own}
}
