package incident

import (
	"fmt"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
)

// keys is the section on keys and secrets that others know.
func keys(s *source.Source, d *document.Document) {
	section := d.Section("A key or a secret is known to others",
		"A key of KMS never leaves AWS: what others can have is the permission to use it, which is a role above. New material does not take back what was decrypted. "+
			"Disabling a key stops everybody, so that what it encrypts cannot be read until it is enabled again. `alias` is one of these, in its account.").
		Table("alias", "account", "region")
	for _, a := range s.Made("aws_kms_alias") {
		section.Row(source.Text(a.Argument("name")), s.Account(a.Account), a.Region)
	}
	section.Do("", "Find the key. New material for what is encrypted from now on, or nothing at all for anybody.",
		`key=$(aws kms describe-key --region "$region" --key-id "$alias" --query KeyMetadata.KeyId --output text)`,
		`aws kms rotate-key-on-demand --region "$region" --key-id "$key"`,
		`aws kms disable-key --region "$region" --key-id "$key"`)
	section.Do("", "Back.", `aws kms enable-key --region "$region" --key-id "$key"`)
	for _, r := range s.Made("aws_secretsmanager_secret") {
		section.Do(s.Account(r.Account), "The secret "+source.Name(r)+": revoke it where it is from, then put the new one in, from a file that you delete.",
			fmt.Sprintf(`aws secretsmanager put-secret-value --region %s --secret-id %s --secret-string "file://$file"`, r.Region, source.Name(r)))
	}
	for _, r := range s.Made("aws_db_instance") {
		if source.Is(r.Argument("manage_master_user_password")) {
			section.Do(s.Account(r.Account), "The password of the database "+source.Name(r)+", which RDS manages.",
				fmt.Sprintf("aws rds modify-db-instance --region %s --db-instance-identifier %s --rotate-master-user-password --apply-immediately", r.Region, source.Name(r)))
		}
	}
	for _, r := range s.Made("aws_iam_user") {
		section.Do(s.Account(r.Account), "The user "+source.Name(r)+": take its password, and see that it has no access keys.",
			"aws iam delete-login-profile --user-name "+source.Name(r),
			"aws iam list-access-keys --user-name "+source.Name(r)+" --query 'AccessKeyMetadata[].AccessKeyId' --output text")
	}
}

// images is the section on an image that is not what it should be.
func images(s *source.Source, d *document.Document) {
	repositories := s.Made("aws_ecr_repository")
	if len(repositories) == 0 {
		return
	}
	section := d.Section("An image is bad, or is known to others",
		"Nodes that have the image go on running it: deleting it stops new ones alone. `digest` is the image's, `sha256:` and all. What is in a leaked image is known to others for good: change every secret in it.")
	for _, r := range repositories {
		section.Do(s.Account(r.Account), "In "+source.Name(r)+": which tags it has and what scans found, then delete it, after a copy for evidence.",
			fmt.Sprintf(`aws ecr describe-images --region %s --repository-name %s --image-ids imageDigest="$digest" --query 'imageDetails[0].[imageTags,imagePushedAt]'`, r.Region, source.Name(r)),
			fmt.Sprintf(`aws ecr batch-get-image --region %s --repository-name %s --image-ids imageDigest="$digest" > "image-manifest.json"`, r.Region, source.Name(r)),
			fmt.Sprintf(`aws ecr batch-delete-image --region %s --repository-name %s --image-ids imageDigest="$digest"`, r.Region, source.Name(r)))
	}
	section.Do("", "Who runs it, in each cluster.",
		`kubectl get pods --all-namespaces --output json | jq --raw-output --arg digest "$digest" '.items[] | select([.status | (.containerStatuses, .initContainerStatuses, .ephemeralContainerStatuses)[]?.imageID] | any(contains($digest))) | .metadata.namespace + "/" + .metadata.name'`)
	section.Do("", "Who pushed it: the push roles are under \"Lock out a repository of GitHub\".",
		fmt.Sprintf(`aws cloudtrail lookup-events --region %s --lookup-attributes AttributeKey=EventName,AttributeValue=PutImage --max-results 50`, s.Estate.Region))
}
