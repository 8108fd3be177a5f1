package hivetest

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"
)

func TestProgressLines(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b, "Hive 9", 200_000_000)
	for _, have := range []int64{0, 1, 19_999_999, 20_000_000, 21_000_000, 170_000_000, 999_000_000} {
		p.show(have)
	}
	p.end()
	want := "downloading Hive 9: 200.0 MB\ndownloading Hive 9: 10%\ndownloading Hive 9: 80%\ndownloading Hive 9: 100%\n"
	if got := b.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestProgressBar(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b, what: "Hive 9", total: 200_000_000, terminal: true, start: time.Now()}
	p.show(100_000_000)
	p.end()
	want := "\r\x1b[Kdownloading Hive 9 [===============               ]  50% of 200.0 MB, 0s\n"
	if got := b.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A file is not a terminal, and nobody need listen.
func TestProgressElsewhere(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if newProgress(f, "x", 1).terminal {
		t.Error("a file is taken for a terminal")
	}
	broken := errors.New("broken")
	for _, want := range []error{nil, broken} {
		got := newProgress(nil, "x", 1).during(func() int64 { return 1 }, func() error { return want })
		if got != want {
			t.Errorf("during: got %v, want %v", got, want)
		}
	}
}
