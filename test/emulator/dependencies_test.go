package emulator_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The emulator deletes nothing that something else is in, as AWS does not: what is destroyed in the wrong order is noticed. Private names
// take a VPC with names.
func TestTheEmulatorKeepsWhatIsInUse(t *testing.T) {
	a := asking(t)
	gateway := a.ec2("CreateTransitGateway", "transitGatewayId", url.Values{})
	vpc := a.ec2("CreateVpc", "vpcId", url.Values{"CidrBlock": {"10.9.0.0/16"}})
	subnet := a.ec2("CreateSubnet", "subnetId", url.Values{"VpcId": {vpc}, "CidrBlock": {"10.9.0.0/24"}})
	attachment := a.ec2("CreateTransitGatewayVpcAttachment", "transitGatewayAttachmentId", url.Values{"TransitGatewayId": {gateway}, "VpcId": {vpc}, "SubnetIds.1": {subnet}})
	a.refused("DeleteSubnet", "DependencyViolation", url.Values{"SubnetId": {subnet}})
	a.refused("DeleteVpc", "DependencyViolation", url.Values{"VpcId": {vpc}})
	a.refused("DeleteTransitGateway", "IncorrectState", url.Values{"TransitGatewayId": {gateway}})
	a.ec2("DeleteTransitGatewayVpcAttachment", "transitGatewayAttachmentId", url.Values{"TransitGatewayAttachmentId": {attachment}})
	a.refused("CreateVpcEndpoint", "InvalidParameter", url.Values{
		"VpcId": {vpc}, "ServiceName": {"com.amazonaws." + a.aws.Region + ".sqs"}, "VpcEndpointType": {"Interface"}, "SubnetId.1": {subnet}, "PrivateDnsEnabled": {"true"},
	})
	endpoint := a.ec2("CreateVpcEndpoint", "vpcEndpointId", url.Values{
		"VpcId": {vpc}, "ServiceName": {"com.amazonaws." + a.aws.Region + ".sqs"}, "VpcEndpointType": {"Interface"}, "SubnetId.1": {subnet}, "PrivateDnsEnabled": {"false"},
	})
	a.refused("DeleteSubnet", "DependencyViolation", url.Values{"SubnetId": {subnet}})
	a.ec2("DeleteVpcEndpoints", "requestId", url.Values{"VpcEndpointId.1": {endpoint}})
	a.ec2("DeleteSubnet", "requestId", url.Values{"SubnetId": {subnet}})
	internet := a.ec2("CreateInternetGateway", "internetGatewayId", url.Values{})
	a.ec2("AttachInternetGateway", "requestId", url.Values{"InternetGatewayId": {internet}, "VpcId": {vpc}})
	a.refused("DeleteVpc", "DependencyViolation", url.Values{"VpcId": {vpc}})
	a.ec2("DetachInternetGateway", "requestId", url.Values{"InternetGatewayId": {internet}, "VpcId": {vpc}})
	a.ec2("DeleteVpc", "requestId", url.Values{"VpcId": {vpc}})
	a.ec2("DeleteTransitGateway", "transitGatewayId", url.Values{"TransitGatewayId": {gateway}})
	// Its route tables have gone with it.
	a.ec2("DescribeTransitGatewayRouteTables", "requestId", url.Values{})
}

// refused asks Amazon EC2 for what it does not do, and fails if the error has another code.
func (a asker) refused(action, code string, values url.Values) {
	a.t.Helper()
	values.Set("Action", action)
	values.Set("Version", "2016-11-15")
	if status, text := a.send("ec2", "application/x-www-form-urlencoded", "", values.Encode()); status != http.StatusBadRequest || !strings.Contains(text, "<Code>"+code+"</Code>") {
		a.t.Errorf("%s is not refused with %s: %d %s", action, code, status, text)
	}
}

// Whoever waits for an emulator hears that it has ended.
func TestTheEmulatorSaysThatItHasEnded(t *testing.T) {
	a := asking(t)
	select {
	case <-a.aws.Ended():
		t.Fatal("it has ended by itself")
	default:
	}
	if err := a.aws.Stop(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-a.aws.Ended():
	case <-time.After(10 * time.Second):
		t.Error("it is stopped, and has not ended")
	}
}
