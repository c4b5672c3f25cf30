package provider

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// entry is an entry of a map in a message: its key, and a schema.
func entry(field protowire.Number, name string) []byte {
	var text []byte
	text = protowire.AppendTag(text, 2, protowire.BytesType)
	text = protowire.AppendBytes(text, []byte("the schema of "+name))
	text = protowire.AppendTag(text, keyOfEntry, protowire.BytesType) // the order of fields is free
	text = protowire.AppendString(text, name)
	return protowire.AppendBytes(protowire.AppendTag(nil, field, protowire.BytesType), text)
}

func TestASchemaHasOnlyTheTypesThatAreNamed(t *testing.T) {
	provider := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), "the provider's own")
	capabilities := protowire.AppendString(protowire.AppendTag(nil, 6, protowire.BytesType), "capabilities")
	whole := slices.Concat(provider, entry(resourceSchemas, "aws_vpc"), entry(resourceSchemas, "aws_subnet"),
		entry(dataSourceSchemas, "aws_vpc"), entry(dataSourceSchemas, "aws_region"), capabilities)
	if !complete(whole) || complete(whole[:len(whole)-1]) {
		t.Error("whether a schema can be read to its end is not seen")
	}
	if got := only(whole, nil); !slices.Equal(got, whole) {
		t.Error("without names something is left out")
	}
	got := only(whole, func(name string) bool { return name == "aws_vpc" })
	want := slices.Concat(provider, entry(resourceSchemas, "aws_vpc"), entry(dataSourceSchemas, "aws_vpc"), capabilities)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
