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

// Names in PostgreSQL that need no quotes:
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html
const sqlNameWanted = "a name in PostgreSQL: up to 63 lower-case letters, digits and underscores, beginning with a letter"

var sqlName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// reservedWords are PostgreSQL's key words that are no names without quotes:
// https://www.postgresql.org/docs/current/sql-keywords-appendix.html
const reservedWords = `all|analyse|analyze|and|any|array|as|asc|asymmetric|authorization|binary|both|case|cast|check|collate|collation|column|` +
	`concurrently|constraint|create|cross|current_catalog|current_date|current_role|current_schema|current_time|current_timestamp|current_user|` +
	`default|deferrable|desc|distinct|do|else|end|except|false|fetch|for|foreign|freeze|from|full|grant|group|having|ilike|in|initially|inner|` +
	`intersect|into|is|isnull|join|lateral|leading|left|like|limit|localtime|localtimestamp|natural|not|notnull|null|offset|on|only|or|order|` +
	`outer|overlaps|placing|primary|references|returning|right|select|session_user|similar|some|symmetric|system_user|table|tablesample|then|` +
	`to|trailing|true|union|unique|user|using|variadic|verbose|when|where|window|with`

// refusedNames are those beside which RDS is known to refuse as a database's name, or has
// a database of. AWS publishes no list, and refuses some words of the SQL standard that
// are no key words of PostgreSQL.
const refusedNames = `catalog|comments|database|db|dispatch|flag|identity|rdsadmin|template0|template1`

// refusedUsers are names of roles that RDS or PostgreSQL have themselves:
// https://www.postgresql.org/docs/current/predefined-roles.html
const refusedUsers = `admin|master|public|pg_[a-z0-9_]*|rds[a-z0-9_]*`

// The other formats that tags of a database's section name.
var (
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "database-name",
		Wanted:  sqlNameWanted,
		Pattern: sqlName,
		Except:  regexp.MustCompile(`^(` + reservedWords + `|` + refusedNames + `)$`),
		Because: "is a word that SQL or RDS keeps for itself, which RDS takes as no database's name"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "database-user",
		Wanted:  sqlNameWanted,
		Pattern: sqlName,
		Except:  regexp.MustCompile(`^(` + reservedWords + `|` + refusedUsers + `)$`),
		Because: "is a name that PostgreSQL or RDS keeps for itself"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "postgresql-version",
		Wanted:  "a PostgreSQL version that RDS is known to support for a year and more: those are " + strings.Join(postgreSQLVersions, ", ") + ", or a minor version of one such as 17.7",
		Pattern: regexp.MustCompile(`^(` + strings.Join(postgreSQLVersions, "|") + `)(\.[0-9]+)?$`)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "postgresql-parameter",
		Wanted:  "the name of a parameter of PostgreSQL, such as work_mem",
		Pattern: regexp.MustCompile(`^[a-z][a-z0-9_.]*$`)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "topic-arn",
		Wanted:  "the ARN of an SNS topic, arn:aws:sns:<region>:<account>:…",
		Pattern: regexp.MustCompile(`^arn:aws:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$`), Example: "arn:aws:sns:ap-southeast-3:111111111111:alarms"})
)
