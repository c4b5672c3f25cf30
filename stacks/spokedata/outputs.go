package spokedata

import (
	"hubspoke/constructs/database"
	"hubspoke/internal/output"
)

// Outputs are what people, and the settings of workloads, want to know of a database.
type Outputs struct {
	Address          *string    `output:"database_address,people" doc:"The DNS name of the database, which listens on port 5432."`
	ReplicaAddresses output.Map `output:"database_replica_addresses,people" doc:"The DNS names of the read replicas, by name."`
	ResourceID       *string    `output:"database_resource_id,people" doc:"What names the database in ARNs of rds-db:connect."`
	SecretARN        *string    `output:"database_secret_arn,people" doc:"The secret with the master user's name and password."`
}

func outputs(d *database.Database) Outputs {
	return Outputs{
		Address:          d.Address,
		ReplicaAddresses: output.MapOf(d.ReplicaAddresses),
		ResourceID:       d.ResourceID,
		SecretARN:        d.SecretARN,
	}
}
