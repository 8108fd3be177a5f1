package wire_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the fuzz corpora from the samples")

// TestCorpus holds the committed corpora to what the samples encode to.
// After a change of the samples run: go test -run TestCorpus -update
func TestCorpus(t *testing.T) {
	for name, msg := range samples(t) {
		corpora := map[string]string{
			"FuzzReadMessage":        fmt.Sprintf("[]byte(%q)\n", msg),
			"FuzzValidate":           fmt.Sprintf("[]byte(%q)\n", msg),
			"FuzzReadFrame":          fmt.Sprintf("[]byte(%q)\nint(%d)\n", msg, len(msg)/2),
			"FuzzDecodeFetchResults": fmt.Sprintf("[]byte(%q)\n", bodyOf(t, msg)),
		}
		for target, entry := range corpora {
			checkCorpus(t, target, name, entry)
		}
	}
	for name, rows := range serialisedSamples(t) {
		checkCorpus(t, "FuzzCompact", name, fmt.Sprintf("[]byte(%q)\nint32(%d)\n", rows.BinaryColumns, *rows.ColumnCount))
	}
}

func checkCorpus(t *testing.T, target, name, entry string) {
	t.Helper()
	path := filepath.Join("testdata", "fuzz", target, name)
	want := "go test fuzz v1\n" + entry
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s: got %d bytes (%v), want the %d that -update writes", path, len(got), err, len(want))
	}
}
