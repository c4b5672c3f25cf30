// Package constructs has a package below it for each AWS thing that stacks are made
// of. This comment is the contract that all of them keep: who knows one knows all,
// and can write the next one. The example of this package is a whole construct.
//
// # A package
//
// It is named after the thing, in AWS's own words, in one lower-case word. Its comment
// says what the thing is for, what comes with it, what it deliberately does not make,
// and which document of AWS it rests on.
//
// It imports the provider's bindings, other constructs and packages of internal. It
// knows nothing of estates: what an estate says, a stack translates into a Config.
//
// A file reads from the top: Config, what the construct made, New, then the parts in
// the order in which New makes them, a function for each AWS resource or group of them.
//
// # Config
//
// A Config is plain Go: strings, numbers, bools, netip.Prefix, slices, maps by name,
// structs of these. Every field has a comment: what it means, in which unit, an example
// where the form is not obvious, and what its zero value does, after the word
// "Default:". A field without a default is needed, and New says so when it is missing.
//
// A *string is a value that Terraform knows only after an apply, such as an id. Other
// constructs are taken whole where more than their id is needed: VPC *vpc.VPC,
// Group *securitygroup.Group. Three fields have the same name everywhere:
//
//   - Account arn.Account is where the thing is: partition, region and number, from
//     which it derives every ARN whose name is known. No ARN is joined by hand.
//   - After []cdktf.ITerraformDependable is what must exist first, and no argument
//     refers to.
//   - Provider cdktf.TerraformProvider acts in another account than the stack's own.
//
// # New
//
//	func New(scope constructs.Construct, id string, config Config) (*Thing, error)
//
// It makes the thing that the package is named after. A package that makes several, or
// a further one that goes with it, has NewInbound(scope, id, InboundConfig) and the like,
// of the same shape. Thing has what others need of it, and nothing else: values that are
// known after apply as *string, the others as strings. Thing may have methods that add
// parts later, where the caller decides how many there are, or where two things name
// each other: Cluster.AddNodes, Group.Admit, VPC.Route.
//
// New checks its Config before it makes anything, so that an empty one is refused even
// without a scope. Its error says which thing it is about, what is wrong and what would
// be right. People's mistakes have been found by then, with file and line, when the
// estate was loaded: New is about what a stack did wrong, and what AWS would otherwise
// refuse in the middle of an apply. New does not panic, and leaves what jsii panics with
// to main.
//
// # Ids and addresses
//
// A resource is a direct child of scope, and its id is its Terraform address:
//
//	tf.Named(id, vpc.NewVpc(scope, tf.ID("aws_vpc", id), &vpc.VpcConfig{…}))
//
// makes aws_vpc.<id>. The id is the caller's, already in the form that tf.Name gives.
// The main resource and what there is once beside it are called <id>, further ones
// <id>_<part>, by tf.Name(id, part). A part's name comes from what it is (a zone, a
// segment, a rule's name) and never from its place in a list or a count: adding one must
// move no other, since a resource whose address changes is replaced. Maps are walked in
// the order of tf.Keys, and lists whose order means nothing are sorted, so that the
// same Config gives the same bytes.
//
// The comment of New names the addresses.
//
// # Tokens
//
// In the program, a value known after apply is a text like ${TfToken[12]}. It may be passed
// on as it is, stand in a list (tf.Tokens) or in the middle of a document
// (Resource: []string{*key.ARN}). It must not be compared, cut, changed in case, used as
// a key or a name, or formatted with anything but %s. What has to be computed from it,
// Terraform computes: cdktf.Fn_Replace and its like. A struct has jsii's types in named
// fields and never embeds them.
//
// # Names, tags, order, policies
//
// AWS names come from Config. Everything that takes tags has tf.Tags, its name; the
// other tags are the provider's. What AWS launches itself, such as the instances of a
// launch template, does not get those, and has a field Tags.
//
// Arguments that refer to a resource order an apply. Where nothing refers to it and the
// order matters all the same, there is a DependsOn and a comment that says what goes
// wrong without.
//
// Policies are documents of package policy, never data sources: so reviews and tests
// see them. Each statement has a Sid that says in words what it is for, the narrowest
// resources there are, and the conditions that keep others from using it.
//
// # What holds data
//
// Whatever would lose data if it were deleted has tf.HardToLose, deletion protection
// where AWS offers it, and encryption with a key of the estate. A test knows the types
// that hold data: a new one has to be added to it.
//
// # Tests
//
// What a construct makes shows in the golden files of every estate that has it, under
// test/testdata/golden: they are the review. The tests of package test look at all
// resources of all estates without knowing any: addresses, tokens, policies, groups
// without members, data that is easy to lose, growth that moves something, and what
// Terraform and the provider say to a validate, a mocked apply and a plan. A construct
// that no estate under test has is not tested by them: an option that the real estates
// leave off is turned on in test/testdata/estates.
//
// Tests of the package itself are about what golden files do not say: a Config that New
// refuses, limits of AWS on names and policies, and whom a policy admits. They start no
// jsii, which takes seconds: policies are plain values, and New(nil, "x", wrong) returns
// its error before it makes anything.
//
// Test house holds the shape of constructors and the comments to this contract.
package constructs
