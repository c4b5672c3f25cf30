// Package spokedata makes the database of a spoke, which admits the nodes of the
// spoke's cluster. What is in the database is the workloads' own.
package spokedata

import (
	"hubspoke/constructs/database"
	"hubspoke/constructs/securitygroup"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
	"hubspoke/stacks/spokeeks"
	"hubspoke/stacks/spokenetwork"
)

// New fills the stack.
func New(s *base.Stack) error {
	e, spec := s.Estate, s.Estate.Spoke(s.Account).Database
	network := spokenetwork.Read(s, s.Account)
	cluster := spokeeks.Read(s, s.Account)
	config := database.Config{
		Name:                e.DatabaseName(s.Account),
		Account:             e.Account(s.Account),
		VPCID:               network.VPCID,
		Subnets:             map[string]*string{},
		ClientGroup:         &securitygroup.Group{ID: cluster.NodesGroupID},
		Version:             spec.Version,
		Class:               spec.InstanceClass,
		MultiAZ:             spec.MultiAZ,
		Replicas:            map[string]database.Replica{},
		PasswordVersion:     spec.PasswordVersion,
		DatabaseName:        spec.Name,
		Username:            spec.Username,
		StorageGiB:          spec.StorageGiB,
		MaxStorageGiB:       spec.MaxStorageGiB,
		BackupRetentionDays: spec.BackupRetentionDays,
		BackupWindow:        spec.BackupWindow,
		MaintenanceWindow:   spec.MaintenanceWindow,
		Parameters:          spec.Parameters,
		KeyAlias:            e.DatabaseKeyAlias(s.Account),
		MonitoringRole:      e.DatabaseMonitoringRole(s.Account),
		RetentionDays:       e.Logs.RetentionDays,
		Alarms: database.Alarms{
			Topics:         spec.Alarms.Topics,
			CPUPercent:     spec.Alarms.CPUPercent,
			Connections:    spec.ConnectionsAlarm(spec.InstanceClass),
			FreeStorageGiB: spec.Alarms.FreeStorageGiB,
		},
	}
	for _, slot := range estate.Subnets(e.Plan(s.Account), subnet.Database) {
		config.Subnets[slot.Zone] = network.DatabaseSubnetIDs.Get(slot.Zone)
	}
	for _, name := range tf.Keys(spec.ReadReplicas) {
		replica := spec.ReadReplicas[name]
		config.Replicas[name] = database.Replica{
			Class: replica.InstanceClass, ConnectionsAlarm: spec.ConnectionsAlarm(replica.InstanceClass),
		}
	}
	if e.IsBackedUp(s.Account) {
		config.BackupTag, config.CopiesIn = estate.BackupTag, e.Account(e.KeepsCopies())
	}
	made, err := database.New(s.Scope, "database", config)
	if err != nil {
		return err
	}
	output.Write(s.Scope, outputs(made))
	return nil
}
