package gitops

import (
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	estatecluster "hubspoke/estate/cluster"
)

// ecrLoginName is the name of the job by which Argo CD reads charts from ECR, and of all
// that belongs to it. Its service account is that of [estatecluster.ChartReader].
const ecrLoginName = "ecr-login"

// ecrLoginImage is the AWS CLI on Amazon Linux, which has curl. It is there for both
// architectures.
const ecrLoginImage = "aws-cli/aws-cli:2.37.1"

// ecrLoginSchedule is twice an hour. A token lives for twelve, so that two dozen runs in a
// row may fail before Argo CD notices.
const ecrLoginSchedule = "7,37 * * * *"

// nobody is the user that Linux has for what needs no rights.
const nobody = 65534

// ecrLoginScript writes a new token into the secret. Nothing of it is in an argument or a
// log.
const ecrLoginScript = `set -eu
account=/var/run/secrets/kubernetes.io/serviceaccount
password=$(aws ecr get-login-password)
encoded=$(printf %s "$password" | base64 -w 0)
printf 'header = "Authorization: Bearer %s"' "$(cat $account/token)" >$HOME/curl
printf '{"data":{"password":"%s"}}' "$encoded" |
  curl --config $HOME/curl --cacert $account/ca.crt --silent --show-error --fail --output /dev/null \
    --request PATCH --header "Content-Type: application/merge-patch+json" --data-binary @- \
    "https://kubernetes.default.svc/api/v1/namespaces/$NAMESPACE/secrets/$SECRET"
`

// ecrLogin keeps the password up to date by which Argo CD reads charts from a registry in
// ECR: Argo CD has no way to a role's credentials there, and a password of ECR's is good
// for twelve hours. The job may change this one secret, and nothing else. The secret's
// constant part is in the bundle; a password is not, so no tool that applies the bundle
// takes it away.
//
//   - https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#repository-credentials
//   - https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
func (c cluster) ecrLogin(registry estatecluster.Registry) []object {
	meta := metav1.ObjectMeta{Name: ecrLoginName, Namespace: argoNamespace}
	secret := meta
	secret.Labels = map[string]string{"argocd.argoproj.io/secret-type": "repo-creds"}
	account := meta
	account.Annotations = c.roleAnnotations(estatecluster.ChartReader, c.Identity)
	return []object{
		&corev1.Secret{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
			ObjectMeta: secret,
			// Argo CD takes an OCI registry by its name alone.
			StringData: map[string]string{"type": "helm", "enableOCI": "true", "url": registry.Host + "/" + registry.Path, "username": "AWS"},
		},
		&corev1.ServiceAccount{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"}, ObjectMeta: account,
		},
		&rbacv1.Role{
			TypeMeta: metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "Role"}, ObjectMeta: meta,
			Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: []string{ecrLoginName}, Verbs: []string{"patch"}}},
		},
		&rbacv1.RoleBinding{
			TypeMeta: metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "RoleBinding"}, ObjectMeta: meta,
			RoleRef:  rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "Role", Name: ecrLoginName},
			Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Name: ecrLoginName, Namespace: argoNamespace}},
		},
		&batchv1.CronJob{
			TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"}, ObjectMeta: meta,
			Spec: batchv1.CronJobSpec{
				Schedule:                   ecrLoginSchedule,
				ConcurrencyPolicy:          batchv1.ForbidConcurrent,
				SuccessfulJobsHistoryLimit: new(int32(1)),
				FailedJobsHistoryLimit:     new(int32(1)),
				JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{
					BackoffLimit:          new(int32(3)),
					ActiveDeadlineSeconds: new(int64(300)),
					Template:              corev1.PodTemplateSpec{Spec: c.ecrLoginPod(registry)},
				}},
			},
		},
	}
}

// ecrLoginPod runs on the system nodes: Karpenter, which launches all others, is one of
// the charts.
func (c cluster) ecrLoginPod(registry estatecluster.Registry) corev1.PodSpec {
	return corev1.PodSpec{
		ServiceAccountName: ecrLoginName,
		RestartPolicy:      corev1.RestartPolicyNever,
		Tolerations:        systemTolerations,
		SecurityContext: &corev1.PodSecurityContext{
			RunAsNonRoot: new(true), RunAsUser: new(int64(nobody)), RunAsGroup: new(int64(nobody)),
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		Containers: []corev1.Container{{
			Name:    ecrLoginName,
			Image:   c.image("public.ecr.aws", ecrLoginImage),
			Command: []string{"/bin/sh", "-c", ecrLoginScript},
			Env: []corev1.EnvVar{
				{Name: "AWS_REGION", Value: registry.Region},
				{Name: "HOME", Value: "/tmp"},
				{Name: "NAMESPACE", Value: argoNamespace},
				{Name: "SECRET", Value: ecrLoginName},
			},
			Resources: resources("50m", "128Mi", "", "256Mi"),
			SecurityContext: &corev1.SecurityContext{
				AllowPrivilegeEscalation: new(false),
				ReadOnlyRootFilesystem:   new(true),
				Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			},
			VolumeMounts: []corev1.VolumeMount{{Name: "tmp", MountPath: "/tmp"}},
		}},
		Volumes: []corev1.Volume{{
			Name: "tmp",
			VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{
				Medium: corev1.StorageMediumMemory, SizeLimit: new(resource.MustParse("16Mi")),
			}},
		}},
	}
}
