# Run this with credentials of the management account. It only reads, and writes into the
# folder adopted. What stops it is said by the AWS CLI: run it again when that is mended.
set -eu
export AWS_PAGER= AWS_DEFAULT_OUTPUT=json
mkdir -p adopted
aws organizations describe-organization > adopted/organization.json
aws organizations list-roots > adopted/roots.json
aws organizations list-accounts > adopted/accounts.json
aws organizations list-aws-service-access-for-organization > adopted/services.json
delegates=$(aws organizations list-delegated-administrators --query 'DelegatedAdministrators[].Id' --output text)
for account in $delegates; do
  aws organizations list-delegated-services-for-account --account-id "$account" > "adopted/delegated-to-$account.json"
done
below() {
  aws organizations list-accounts-for-parent --parent-id "$1" > "adopted/accounts-in-$1.json"
  aws organizations list-organizational-units-for-parent --parent-id "$1" > "adopted/units-in-$1.json"
  units=$(aws organizations list-organizational-units-for-parent --parent-id "$1" --query 'OrganizationalUnits[].Id' --output text)
  for unit in $units; do
    below "$unit"
  done
}
root=$(aws organizations list-roots --query 'Roots[0].Id' --output text)
below "$root"
# then: go run ./cmd/estate adopt adopted --call hub=<number of the hub account>
