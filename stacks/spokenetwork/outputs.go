package spokenetwork

// Outputs are what a spoke's network tells the stack that links it to the hub.
type Outputs struct {
	VPCID        *string `output:"vpc_id" doc:"The spoke's VPC."`
	AttachmentID *string `output:"attachment_id" doc:"The VPC's attachment to the transit gateway."`
}
