package provider

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// schema asks the provider for its schema.
func (p *process) schema(ctx context.Context) ([]byte, error) {
	method := "GetSchema"
	if p.version > 5 {
		method = "GetProviderSchema"
	}
	schema, err := p.call(ctx, fmt.Sprintf("/tfplugin%d.Provider/%s", p.version, method), nil)
	if err == nil && !complete(schema) {
		err = errors.New("the provider's schema cannot be read")
	}
	return schema, err
}

// Fields of GetProviderSchema.Response, in both versions of the protocol. Each is a map, and so a list of entries
// whose first field is the key: https://protobuf.dev/programming-guides/encoding/#maps
const (
	resourceSchemas   = 2
	dataSourceSchemas = 3
	keyOfEntry        = 1
)

// complete says that a message can be read to its end.
func complete(message []byte) bool {
	for len(message) > 0 {
		_, _, n := protowire.ConsumeField(message)
		if n < 0 {
			return false
		}
		message = message[n:]
	}
	return true
}

// only is a schema with those types of resources and data sources that named says; all, if it is nil.
func only(schema []byte, named func(string) bool) []byte {
	if named == nil {
		return schema
	}
	var some []byte
	for len(schema) > 0 {
		number, _, n := protowire.ConsumeField(schema)
		field := schema[:n]
		schema = schema[n:]
		if number != resourceSchemas && number != dataSourceSchemas || named(key(field)) {
			some = append(some, field...)
		}
	}
	return some
}

// key is the key of an entry of a map.
func key(field []byte) string {
	_, _, n := protowire.ConsumeTag(field)
	entry, _ := protowire.ConsumeBytes(field[n:])
	for len(entry) > 0 {
		number, kind, n := protowire.ConsumeField(entry)
		if n < 0 {
			return ""
		}
		if number == keyOfEntry && kind == protowire.BytesType {
			_, _, tag := protowire.ConsumeTag(entry)
			name, _ := protowire.ConsumeString(entry[tag:])
			return name
		}
		entry = entry[n:]
	}
	return ""
}
