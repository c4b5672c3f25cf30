package database

import (
	"regexp"
	"strings"

	"hubspoke/internal/yamldoc"
)

// databaseClass takes the name of an instance class apart: series and size.
// RDS for PostgreSQL offers further series in Multi-AZ DB clusters alone.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
var databaseClass = yamldoc.NewFormat(yamldoc.Format{Name: "instance-class",
	Wanted:  "an instance class of RDS for PostgreSQL, such as db.t4g.medium, db.m7g.large or db.r7g.xlarge",
	Pattern: regexp.MustCompile(`^db\.(?:(t)[0-9][a-z]*\.(micro|small)|([tmrx])[0-9][a-z]*\.(medium|large|([1-9][0-9]{0,2})?xlarge))$`)})

// What RDS takes as windows, in UTC:
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
const (
	timeOfDay = `([01][0-9]|2[0-3]):([0-5][0-9])`
	weekday   = `(mon|tue|wed|thu|fri|sat|sun)`
)

// The windows have the groups day (of maintenance alone), hour and minute of their
// beginning, and then of their end.
var (
	backupWindow = yamldoc.NewFormat(yamldoc.Format{Name: "backup-window",
		Wanted:  "a time of day such as 18:00-19:00, half an hour or longer, in UTC",
		Pattern: regexp.MustCompile(`^` + timeOfDay + `-` + timeOfDay + `$`)})
	maintenanceWindow = yamldoc.NewFormat(yamldoc.Format{Name: "maintenance-window",
		Wanted:  "a time of the week such as sun:19:30-sun:20:30, half an hour or longer, in UTC and shorter than a day",
		Pattern: regexp.MustCompile(`^` + weekday + `:` + timeOfDay + `-` + weekday + `:` + timeOfDay + `$`)})
)

// The other formats that tags of a database's section name.
var (
	// https://www.postgresql.org/docs/current/sql-syntax-lexical.html
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "sql-name",
		Wanted:  "a name in PostgreSQL: up to 63 lower-case letters, digits and underscores, beginning with a letter",
		Pattern: regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "postgresql-version",
		Wanted:  "a PostgreSQL version that RDS is known to support for a year and more: those are " + strings.Join(postgreSQLVersions, ", ") + ", or a minor version of one such as 17.7",
		Pattern: regexp.MustCompile(`^(` + strings.Join(postgreSQLVersions, "|") + `)(\.[0-9]+)?$`)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "postgresql-parameter",
		Wanted:  "the name of a parameter of PostgreSQL, such as work_mem",
		Pattern: regexp.MustCompile(`^[a-z][a-z0-9_.]*$`)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "topic-arn",
		Wanted:  "the ARN of an SNS topic, arn:aws:sns:<region>:<account>:…",
		Pattern: regexp.MustCompile(`^arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$`), Example: "arn:aws:sns:ap-southeast-3:111111111111:alarms"})
)
