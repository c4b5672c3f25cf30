package encryption

import (
	"strconv"
	"strings"

	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// database is an instance of RDS. A replica in the same region has the key of its source.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
func database(s *source.Source, r *config.Resource) *holding {
	origin := sourceOf(s, r)
	h := &holding{what: "rows"}
	if source.Is(origin.Argument("storage_encrypted")) {
		h.encrypted(origin.Argument("kms_key_id"), "aws/rds")
	} else {
		h.unencrypted("the database's storage is not encrypted")
	}
	if forcesTLS(s, r, origin) {
		h.transit = "TLS only"
	} else {
		h.gaps = append(h.gaps, "the database takes connections without TLS")
	}
	return h
}

// sourceOf is the instance that a replica is at last one of, and the instance itself if it is none.
func sourceOf(s *source.Source, r *config.Resource) *config.Resource {
	for range 5 { // RDS chains no more
		of := s.Find("aws_db_instance", r.Argument("replicate_source_db"), r)
		if of == nil {
			return r
		}
		r = of
	}
	return r
}

// forcesTLS says whether a database refuses connections without TLS: by its parameter, or,
// from version 15 of PostgreSQL on, by AWS's default for it.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
//
// A replica in the same region has the parameters of its source, unless it names others.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
func forcesTLS(s *source.Source, r, origin *config.Resource) bool {
	named := r.Argument("parameter_group_name")
	if named == nil {
		named = origin.Argument("parameter_group_name")
	}
	group := s.Find("aws_db_parameter_group", named, r)
	if group != nil {
		for _, item := range stackjson.List(group.Argument("parameter")) {
			body, _ := item.(map[string]any)
			switch body["name"] {
			case "rds.force_ssl", "require_secure_transport":
				return source.Text(body["value"]) == "1" || strings.EqualFold(source.Text(body["value"]), "ON")
			}
		}
	}
	major, _, _ := strings.Cut(source.Text(origin.Argument("engine_version")), ".")
	n, err := strconv.Atoi(major)
	return err == nil && n >= 15 && origin.Argument("engine") == "postgres"
}
