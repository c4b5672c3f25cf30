package config

import "maps"

// Tags are the tags that the resource gets: those of its provider's default_tags, and
// its own, which override them. known is false if it cannot be told which keys there
// are; values that cannot be told are no texts.
//
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/guides/resource-tagging
func (r *Resource) Tags() (tags map[string]any, known bool) {
	tags, known = r.Stack.defaultTags(r.provider)
	switch own := r.Argument("tags").(type) {
	case nil:
	case map[string]any:
		tags = maps.Clone(tags)
		maps.Copy(tags, own)
	default:
		known = false
	}
	return tags, known
}

// DefaultTags are the default_tags of the stack's providers, by the providers' names:
// `aws`, or `aws.hub` for one with an alias. Those that cannot be told are left out.
func (s *Stack) DefaultTags() map[string]map[string]any {
	all := map[string]map[string]any{}
	for name, p := range s.providers {
		if tags, known := s.defaultTags(p); known && len(tags) > 0 {
			all[name] = tags
		}
	}
	return all
}

func (s *Stack) defaultTags(p provider) (tags map[string]any, known bool) {
	tags = map[string]any{}
	blocks, ok := p.configuration["default_tags"].([]any)
	if block := p.configuration["default_tags"]; !ok && block != nil {
		blocks = []any{block}
	}
	for _, block := range blocks {
		switch more := s.evaluate(object(block)["tags"]).(type) {
		case nil:
		case map[string]any:
			maps.Copy(tags, more)
		default:
			return tags, false
		}
	}
	return tags, true
}
