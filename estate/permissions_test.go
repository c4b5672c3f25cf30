package estate

import "testing"

func TestStatementNamesAreWhatIAMTakes(t *testing.T) {
	for name, want := range map[string]string{"read-data": "AllowReadData", "s3": "AllowS3", "pull-images": "AllowPullImages"} {
		if got := sid(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
