package awsservice

// SessionPreferences is the name of the document that Session Manager reads preferences from, of
// which an account has one in each region. Its console makes it when somebody saves preferences.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-preferences-cli.html
const SessionPreferences = "SSM-SessionManagerRunShell"
