package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRun lets the real go test speak, each time over one package of the module in testdata.
func TestRun(t *testing.T) {
	tests := map[string]struct {
		pkg     string
		noSkips bool
		want    []string // to be seen in the output
		counts  string   // "" if there is an error instead
		ok      bool
	}{
		"pass": {
			pkg:  "pass",
			want: []string{"ok    example.com/cases/pass", "1 packages: 2 passed, 0 failed, 0 skipped"}, counts: "2 0", ok: true,
		},
		"failing subtest": {
			pkg:  "fail",
			want: []string{"FAIL  example.com/cases/fail TestA/sub\n", "loud", "FAIL  example.com/cases/fail TestA\n"}, counts: "1 2",
		},
		"skip": {
			pkg:  "skip",
			want: []string{"SKIP  example.com/cases/skip TestB\n", "why", "1 skipped"}, counts: "1 0", ok: true,
		},
		"forbidden skip": {
			pkg: "skip", noSkips: true,
			want: []string{"FAIL  example.com/cases/skip TestB was skipped\n", "why", "1 failed, 1 skipped"}, counts: "1 1",
		},
		"panic in a goroutine":    {pkg: "panic", want: []string{"panic: loud", "0 passed, 1 failed"}, counts: "0 1"},
		"exit without a failure":  {pkg: "exit", want: []string{"FAIL  example.com/cases/exit\n", "loud"}, counts: "1 1"},
		"does not compile":        {pkg: "nocompile", want: []string{`cannot use "loud"`, "[build failed]"}, counts: "0 1"},
		"no tests":                {pkg: "none", want: []string{"0 packages"}},
		"no such package":         {pkg: "absent", want: []string{"absent", "0 passed, 1 failed"}, counts: "0 1"},
		"all that can be counted": {pkg: "...", want: []string{"6 packages: 5 passed, 5 failed, 1 skipped"}, counts: "5 5"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			counts := filepath.Join(t.TempDir(), "counts")
			ok, err := run(bytes.NewReader(goTest(t, tt.pkg)), &out, tt.noSkips, counts)
			written, _ := os.ReadFile(counts)
			if ok != tt.ok || (err != nil) != (tt.counts == "") || strings.TrimSpace(string(written)) != tt.counts {
				t.Errorf("run = %v, %v with counts %q; want %v with %q", ok, err, written, tt.ok, tt.counts)
			}
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("the output does not hold %q", want)
				}
			}
			if strings.Contains(out.String(), "quiet") {
				t.Error("the output shows what a passing test printed")
			}
			if t.Failed() {
				t.Logf("the output:\n%s", out.String())
			}
		})
	}
}

func goTest(t *testing.T, pkg string) []byte {
	t.Helper()
	cmd := exec.Command("go", "test", "-json", "./"+pkg)
	cmd.Dir = "testdata"
	out, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return out
}
