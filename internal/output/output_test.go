package output

import (
	"reflect"
	"testing"
)

type subnets struct {
	SubnetIDs Map `output:"subnet_ids,people"`
}

type outputs struct {
	subnets

	VPCID       *string `output:"vpc_id"`
	NameServers Lists   `output:"name_servers,people"`
}

func TestOutputsAreTheTaggedFieldsAndThoseOfEmbeddedStructs(t *testing.T) {
	want := map[string]bool{"vpc_id": false, "subnet_ids": true, "name_servers": true}
	if got := Names[outputs](); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTheProducerHasItsOwnValuesUnderTheirKeys(t *testing.T) {
	id := "subnet-1"
	m := MapOf(map[string]*string{"az1": &id})
	if m.Get("az1") != &id || m.Get("az2") != nil {
		t.Errorf("got %v and %v", m.Get("az1"), m.Get("az2"))
	}
}
