package encryption

import (
	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
)

// volumesByDefault is what becomes of every new volume and snapshot of an account in a region.
// https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
func volumesByDefault(s *source.Source, r *config.Resource) *holding {
	h := &holding{what: "every new volume of the account"}
	if enabled := r.Argument("enabled"); enabled != nil && !source.Is(enabled) {
		return h.unencrypted("new volumes are not encrypted by default")
	}
	return h.encrypted(defaultKey(s, r), "aws/ebs")
}

// defaultKey is the key of an account's volumes that name none, nil if it is AWS's.
func defaultKey(s *source.Source, r *config.Resource) any {
	for _, key := range s.Made("aws_ebs_default_kms_key") {
		if key.Account == r.Account && key.Region == r.Region {
			return key.Argument("key_arn")
		}
	}
	return nil
}

// byDefault says whether the account encrypts new volumes by itself.
func byDefault(s *source.Source, r *config.Resource) bool {
	for _, d := range s.Made("aws_ebs_encryption_by_default") {
		if enabled := d.Argument("enabled"); d.Account == r.Account && d.Region == r.Region && (enabled == nil || source.Is(enabled)) {
			return true
		}
	}
	return false
}

// block says how a volume with these arguments is encrypted.
func (h *holding) block(s *source.Source, r *config.Resource, volume map[string]any) *holding {
	key := volume["kms_key_id"]
	if key == nil {
		key = defaultKey(s, r)
	}
	if source.Is(volume["encrypted"]) || byDefault(s, r) {
		return h.encrypted(key, "aws/ebs")
	}
	return h.unencrypted("the volume is not encrypted, and the account does not encrypt by default")
}

func volume(s *source.Source, r *config.Resource) *holding {
	return (&holding{what: "a volume"}).block(s, r, map[string]any{"encrypted": r.Argument("encrypted"), "kms_key_id": r.Argument("kms_key_id")})
}

// template is as well encrypted as the worst of its volumes.
func template(s *source.Source, r *config.Resource) *holding {
	mappings := source.Blocks(r.Argument("block_device_mappings"))
	if len(mappings) == 0 {
		mappings = []map[string]any{{}}
	}
	var worst *holding
	for _, mapping := range mappings {
		h := (&holding{what: "volumes of instances"}).block(s, r, source.First(mapping["ebs"]))
		if worst == nil || h.by < worst.by {
			worst = h
		}
	}
	return worst
}

// nodes have volumes of their own where no launch template says which.
func nodes(s *source.Source, r *config.Resource) *holding {
	if len(source.Block(r, "launch_template")) > 0 {
		return nil
	}
	return (&holding{what: "volumes of nodes"}).block(s, r, nil)
}

// instance has volumes of its own where no launch template says which.
func instance(s *source.Source, r *config.Resource) *holding {
	if len(source.Block(r, "launch_template")) > 0 && r.Argument("root_block_device") == nil {
		return nil
	}
	return (&holding{what: "a volume"}).block(s, r, source.Block(r, "root_block_device"))
}
